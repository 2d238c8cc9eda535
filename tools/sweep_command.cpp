// dln sweep: many runs of an experiment, on the threads of one machine or, under mpirun, on many machines.
#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/info.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <mutex>
#include <optional>

#include "dln/base/error.hpp"
#include "tools/bounded_file.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/strict_text.hpp"
#include "tools/sweep/sweep_ranks.hpp"
#include "tools/sweep/sweep_runner.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using State = SweepRecord::State;
using Clock = std::chrono::steady_clock;

constexpr std::uintmax_t kLargestFile = 1 << 20;  // bytes of a TOML file
constexpr std::uint64_t kMostRuns = 10'000'000;   // whose results fit in memory
constexpr double kPatience = 5;                   // seconds, to find out how long a run takes

struct SweepOptions {
  std::optional<std::string> file, about, threads;
  std::string out = "sweep";
  bool resume = false;
};

std::string plan_text(const std::string& path) {
  constexpr const char* wanted = "a TOML file of 1 MiB at most";
  std::error_code none;
  if (fs::is_directory(path, none))
    throw base::DataError(fmt::format("cannot read {}: it is a folder", path));
  auto in = open_bounded(path, kLargestFile, wanted);
  auto text = read_bounded(in, kLargestFile);
  if (text.size() > kLargestFile)
    throw base::DataError(fmt::format("cannot read {}: expected {}", path, wanted));
  return text;
}

// Some seconds or some years, as one would say it.
std::string rough_time(double seconds) {
  const struct {
    double seconds;
    const char* name;
  } units[] = {{365.25 * 86400, "years"}, {86400, "days"}, {3600, "hours"}, {60, "minutes"}};
  for (const auto& unit : units)
    if (const double many = seconds / unit.seconds; many >= 2)
      return many < 10 ? fmt::format("{:.2g} {}", many, unit.name)
                       : fmt::format("{:.0f} {}", many, unit.name);
  return fmt::format("{:.2g} seconds", seconds);
}

std::string count_of(std::uint64_t runs) {
  return runs == std::numeric_limits<std::uint64_t>::max() ? "more than 1.8e19" : fmt::format("{}", runs);
}

void require_feasible(const SweepPlan& plan, int threads) {
  if (plan.runs() <= kMostRuns) return;
  const auto seconds = time_of_first_run(plan, kPatience);
  if (seconds && std::isnan(*seconds))
    throw base::DomainError(fmt::format("{} runs, and the first cannot be done: expected {} runs at most",
                                        count_of(plan.runs()), kMostRuns));
  const double each = seconds.value_or(kPatience), all = each * static_cast<double>(plan.runs()) / threads;
  throw base::DomainError(
      fmt::format("{} runs would take {} {} on {} thread{} (the first takes {} {}): expected {} runs at "
                  "most; coarsen the grid, or divide it among several files",
                  count_of(plan.runs()), seconds ? "about" : "more than", rough_time(all), threads,
                  threads == 1 ? "" : "s", seconds ? "about" : "more than", rough_time(each), kMostRuns));
}

int thread_count(const SweepOptions& options) {
  if (!options.threads) return tbb::info::default_concurrency();
  const auto count = strict_count("--threads", *options.threads);
  base::require(count >= 1 && count <= 1024, "--threads", static_cast<double>(count), "1 to 1024");
  return static_cast<int>(count);
}

// Tells how far it has come, and once how long it may take.
class Teller {
 public:
  Teller(std::uint64_t todo, std::uint64_t before, int threads)
      : what_(before > 0 ? fmt::format("{} runs to do, {} found in the journal", todo, before)
                         : fmt::format("{} runs", todo)),
        todo_(todo),
        threads_(threads) {}
  void finished(const SweepReport& report) {
    const std::lock_guard lock(mutex_);
    ++done_;
    const double estimate = report.seconds * static_cast<double>(todo_) / threads_;
    if (done_ == 1 && todo_ > 1 && estimate > 20)
      message(fmt::format("{} runs, of which the first took {}: about {} on {} thread{}", todo_,
                          rough_time(report.seconds), rough_time(estimate), threads_,
                          threads_ == 1 ? "" : "s"));
    progress_.report(what_, static_cast<double>(done_) / static_cast<double>(todo_));
  }
  void end() { progress_.clear(); }

 private:
  std::string what_;
  std::mutex mutex_;
  ProgressLine progress_;
  std::uint64_t todo_, done_ = 0;
  int threads_;
};

void tell_result(const SweepResults& results, const std::string& out, std::uint64_t done_now, double wall,
                 int threads) {
  std::string text = fmt::format("{} run{}: {} done", results.records().size(),
                                 results.records().size() == 1 ? "" : "s", results.count(State::done));
  for (const State state : {State::diverged, State::failed})
    if (const auto many = results.count(state)) text += fmt::format(", {} {}", many, name_of(state));
  text += '\n';
  for (std::uint64_t run = 0; run < results.records().size(); ++run)
    if (results.records()[run].state == State::failed) {
      text += fmt::format("the first that failed, index {}: {}\n", run, results.records()[run].message);
      break;
    }
  if (done_now > 0)
    text += fmt::format("{} of them now, in {} on {} thread{}, {:.1f} % of it outside the runs\n", done_now,
                        rough_time(wall), threads, threads == 1 ? "" : "s",
                        100 * std::max(0.0, 1 - results.seconds() / (wall * threads)));
  text +=
      fmt::format("{0}/results.csv, results.jsonl, results.npz; what they depend on: {0}/sweep.toml\n", out);
  print(text);
}

