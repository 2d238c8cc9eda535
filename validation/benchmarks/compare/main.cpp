// build/bin/compare: ours and its peers side by side, how cost grows, and the limits of the machine.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "validation/benchmarks/compare/account.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

constexpr const char* kFooter =
    R"(Every workload runs beside its peers in turns; the least time of each counts: processor time on one thread, time on
the wall on more. A peer that is not installed is listed as such, and never as beaten. Peers: NumPy and SciPy with
OpenBLAS, PyTorch, GSL; on Debian python3-scipy libopenblas0 python3-torch libgsl-dev.

Exit codes: 0 ok, 1 a target is missed (with --strict), 2 a bad value or word on the command line, 4 a result of ours
is outside its bound, 5 cannot write, 130 and 143 interrupted and terminated.)";

std::vector<Workload> workloads() {
  std::vector<Workload> all;
  for (auto& group :
       {mode_workloads(), integral_workloads(), fig3_workloads(), step_workloads(), hessian_workloads()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw base::WriteError("cannot write to standard output");
}

void print_names() {
  std::string text;
  for (const Workload& workload : workloads())
    text += fmt::format("{:<18} {}\n", workload.name, workload.about);
  for (const Growth& growth : growths()) text += fmt::format("{:<18} {}\n", growth.name, growth.about);
  print(text);
}

// Throws DomainError for a name that selects nothing.
void require_known(const Options& options) {
  for (const std::string& asked : options.only) {
    Options one;
    one.only = {asked};
    const Bench probe(one);
    bool known = false;
    for (const Workload& workload : workloads()) known = known || probe.wants(workload.name);
    for (const Growth& growth : growths()) known = known || probe.wants(growth.name);
    if (!known)
      throw base::DomainError(fmt::format(
          "--only {}: expected the name of a workload or its beginning; see 'compare --list'", asked));
  }
}

void draw(const plots::Drawing& drawing, const Bench& bench) {
  try {
    plots::save(drawing, plots::render_svg(drawing), bench.options().out);
  } catch (const base::ExternalProgramError& error) {
    bench.say(fmt::format("figure {} was not drawn: {}", drawing.id, error.what()));
  }
}

void keep(Bench& bench, const std::vector<GrowthPanel>& growth) {
  const auto& out = bench.options().out;
  base::write_files({{out / "compare.json", account_json(bench, growth).dump(2) + "\n"},
                     {out / "compare.tsv", rows_tsv(bench)}});
  const auto measured = [](const Row& row) { return std::isfinite(row.ratio()); };
  if (std::ranges::any_of(bench.rows, measured)) draw(ratio_figure(bench), bench);
  if (!growth.empty()) draw(growth_figure(bench, growth), bench);
}

// Each row has at least one finite error of ours within its bound: NaN never passes.
int exit_code(const Bench& bench) {
  int code = 0;
  for (const Row& row : bench.rows) {
    if (bench.options().strict && row.verdict() == "missed") code = std::max(code, 1);
    if (row.our_error <= row.error_bound) continue;
    bench.say(fmt::format("{}: the error {:g} is not within its bound {:g}", row.title, row.our_error,
                          row.error_bound));
    code = 4;
  }
  for (const LimitRow& row : bench.limit_rows)
    if (bench.options().strict && row.share() < row.target.value_or(0)) code = std::max(code, 1);
  return code;
}

int compare(const Options& options) {
  if (options.list) {
    print_names();
    return 0;
  }
  require_known(options);
  base::require_writable_directory(options.out);
  Bench bench(options);
  for (const Workload& workload : workloads())
    if (bench.wants(workload.name)) workload.run(bench);
  std::vector<GrowthPanel> panels;
  for (const Growth& growth : growths())
    if (bench.wants(growth.name)) {
      if (panels.empty()) bench.look_at_limits();
      bench.say(growth.about);
      panels.push_back(growth.measure(bench));
    }
  bench.look_at_limits();
  keep(bench, panels);
  print(table_text(bench) + summary_text(bench));
  return exit_code(bench);
}

int parse_and_run(int argc, const char* const* argv) {
  Options options;
  options.peers = std::filesystem::path(DLN_COMPARE_SOURCE) / "peers.py";
  CLI::App app("compare: dln beside its peers, with ratios and achieved errors", "compare");
  app.footer(kFooter);
  app.add_flag("--quick", options.quick, "Small sizes, in seconds; targets are not judged");
  app.add_flag("--strict", options.strict, "A missed target is an error");
  app.add_flag("--list", options.list, "Names of the workloads");
  app.add_option("--only", options.only, "Only these, by name or its beginning: eq15, step-100, growth");
  app.add_option("--threads", options.threads, "Threads of the workloads that share work")
      ->check(CLI::Range(1, 1024));
  app.add_option("--patience", options.patience, "Seconds until a peer that does not answer counts as hung")
      ->check(CLI::Range(1, 86400));
  app.add_option("--out", options.out, "Folder for compare.json, compare.tsv, ratios.svg and cost.svg");
  app.add_option("--python", options.python, "Python with the peers' packages");
  app.add_option("--peers", options.peers, "The peers' script")->check(CLI::ExistingFile);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s; see 'compare --help'\n", error.what());
    return 2;
  }
  return compare(options);
}

int report(const char* what, int code) {
  std::fprintf(stderr, "%s\n", what);
  return code;
}

}  // namespace
}  // namespace dln::compare

int main(int argc, char** argv) {
  using namespace dln;
  ::signal(SIGPIPE, SIG_IGN);  // a peer that died is found by its missing answer
  compare::leave_cleanly_on_signals();
  try {
    return compare::parse_and_run(argc, argv);
  } catch (const base::DomainError& error) {
    return compare::report(error.what(), 2);
  } catch (const base::WriteError& error) {
    return compare::report(error.what(), 5);
  } catch (const std::exception& error) {
    return compare::report(error.what(), 4);
  }
}
