// dln consistency: are a data set's input modes its principal components (Eq 18)?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "dln/data/consistency.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/data_options.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

using data::Consistency;
using data::ConsistencyResiduals;
using data::ModeVerdict;

struct ConsistencyOptions {
  DataOptions data;
  bool centred = false;
  std::string seed = "1";
  std::optional<std::string> out;
};

// One way to take the correlations, and what was found.
struct Examined {
  std::string_view name;  // raw, centred
  data::SingularModes modes;
  Consistency found;
};

// Nothing where there is nothing to say.
std::string cell(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{:.17g}", value);
}

std::string set_row(const Examined& examined, std::string_view set, const ConsistencyResiduals& residuals) {
  return fmt::format("{}\t{}\t\t\t{}\t{}\t\t\t\t\t\n", examined.name, set, cell(residuals.off_diagonal),
                     cell(residuals.invariance));
}

// The modes of largest s: "mode 1" but where several share it.
std::string leading_modes(const Consistency& found) {
  const auto equal = found.by_mode[0].equal_modes;
  return equal == 1 ? "mode 1" : fmt::format("modes 1 to {}", equal);
}

std::string rows_of(const Examined& examined) {
  const auto& found = examined.found;
  std::string tsv =
      fmt::format("{}\tSigma11\t\t\t{:.17g}\t\t\t\t\t\t\n", examined.name, found.inputs_off_diagonal);
  tsv += set_row(examined, "random columns", found.random);
  tsv += set_row(examined, "all modes", found.modes);
  if (found.without_leading)
    tsv += set_row(examined, "without " + leading_modes(found), *found.without_leading);
  for (std::size_t k = 0; k < found.by_mode.size(); ++k) {
    const auto& mode = found.by_mode[k];
    tsv += fmt::format("{}\tmode {}\t{:.17g}\t{:.17g}\t{}\t{:.17g}\t{:.17g}\t{}\t{}\t{}\t{}\n", examined.name,
                       k + 1, examined.modes.singular_values[static_cast<Eigen::Index>(k)], mode.variance,
                       cell(mode.off_diagonal), mode.invariance, mode.alignment, mode.component + 1,
                       name_of(mode.verdict), mode.equal_modes, mode.equal_components);
  }
  return tsv;
}

std::string on_printed_check(const Consistency& found) {
  if (found.printed_check_is_empty())
    return found.by_mode.size() == 1
               ? "the printed check is empty with one mode (a 1 x 1 matrix is always diagonal), the "
                 "invariance residual alone decides"
               : "the printed check is empty where all modes share one s (V^T Sigma11 V can always be made "
                 "diagonal), the invariance residual alone decides";
  std::string text = fmt::format("V^T Sigma11 V is off its diagonal by {:.3g}", found.modes.off_diagonal);
  if (found.without_leading && !std::isnan(found.without_leading->off_diagonal))
    text += fmt::format(", {:.3g} without {}", found.without_leading->off_diagonal, leading_modes(found));
  return text + fmt::format(", random columns by {:.3g}", found.random.off_diagonal);
}

std::string on_equal_modes(const Consistency& found) {
  const auto turned = std::ranges::count_if(
      found.by_mode, [](const data::ModeConsistency& mode) { return mode.equal_modes > 1; });
  return turned == 0 ? ""
                     : fmt::format(
                           " {} modes share their s with others: Sigma31 leaves their axes open, and they "
                           "are judged after a turn that makes V^T Sigma11 V diagonal among them.",
                           turned);
}

std::string sentence_on(const Examined& examined) {
  const auto& found = examined.found;
  const auto misleading = found.printed_check_is_empty()
                              ? std::string()
                              : fmt::format("{} misleading (passing the printed check alone), ",
                                            found.count(ModeVerdict::misleading));
  return fmt::format(
      "{}: of {} mode{}, {} consistent with a principal component, {} approximately, {}{} violating Eq 18; "
      "{}; Sigma11 itself is off its diagonal by {:.3g}.{}",
      examined.name == "raw" ? "Inputs as they are" : "Centred inputs", found.by_mode.size(),
      found.by_mode.size() == 1 ? "" : "s", found.count(ModeVerdict::consistent),
      found.count(ModeVerdict::approximate), misleading, found.count(ModeVerdict::violated),
      on_printed_check(found), found.inputs_off_diagonal, on_equal_modes(found));
}

// Targets that never change teach nothing, and inputs that never change cannot be told apart.
void require_variation(const data::Correlations& raw, const data::Correlations& centred) {
  if (!(centred.target_power > 1e-12 * raw.target_power))
    throw base::DataError(
        "its targets are the same in every example; expected two classes or more, or numbers "
        "that differ");
  if (data::constant_inputs(raw) == raw.sigma11.rows())
    throw base::DataError("its inputs are the same in every example; expected some that differ");
}

std::vector<Examined> examine(const ConsistencyOptions& options, const data::Correlations& raw,
                              std::uint64_t seed) {
  const auto centred = data::centred(raw);
  require_variation(raw, centred);
  std::vector<Examined> all;
  const auto add = [&](std::string_view name, const data::Correlations& correlations) {
    auto modes = data::singular_modes(correlations.sigma31);
    auto found = data::consistency(correlations, modes, seed);
    all.push_back({name, std::move(modes), std::move(found)});
  };
  if (!options.centred) add("raw", raw);
  add("centred", centred);
  return all;
}

int run_consistency(const ConsistencyOptions& options) {
  const auto seed = strict_count("--seed", options.seed);
  if (options.out) require_not_read(options.data, "--out", *options.out);
  ProgressLine progress;
  const auto read = read_data(options.data, progress);
  std::vector<Examined> all;
  try {
    all = examine(options, read.correlations, seed);
  } catch (const base::DataError& error) {
    rethrow_named(options.data, error);
  }
  progress.clear();
  std::string tsv =
      "inputs\tset\ts\tvariance\toff_diagonal\tinvariance\tlargest_overlap\tcomponent\tverdict\t"
      "modes_of_this_s\tcomponents_of_this_variance\n";
  for (const auto& examined : all) tsv += rows_of(examined);
  if (options.out) base::write_file(*options.out, tsv);
  print(tsv);
  print(fmt::format("\n{} examples, {} inputs, targets: {}; seed {}.\n", read.correlations.examples,
                    read.source.input_size, targets_of(read.source), seed));
  for (const auto& note : notes_on(read.source, read.correlations)) print(note + "\n");
  for (const auto& examined : all) print(sentence_on(examined) + "\n");
  return 0;
}

}  // namespace

void add_consistency(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ConsistencyOptions>();
  CLI::App* command = app.add_subcommand(
      "consistency", "Check whether a task's input modes are principal components of its inputs (Eq 18)");
  add_data_options(*command, options->data);
  command->add_flag("--centred", options->centred,
                    "Centred inputs and targets only; default: raw and centred");
  command->add_option("--seed", options->seed, "Seed of the random columns")->capture_default_str();
  command->add_option("--out", options->out, "Also write the table to this file");
  command->footer(
      "A mode v is consistent when Sigma11 v keeps 99 % of its squared length along v (residual at most "
      "0.1), "
      "approximate at 90 % (1/3);\nmisleading when it does not, although V^T Sigma11 V is as nearly "
      "diagonal.\n"
      "Modes of equal s are judged as a subspace, overlaps with components of equal variance are with their "
      "eigenspace; an empty cell has nothing to say.\n"
      "Examples: dln consistency mine.csv --target-columns label; dln consistency x.npy --targets y.npy");
  command->callback([options, &chosen] { chosen = [options] { return run_consistency(*options); }; });
}

}  // namespace dln::tools
