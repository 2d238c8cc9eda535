// dln check: the claims of a file about an ODE of one's own, decided where computer algebra can and tested
// everywhere.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/claim_rows.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/provenance.hpp"
#include "tools/strict_text.hpp"
#ifdef DLN_WITH_SYMBOLIC
#include "tools/theory_file.hpp"
#include "validation/own_theory/examination.hpp"
#include "validation/report_html.hpp"
#include "validation/report_json.hpp"
#include "validation/report_junit.hpp"
#include "validation/report_markdown.hpp"
#endif

namespace dln::tools {
namespace {

struct CheckOptions {
  std::string file;
  std::optional<std::string> out;
  std::string digits = "17", samples = "8", seed = "1";
};

#ifdef DLN_WITH_SYMBOLIC

namespace fs = std::filesystem;

std::string shown(const std::string& word) {
  return word.substr(0, 40);
}

int samples_of(const std::string& word) {
  constexpr int kMost = 1000;
  int samples = 0;
  const auto [end, trouble] = std::from_chars(word.data(), word.data() + word.size(), samples);
  if (trouble != std::errc() || end != word.data() + word.size() || samples < 1 || samples > kMost)
    throw base::DomainError(
        fmt::format("--samples '{}': expected a number of points from 1 to {}", shown(word), kMost));
  return samples;
}

validation::ExaminationOptions examination_options(const CheckOptions& options) {
  validation::ExaminationOptions all;
  all.seed = strict_count("--seed", options.seed);
  all.samples = samples_of(options.samples);
  if (options.digits != "17" && options.digits != "50")
    throw base::DomainError(fmt::format(
        "--digits '{}': expected 17 (double precision) or 50 (50 digits as well)", shown(options.digits)));
  all.fifty_digits = options.digits == "50";
  return all;
}

// One line each, as compilers do.
int refuse(const std::string& file, const std::vector<validation::Problem>& problems) {
  constexpr std::size_t kMost = 50;
  for (std::size_t i = 0; i < std::min(kMost, problems.size()); ++i)
    message(fmt::format("{}:{}:{}: {}", file, problems[i].place.line, problems[i].place.column,
                        problems[i].sentence));
  if (problems.size() > kMost) message(fmt::format("{}: and {} more", file, problems.size() - kMost));
  return 3;
}

validation::Provenance provenance(const CheckOptions& options,
                                  std::chrono::system_clock::time_point started) {
  auto p = provenance_of(started, strict_count("--seed", options.seed), 1);
  p.options = {{"file", options.file},
               {"digits", options.digits},
               {"samples", options.samples},
               {"out", options.out.value_or("")}};
  return p;
}

std::vector<validation::ClaimRecord> examine_all(const validation::Theory& theory,
                                                 const validation::Samples& samples,
                                                 const validation::ExaminationOptions& options) {
  std::size_t width = 4;
  for (const auto& claim : theory.claims) width = std::max(width, claim.id.size() + 1);
  validation::Examiner examiner(theory, samples, options);
  ProgressLine progress;
  std::vector<validation::ClaimRecord> records;
  for (const auto& claim : theory.claims) {
    progress.report("examining claims",
                    static_cast<double>(records.size()) / static_cast<double>(theory.claims.size()));
    records.push_back(examiner.examine(claim));
    progress.clear();
    print_row(records.back(), width);
  }
  return records;
}

std::string summary_of(const std::vector<validation::ClaimRecord>& records, const CheckOptions& options) {
  const auto count = [&](auto holds) { return std::ranges::count_if(records, holds); };
  const auto proven = count([](const auto& r) {
    return r.verdict() == validation::Verdict::holds && r.standing == validation::Standing::proven;
  });
  const auto of = [&](validation::Verdict v) {
    return count([v](const auto& r) { return r.verdict() == v; });
  };
  const auto open = of(validation::Verdict::not_run);
  return fmt::format("Of {} claim{}, {} proven, {} only tested, {} fail{}; {} samples, seed {}\n",
                     records.size(), records.size() == 1 ? "" : "s", proven,
                     of(validation::Verdict::holds) - proven, of(validation::Verdict::fails),
                     open > 0 ? fmt::format(", {} neither confirmed nor refuted", open) : "", options.samples,
                     options.seed);
}

int run_check(const CheckOptions& options) {
  const auto examination = examination_options(options);
  const auto started = std::chrono::system_clock::now();
  if (options.out) {
    if (options.out->empty()) throw base::DomainError("--out '': expected the name of a folder");
    base::require_writable_directory(*options.out);
  }
  const auto [theory, problems] = read_theory(options.file);
  if (!problems.empty()) return refuse(options.file, problems);
  validation::Samples samples;
  if (const auto found = validation::problems_of(theory, examination, samples); !found.empty())
    return refuse(options.file, in_order(found));
  auto records = examine_all(theory, samples, examination);
  const auto any = [&](validation::Verdict v) {
    return std::ranges::any_of(records, [v](const auto& r) { return r.verdict() == v; });
  };
  const int code = any(validation::Verdict::fails) ? 1 : any(validation::Verdict::not_run) ? 4 : 0;
  std::string end = summary_of(records, options);
  if (options.out) {
    const auto report =
        validation::compose_report(theory, samples, std::move(records), provenance(options, started));
    const fs::path folder = *options.out;
    base::write_files({{folder / "report.json", validation::render_json(report)},
                       {folder / "report.md", validation::render_markdown(report)},
                       {folder / "report.xml", validation::render_junit(report)},
                       {folder / "report.html", validation::render_html(report)}});
    end += fmt::format("Report: {}\n", fs::absolute(folder / "report.html").lexically_normal().string());
  }
  print(end);
  return code;
}

#else

int run_check(const CheckOptions&) {
  throw base::ExternalProgramError(
      "this dln was built without computer algebra; install GiNaC (Debian: libginac-dev) and build again");
}

#endif

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      app.add_subcommand("check", "Examine the claims of a TOML file about an ODE of your own");
  command->add_option("file", options->file, "The theory: symbols, system, claims")->required();
  command->add_option("--out", options->out, "Folder for report.html, .json, .md and .xml (JUnit)");
  command->add_option("--digits", options->digits, "17, or 50 to test in 50 digits as well")
      ->capture_default_str();
  command->add_option("--samples", options->samples, "Points of the domain to test at")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of these points")->capture_default_str();
  command->footer(
      "Example: dln check tools/examples/eq10.toml --out report. What a file may hold: "
      "tools/examples/README.md");
  command->callback([options, &chosen] { chosen = [options] { return run_check(*options); }; });
}

}  // namespace dln::tools
