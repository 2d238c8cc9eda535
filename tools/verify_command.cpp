// dln verify: examine the claims, say what was found, and write the report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <set>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/claim_rows.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/figure_catalogue.hpp"
#include "tools/provenance.hpp"
#include "tools/report_figures.hpp"
#include "tools/run_options.hpp"
#include "tools/strict_text.hpp"
#include "validation/ledger.hpp"
#include "validation/proof_overview.hpp"
#include "validation/report_html.hpp"
#include "validation/report_json.hpp"
#include "validation/report_junit.hpp"
#include "validation/report_markdown.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using validation::ClaimRecord;

struct VerifyOptions {
  std::optional<std::string> section;
  std::vector<std::string> claims;
  std::string out = "report";
  RunOptions run;
};

void require_known(const std::vector<validation::Claim>& ledger, const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const auto& claim : ledger) known.push_back(claim.info.id);
  for (const std::string& id : ids)
    if (std::ranges::find(known, id) == known.end())
      throw base::DomainError(fmt::format("claim '{}': unknown{}; 'dln list claims' names them all",
                                          id.substr(0, 60), suggestion(id, known)));
}

std::vector<validation::Claim> chosen_claims(const VerifyOptions& options) {
  const auto ledger = validation::ledger();
  require_known(ledger, options.claims);
  validation::Selection selection{options.claims, 0};
  if (options.section) {
    const auto section = strict_count("--section", *options.section);
    base::require(
        section >= 1 && section <= 5, "--section", static_cast<double>(section),
        "1, 2 or 3, a section of the paper, 4 for abstract, talks and discussion, or 5 for what lies beyond");
    selection.section = static_cast<int>(section);
  }
  return validation::select(ledger, selection);
}

// Of whitening, NaN where nothing was whitened.
double residual_of(const experiments::LearningProblem& problem) {
  const auto& sigma11 = problem.correlations.sigma11;
  return (sigma11 / sigma11(0, 0)).isIdentity(0) ? problem.whiteness_residual : std::nan("");
}

std::vector<validation::Figure> draw_figures(const std::vector<ClaimRecord>& records,
                                             validation::Context& context, const fs::path& folder) {
  std::set<std::string> wanted;
  for (const auto& record : records) wanted.insert(record.info.figures.begin(), record.info.figures.end());
  std::vector<validation::Figure> figures;
  for (const auto& entry : figure_catalogue())
    if (wanted.contains(entry.id)) {
      context.progress().report("drawing figure " + entry.id, 0);
      figures.push_back(report_figure(entry.draw(context), folder));
    }
  return figures;
}

validation::Provenance provenance(const VerifyOptions& options, const validation::Context& context,
                                  std::chrono::system_clock::time_point started) {
  auto p = provenance_of(started, context.seed(), all_threads());
  p.options = {{"effort", std::string(name_of(context.effort()))},
               {"claims", options.claims.empty() ? "all" : fmt::format("{}", fmt::join(options.claims, " "))},
               {"section", options.section.value_or("all")},
               {"images", context.images_path().string()},
               {"random starts", std::to_string(context.random_starts())},
               {"journal", options.run.journal.value_or("none")},
               {"out", options.out}};
  for (const auto* problem : context.used_problems())
    p.inputs.push_back(input_data(*problem, residual_of(*problem), problem->files));
  return p;
}

int run_verify(const VerifyOptions& options) {
  // Whatever can be refused is refused before the first second of work.
  const auto claims = chosen_claims(options);
  const auto context_options = resolve(options.run);
  const fs::path folder = options.out;
  if (folder.empty()) throw base::DomainError("--out '': expected the name of a folder");
  base::require_writable_directory(folder / "figures");
  ProgressLine progress;
  const auto store = open_store(options.run);
  validation::Context context(context_options, *store, progress);
  if (std::ranges::any_of(claims, [](const auto& claim) { return claim.info.needs_images; }))
    context.require_images();

  const auto started = std::chrono::system_clock::now();
  std::vector<ClaimRecord> records;
  for (const auto& claim : claims) {
    progress.report("examining claims",
                    static_cast<double>(records.size()) / static_cast<double>(claims.size()));
    records.push_back(validation::examine(claim, claim.evaluate, context));
    progress.clear();
    print_row(records.back());
  }
  auto figures = draw_figures(records, context, folder);
  progress.clear();
  const auto report = validation::compose_report(std::move(records), std::move(figures),
                                                 provenance(options, context, started));
  base::write_files({{folder / "report.json", validation::render_json(report)},
                     {folder / "report.md", validation::render_markdown(report)},
                     {folder / "report.xml", validation::render_junit(report)},
                     {folder / "report.html", validation::render_html(report)}});
  const auto count = validation::tally(report.claims());
  print(fmt::format("{}\n{}\n{}\nReport: {}\n", validation::summary(count),
                    validation::standing_summary(report.claims()), validation::first_answer(report.claims()),
                    fs::absolute(folder / "report.html").lexically_normal().string()));
  return count.fails + count.not_run > 0 ? 1 : 0;
}

}  // namespace

void add_verify(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand("verify", "Examine the paper's claims and write the report");
  command->add_option(
      "--section", options->section,
      "Only the claims of this section of the paper; 4: abstract, talks, discussion; 5: beyond it");
  command->add_option("--claim", options->claims, "Only these claims; 'dln list claims' shows all")
      ->delimiter(',');
  command->add_option("--out", options->out, "Folder for report.html, .json, .md, .xml (JUnit) and figures/")
      ->capture_default_str();
  add_run_options(*command, options->run);
  command->footer("Example: dln verify --claim C12 X1 --effort quick --out report");
  command->callback([options, &chosen] { chosen = [options] { return run_verify(*options); }; });
}

}  // namespace dln::tools
