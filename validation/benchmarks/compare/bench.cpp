#include "validation/benchmarks/compare/bench.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "dln/base/error.hpp"
#include "dln/data/npy.hpp"

namespace dln::compare {
namespace {

bool selects(const std::string& asked, const std::string& workload) {
  return workload == asked || workload.starts_with(asked + "-");
}

bool has_numpy(const std::string& python, const Options& options) {
  try {
    PeerProcess probe(python, options.peers, 1);
    return probe.ask({{"do", "versions"}}, std::chrono::seconds(options.patience))["numpy"].is_string();
  } catch (const PeerMissing&) {
    return false;
  } catch (const PeerFailed&) {
    return false;
  }
}

}  // namespace

std::string Row::verdict() const {
  if (state == State::not_installed) return "not installed";
  if (state == State::failed) return "failed";
  if (!counts) return "does not count";
  if (!target) return "-";
  return ratio() >= *target ? "met" : "missed";
}

Bench::Bench(Options options) : options_(std::move(options)) {}

bool Bench::wants(const std::string& workload) const {
  if (options_.only.empty()) return true;
  for (const std::string& asked : options_.only)
    if (selects(asked, workload)) return true;
  return false;
}

std::string Bench::hand_over(const std::string& name, const std::vector<std::size_t>& shape,
                             const double* values) {
  std::size_t count = 1;
  for (const std::size_t n : shape) count *= n;
  const auto path = scratch(name + ".npy");
  std::ofstream file(path, std::ios::binary);
  file << data::npy_header(shape);
  file.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(double)));
  file.close();
  if (!file) throw base::WriteError(fmt::format("cannot write {}", path.string()));
  return path.string();
}

std::string Bench::hand_over(const std::string& name, const std::vector<double>& values) {
  return hand_over(name, {values.size()}, values.data());
}

std::string Bench::hand_over(const std::string& name, const linalg::Matrix& m) {
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = m;
  return hand_over(name, {static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())},
                   by_rows.data());
}

std::string Bench::choose_python() {
  if (!options_.python.empty()) return options_.python;
  for (const char* candidate : {"python3", "/usr/bin/python3"})
    if (has_numpy(candidate, options_)) return candidate;
  return "python3";
}

PeerProcess& Bench::python(int threads) {
  if (!python_) python_ = choose_python();
  auto& process = processes_[threads];
  if (!process || !process->alive())
    process = std::make_unique<PeerProcess>(*python_, options_.peers, threads);
  return *process;
}

Entrant Bench::enter(int threads, const std::string& name, const nlohmann::json& arrays,
                     const nlohmann::json& arguments,
                     const std::function<double(const data::NamedArrays&)>& error) {
  PeerProcess& process = python(threads);
  process.ask({{"do", "prepare"}, {"peer", name}, {"arrays", arrays}, {"args", arguments}}, patience());
  process.ask({{"do", "time"}, {"peer", name}, {"least", 0.0}}, patience());
  const auto file = scratch("result-" + name + ".npz");
  process.ask({{"do", "result"}, {"peer", name}, {"file", file.string()}}, patience());
  double off = NAN;
  try {
    off = error(data::read_npz(file, std::uint64_t{1} << 32));
  } catch (const base::DataError& trouble) {
    throw PeerFailed(trouble.what());
  }
  const auto time = [this, threads, name](double least) {
    const auto answer = python(threads).ask({{"do", "time"}, {"peer", name}, {"least", least}}, patience());
    return Spent{answer["cpu"].get<double>(), answer["wall"].get<double>()};
  };
  return {time, off};
}

void Bench::forget(int threads, const std::string& name) {
  if (const auto found = processes_.find(threads);
      found != processes_.end() && found->second && found->second->alive())
    try {
      found->second->ask({{"do", "forget"}, {"peer", name}}, patience());
    } catch (const PeerFailed&) {
      // It is gone, and with it what was to be forgotten.
    }
}

nlohmann::json Bench::versions() {
  try {
    auto found = python(1).ask({{"do", "versions"}}, patience());
    found["program"] = *python_;
    return found;
  } catch (const PeerMissing&) {
  } catch (const PeerFailed&) {
  }
  return nlohmann::json::object();
}

void Bench::look_at_limits() {
  constexpr int n = 1024;
  try {
    const Entrant product = enter(1, "product", nlohmann::json::object(), {{"n", n}},
                                  [](const data::NamedArrays&) { return 0.0; });
    blas_rate_ = std::max(blas_rate_, 2 * std::pow(n, 3) / product.time(0.3).cpu);
    forget(1, "product");
  } catch (const PeerMissing&) {
    blas_rate_ = std::max(blas_rate_, 0.0);
  } catch (const PeerFailed&) {
    blas_rate_ = std::max(blas_rate_, 0.0);
  }
  limits_.look_again();
  if (blas_rate_ > 0) limits_.see_product_rate(blas_rate_);
}

bool Bench::slow_blas() {
  if (blas_rate_ < 0) look_at_limits();
  return blas_rate_ > 0 && blas_rate_ < limits_.fused_rate() / 5;
}

void Bench::say(const std::string& line) const {
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace dln::compare