// All of it but the runs: `work` takes them from the queue.
using Work = std::function<void(SweepQueue& queue, const RunFinished& finished)>;

int sweep(const SweepPlan& plan, const SweepOptions& options, int threads, const Work& work) {
  const auto start = Clock::now();
  SweepResults results(plan, options.out, options.resume);
  const auto before = results.finished();
  SweepQueue queue(results.records());
  Teller teller(queue.size(), before, threads);
  set_farewell(fmt::format("stopped; what was finished is in {}/journal.txt, and --resume goes on with it",
                           options.out));
  work(queue, [&](SweepReport report) {
    teller.finished(report);
    results.add(std::move(report));
  });
  results.settle();
  teller.end();
  results.write_tables();
  set_farewell("");
  const double wall = std::chrono::duration<double>(Clock::now() - start).count();
  tell_result(results, options.out, results.finished() - before, wall, threads);
  return results.count(State::done) == 0 ? 4 : 0;
}

int sweep_here(const SweepOptions& options, int threads) {
  const auto plan = SweepPlan::parse(plan_text(*options.file), *options.file);
  require_feasible(plan, threads);
  SweepDataCache cache;
  return sweep(plan, options, threads, [&](SweepQueue& queue, const RunFinished& finished) {
    run_on_threads(
        plan, cache, threads, [&] { return queue.take(); }, finished);
  });
}

int sweep_among_ranks(const SweepOptions& options, int threads) {
  SweepRanks ranks;
  const auto plan =
      SweepPlan::parse(ranks.shared(ranks.leads() ? plan_text(*options.file) : ""), *options.file);
  const int all_threads = ranks.sum(threads);
  if (ranks.leads()) require_feasible(plan, all_threads);
  ranks.require_same(plan.resolved());
  int code = 0;
  if (ranks.leads())
    code = sweep(plan, options, all_threads, [&](SweepQueue& queue, const RunFinished& finished) {
      ranks.lead(plan, queue, threads, finished);
    });
  else
    ranks.follow(plan, threads);
  ranks.part();
  return code;
}

int tell_about(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& experiment : sweep_experiments()) {
    names.push_back(experiment.name);
    if (experiment.name != name) continue;
    std::string text =
        fmt::format("{}\t{}\n\nparameter\tunless given\texpected\tmeaning\n", name, experiment.summary);
    for (const auto& p : experiment.parameters)
      text += fmt::format("{}\t{}\t{}\t{}\n", p.name, toml_text(p.standard), p.wanted, p.meaning);
    text += "\ncolumn\tmeaning\n";
    for (const auto& c : experiment.columns) text += fmt::format("{}\t{}\n", c.name, c.meaning);
    for (const auto& c : experiment.mode_columns)
      text += fmt::format("{}_1, {}_2, ...\t{} (of each mode)\n", c.name, c.name, c.meaning);
    print(text);
    return 0;
  }
  throw base::DomainError(fmt::format("--about {}: expected one of {}{}", name.substr(0, 60),
                                      fmt::join(names, ", "), suggestion(name, names)));
}

int run_sweep(const SweepOptions& options) {
  if (options.about) return tell_about(*options.about);
  if (!options.file)
    throw base::DomainError(
        "expected a TOML file, such as tools/examples/sweeps/fig3-right.toml; 'dln list experiments' shows "
        "what can be swept");
  if (options.out.empty()) throw base::DomainError("--out '': expected the name of a folder");
  const int threads = thread_count(options);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  return SweepRanks::launched() ? sweep_among_ranks(options, threads) : sweep_here(options, threads);
}

}  // namespace

void add_sweep(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App* command = app.add_subcommand("sweep",
                                         "Run an experiment for every combination of parameters, rates, "
                                         "depths, starts and seeds in a TOML file");
  command->add_option("FILE", options->file, "experiment = \"...\", [parameters], [grid], [[list]]");
  command->add_option("--out", options->out, "Folder of results and journal")->capture_default_str();
  command->add_flag("--resume", options->resume,
                    "Go on with the sweep that the folder holds, if it holds one");
  command->add_option("--threads", options->threads,
                      "Runs at a time; as many as there are cores unless given");
  command->add_option("--about", options->about, "Show the parameters and columns of an experiment instead");
  command->footer(
      "Every finished run is in the journal at once: whatever stops a sweep costs no more than the runs "
      "under way, and "
      "the same command\nwith --resume goes on and gives the same results. 'mpirun -n K dln sweep FILE' "
      "shares the runs "
      "among K processes.\nExample: dln sweep tools/examples/sweeps/fig3-right.toml --out fig3-right");
  command->callback([options, &chosen] { chosen = [options] { return run_sweep(*options); }; });
}

}  // namespace dln::tools
