// Fig 3: a 32-32-1000 network learning a tree from small random weights, until every mode has 99 % of its s.
// Ours notes every mode's strength on the way; the peers take as many steps and note nothing. The reference
// is Eq 1 as one writes it with Eigen, all 1000 outputs.
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <cmath>
#include <set>

#include "dln/base/worst.hpp"
#include "dln/experiments/time_course.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

using experiments::Activation;
using experiments::LearningProblem;
using experiments::TimeCourse;
using experiments::TimeCourseOptions;
using linalg::Matrix;

LearningProblem tree(const Bench& bench) {
  if (bench.quick()) return experiments::tree_problem({.levels = 3, .flip = 0.1, .features = 60, .seed = 1});
  return experiments::tree_problem({.levels = 5, .flip = 0.1, .features = 1000, .seed = 1});
}

TimeCourseOptions options_for(const Bench& bench, Activation activation) {
  TimeCourseOptions options;
  options.activation = activation;
  if (bench.quick()) options.hidden_units = 8, options.learning_rate = 5e-3;
  return options;
}

// One start, its run by ours and how many epochs that took.
struct Run {
  network::LinearNetwork<double> start;
  TimeCourse course;
  long epochs;
};
Run run_of(const LearningProblem& problem, TimeCourseOptions options, std::uint64_t number) {
  options.run = number;
  const auto start = experiments::starting_network(problem, options);
  auto course = experiments::run_time_course(problem, options);
  const long epochs = static_cast<long>(course.epochs.back());
  return {start, std::move(course), epochs};
}

// Sees the map every `every` epochs.
Matrix plain_run(const Run& run, const LearningProblem& problem, const TimeCourseOptions& options,
                 const std::function<void(long, const Matrix&)>& see = {}) {
  Matrix w1 = run.start.weight(1), w2 = run.start.weight(2);
  const bool tanh = options.activation == Activation::tanh;
  const auto map = [&] { return tanh ? Matrix(w2 * w1.array().tanh().matrix()) : Matrix(w2 * w1); };
  for (long i = 0; i < run.epochs; ++i) {
    if (see && i % options.sample_every == 0) see(i, map());
    const Matrix hidden = tanh ? Matrix(w1.array().tanh()) : w1;
    const Matrix error = problem.correlations.sigma31 - w2 * hidden;
    Matrix back = w2.transpose() * error;
    if (tanh) back.array() *= 1 - hidden.array().square();
    w2 += options.learning_rate * error * hidden.transpose();
    w1 += options.learning_rate * back;
  }
  return map();
}

// Strengths of the modes, the largest difference relative to s_1.
double off(const LearningProblem& problem, const linalg::Vector& strengths, const Matrix& reference) {
  const linalg::Vector expected = in_mode_basis(reference, problem.modes).diagonal();
  return (strengths - expected).cwiseAbs().maxCoeff() / problem.modes.singular_values(0);
}

// Epochs at which each mode passes s/2, by straight lines between samples, as ours has them.
linalg::Vector plain_half_times(const Run& run, const LearningProblem& problem,
                                const TimeCourseOptions& options) {
  const Eigen::Index modes = run.course.half_times.size();
  linalg::Vector half = linalg::Vector::Constant(modes, NAN), before = linalg::Vector::Zero(modes);
  plain_run(run, problem, options, [&](long epoch, const Matrix& map) {
    const linalg::Vector now = in_mode_basis(map, problem.modes).diagonal();
    for (Eigen::Index k = 0; k < modes; ++k) {
      const double middle = problem.modes.singular_values(k) / 2;
      if (std::isnan(half(k)) && now(k) >= middle && epoch > 0)
        half(k) = static_cast<double>(epoch) -
                  static_cast<double>(options.sample_every) * (now(k) - middle) / (now(k) - before(k));
    }
    before = now;
  });
  return half;
}

nlohmann::json hand_over(Bench& bench, const LearningProblem& problem, const std::vector<Run>& runs) {
  std::vector<double> w1, w2, epochs;
  const auto append = [](std::vector<double>& all, const Matrix& m) {
    const Matrix by_rows = m.transpose();
    all.insert(all.end(), by_rows.data(), by_rows.data() + by_rows.size());
  };
  for (const Run& run : runs) {
    append(w1, run.start.weight(1));
    append(w2, run.start.weight(2));
    epochs.push_back(static_cast<double>(run.epochs));
  }
  const auto units = runs.front().start.units();
  const auto size = [&](std::size_t layer) { return static_cast<std::size_t>(units[layer]); };
  return {{"sigma31", bench.hand_over("sigma31", problem.correlations.sigma31)},
          {"epochs", bench.hand_over("epochs", epochs)},
          {"w1", bench.hand_over("w1", {runs.size(), size(1), size(0)}, w1.data())},
          {"w2", bench.hand_over("w2", {runs.size(), size(2), size(1)}, w2.data())}};
}

