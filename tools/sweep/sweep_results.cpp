#include "tools/sweep/sweep_results.hpp"

#include <fmt/format.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <sstream>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/sweep/sweep_tables.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using State = SweepRecord::State;

constexpr const char *kJournal = "journal.txt", *kPlan = "sweep.toml";

std::string slurped(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The first line in which two texts differ, as both have it.
std::string difference(const std::string& there, const std::string& here) {
  std::istringstream a(there), b(here);
  for (std::string left, right;;) {
    const bool more = static_cast<bool>(std::getline(a, left)),
               still = static_cast<bool>(std::getline(b, right));
    if (!more) left.clear();
    if (!still) right.clear();
    if (left != right) return fmt::format("'{}' there, '{}' here", left.substr(0, 120), right.substr(0, 120));
    if (!more && !still) return "its plan is not beside it";
  }
}

JournalFormat format_for(const std::string& resolved, const fs::path& folder) {
  return {
      .kind = "dln sweep journal ",
      .header = "dln sweep journal 1, plan " + checksum(resolved),
      .other = fmt::format("it belongs to another sweep: {}", difference(slurped(folder / kPlan), resolved)),
      .instead_of_line_1 = "name another folder with --out",
      .instead_of_line_n = "",
      .skip_damaged = true};
}

// Files of another's that a sweep would write over.
void require_none_of_anothers(const fs::path& folder, const std::string& resolved) {
  std::error_code ignored;
  const bool ours = fs::exists(folder / kJournal, ignored);
  for (const char* name : {kPlan, "results.csv", "results.jsonl", "results.npz"}) {
    const auto kind = fs::symlink_status(folder / name, ignored).type();
    if (kind == fs::file_type::not_found || (ours && kind == fs::file_type::regular)) continue;
    if (name == kPlan && slurped(folder / name) == resolved)
      continue;  // left by one that was stopped at once
    throw base::DomainError(
        fmt::format("{} is there already, and no sweep's: expected a folder without it; --out names another",
                    (folder / name).string()));
  }
}

fs::path opened(const fs::path& folder, const std::string& resolved, bool resume) {
  base::require_writable_directory(folder);
  std::error_code ignored;
  if (!resume && fs::file_size(folder / kJournal, ignored) > 0 && !ignored)
    throw base::DomainError(fmt::format(
        "{} holds a sweep already: --resume goes on with it, --out with another folder starts anew",
        folder.string()));
  require_none_of_anothers(folder, resolved);
  return folder / kJournal;
}

// As many values as the experiment has columns, those of modes repeated; none of a run that failed.
bool fits(std::size_t values, const SweepExperiment& experiment) {
  if (values == 0) return true;
  if (values < experiment.columns.size()) return false;
  const auto more = values - experiment.columns.size();
  return experiment.mode_columns.empty() ? more == 0 : more % experiment.mode_columns.size() == 0;
}

template <class Number>
bool read(std::string_view text, Number& number) {
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
  return trouble == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string_view name_of(State state) {
  constexpr std::string_view names[] = {"pending", "done", "diverged", "failed"};
  return names[static_cast<int>(state)];
}

std::string line_of(const SweepReport& report) {
  std::string message = report.record.message;
  std::ranges::replace_if(
      message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
  return fmt::format("{}\t{}\t{:.4g}\t{}\t{}", report.run, name_of(report.record.state), report.seconds,
                     exact_numbers(report.record.values), message);
}

std::optional<SweepReport> report_in(std::string_view line, std::uint64_t runs) {
  std::vector<std::string_view> parts;
  while (parts.size() < 4) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) return {};
    parts.push_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  SweepReport report;
  if (!read(parts[0], report.run) || report.run >= runs || !read(parts[2], report.seconds)) return {};
  for (const State state : {State::done, State::diverged, State::failed})
    if (parts[1] == name_of(state)) report.record.state = state;
  if (report.record.state == State::pending || !read_exact_numbers(parts[3], report.record.values)) return {};
  report.record.message = line;
  return report;
}

SweepResults::SweepResults(const SweepPlan& plan, fs::path folder, bool resume)
    : plan_(plan),
      folder_(std::move(folder)),
      records_(plan.runs()),
      journal_(opened(folder_, plan.resolved(), resume), format_for(plan.resolved(), folder_),
               [&](std::string_view line) {
                 auto report = report_in(line, records_.size());
                 if (!report || !fits(report->record.values.size(), plan_.experiment())) return false;
                 auto& record = records_[report->run];
                 if (record.state == State::pending) ++finished_;
                 record = std::move(report->record);
                 return true;
               }),
      settling_([this](const std::stop_token& stop) { keep_settled(stop); }) {
  if (slurped(folder_ / kPlan) != plan.resolved()) base::write_file(folder_ / kPlan, plan.resolved());
}

std::uint64_t SweepResults::count(State state) const {
  return static_cast<std::uint64_t>(std::ranges::count(records_, state, &SweepRecord::state));
}

void SweepResults::add(SweepReport report) {
  journal_.append(line_of(report));
  seconds_ += report.seconds;
  records_[report.run] = std::move(report.record);
  ++finished_;
  unsettled_ = true;
  if (unwritable_) std::rethrow_exception(trouble_);
}

void SweepResults::keep_settled(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any sleep;
  for (std::unique_lock lock(mutex); !stop.stop_requested();) {
    sleep.wait_for(lock, stop, std::chrono::milliseconds(200), [] { return false; });
    try {
      if (unsettled_.exchange(false)) settle();
    } catch (const base::WriteError&) {
      trouble_ = std::current_exception();
      unwritable_ = true;  // the next to add says so
      return;
    }
  }
}

void SweepResults::settle() {
  if (unwritable_) std::rethrow_exception(trouble_);
  journal_.sync();
}

void SweepResults::write_tables() const {
  base::AtomicFile csv(folder_ / "results.csv"), jsonl(folder_ / "results.jsonl"),
      npz(folder_ / "results.npz");
  const SweepTables tables(plan_, records_);
  tbb::parallel_invoke([&] { tables.write_csv([&](std::string_view text) { csv.write(text); }); },
                       [&] { tables.write_jsonl([&](std::string_view text) { jsonl.write(text); }); },
                       [&] { npz.write(tables.npz()); });
  csv.commit();
  jsonl.commit();
  npz.commit();
}

}  // namespace dln::tools
