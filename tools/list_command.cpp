// dln list: what there is to verify, draw and evaluate.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dln/base/error.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/figure_catalogue.hpp"
#include "tools/quantities.hpp"
#include "tools/sweep/sweep_experiment.hpp"
#include "validation/ledger.hpp"
#include "validation/plain_text.hpp"

namespace dln::tools {
namespace {

int run_list(const std::string& what) {
  if (what == "claims") {
    for (const auto& claim : validation::ledger())
      print(fmt::format("{}\t{}\t{}\t{}\n", claim.info.id, claim.info.section, name_of(claim.info.kind),
                        validation::plain(claim.info.sentence)));
  } else if (what == "figures") {
    for (const auto& entry : figure_catalogue()) print(fmt::format("{}\t{}\n", entry.id, entry.sentence));
  } else if (what == "quantities") {
    for (const auto& quantity : quantities())
      print(fmt::format("{}\t{}\t{}\n", quantity.name, quantity.shown_parameters(" "), quantity.sentence));
  } else if (what == "experiments") {
    for (const auto& experiment : sweep_experiments())
      print(fmt::format("{}\t{}\n", experiment.name, experiment.summary));
  } else {
    throw base::DomainError(
        fmt::format("list '{}': expected claims, figures, quantities or experiments", what));
  }
  return 0;
}

}  // namespace

void add_list(CLI::App& app, Action& chosen) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "list", "List claims (id, section, kind, sentence), figures, quantities, or experiments to sweep");
  command->add_option("what", *what, "claims, figures, quantities or experiments");
  command->footer("Example: dln list quantities");
  command->callback([what, &chosen] { chosen = [what] { return run_list(*what); }; });
}

}  // namespace dln::tools