// The first of the maps that a peer ended with.
Matrix first_map(const data::NamedArrays& found) {
  const auto& array = found.at("map");
  using ByRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const ByRows>(array.values.data(), static_cast<Eigen::Index>(array.shape.at(1)),
                                  static_cast<Eigen::Index>(array.shape.at(2)));
}

// Thousands of steps of one rounding each; what is measured is 1e-14.
constexpr double kRunBound = 1e-12;

void left(Bench& bench, const std::string& name, Activation activation) {
  const auto problem = tree(bench);
  const auto options = options_for(bench, activation);
  const bool tanh = activation == Activation::tanh;
  const Run run = run_of(problem, options, 0);
  const Matrix reference = plain_run(run, problem, options);
  Contest contest(bench, name,
                  fmt::format("Fig 3 left, {}, {} epochs", tanh ? "tanh" : "linear", run.epochs));
  const auto& strengths = run.course.strengths;
  contest.ours([&] { experiments::run_time_course(problem, options); },
               off(problem, strengths.row(strengths.rows() - 1).transpose(), reference), kRunBound);
  const auto arrays = hand_over(bench, problem, {run});
  const auto enter = [&](const char* peer) {
    return bench.enter(1, peer, arrays, {{"rate", options.learning_rate}, {"tanh", tanh}, {"threads", 1}},
                       [&](const data::NamedArrays& found) {
                         const Matrix map = first_map(found);
                         return off(problem, in_mode_basis(map, problem.modes).diagonal(), reference);
                       });
  };
  const auto target = [&](double ratio) { return tanh ? std::optional<double>() : ratio; };
  contest.peer(
      "NumPy", target(20), [&] { return enter("fig3-numpy"); }, true);
  contest.peer(
      "PyTorch by hand", target(15), [&] { return enter("fig3-torch"); }, true);
  contest.measure();
}

// A tenth of the runs, as long as they are many, and the time scaled.
Entrant numpy_on_sample(Bench& bench, const LearningProblem& problem, const TimeCourseOptions& options,
                        const std::vector<Run>& runs, int threads, const Matrix& reference) {
  const std::size_t share = runs.size() >= 100 ? runs.size() / 10 : runs.size();
  const std::vector<Run> sample(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(share));
  const Entrant some =
      bench.enter(threads, "fig3-numpy", hand_over(bench, problem, sample),
                  {{"rate", options.learning_rate}, {"tanh", false}}, [&](const data::NamedArrays& arrays) {
                    const Matrix map = first_map(arrays);
                    return off(problem, in_mode_basis(map, problem.modes).diagonal(), reference);
                  });
  const double scale = static_cast<double>(runs.size()) / static_cast<double>(share);
  return {[some, scale](double least) {
            const Spent spent = some.time(least);
            return Spent{scale * spent.cpu, scale * spent.wall};
          },
          some.error};
}

void right(Bench& bench) {
  const auto problem = tree(bench);
  const auto options = options_for(bench, Activation::linear);
  const int count = bench.quick() ? 3 : 100, threads = bench.options().threads;
  std::vector<Run> runs;
  for (int i = 0; i < count; ++i) runs.push_back(run_of(problem, options, static_cast<std::uint64_t>(i)));
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(threads));
  Contest contest(bench, "fig3-right", fmt::format("Fig 3 right, {} linear runs", count), threads);
  experiments::RandomStarts found;
  const auto run_all = [&] {
    experiments::MemoryRunStore store;
    base::SilentProgress silent;
    found = experiments::run_random_starts(problem, options, count, store, silent);
  };
  run_all();
  base::Worst worst;
  for (const int i : {0, count / 2, count - 1}) {
    const auto half = plain_half_times(runs[static_cast<std::size_t>(i)], problem, options);
    worst.see((found.half_times.row(i).transpose() - half).cwiseAbs().maxCoeff() / half.maxCoeff());
  }
  contest.ours(run_all, worst.value(), kRunBound);
  const Matrix reference = plain_run(runs.front(), problem, options);
  // A BLAS has little use for a second thread in matrices as small as these.
  for (const int blas_threads : std::set<int>{1, threads})
    contest.peer(
        fmt::format("NumPy, {} BLAS thread{}", blas_threads, blas_threads == 1 ? "" : "s"), 40,
        [&] { return numpy_on_sample(bench, problem, options, runs, blas_threads, reference); }, true);
  contest.measure();
}

}  // namespace

std::vector<Workload> fig3_workloads() {
  return {{"fig3-left", "Fig 3 left: one linear run of 32-32-1000",
           [](Bench& bench) { left(bench, "fig3-left", Activation::linear); }},
          {"fig3-left-tanh", "the same, tanh hidden units",
           [](Bench& bench) { left(bench, "fig3-left-tanh", Activation::tanh); }},
          {"fig3-right", "Fig 3 right: 100 linear runs on the threads given", right}};
}

}  // namespace dln::compare
