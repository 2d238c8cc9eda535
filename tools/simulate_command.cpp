// dln simulate: any chain on any correlations, from a file, to high accuracy.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/network_results.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;

struct SimulateOptions {
  std::string network, tolerance = "1e-12";
  std::optional<std::string> out, strengths;
  bool unchecked = false;
};

std::uint64_t physical_memory() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

void require_extension(const char* option, const std::optional<std::string>& path, const char* text_kind) {
  if (!path) return;
  const auto extension = fs::path(*path).extension();
  if (extension != text_kind && extension != ".npz")
    throw base::DomainError(
        fmt::format("{} {}: expected a name that ends in {} or .npz", option, *path, text_kind));
}

experiments::FlowRun follow(const NetworkFile& file, double tolerance, bool check) {
  ProgressLine progress;
  if (const auto* descent = std::get_if<DescentTask>(&file.task))
    return {experiments::follow_descent(file.start, file.correlations, descent->steps, descent->learning_rate,
                                        progress),
            {}};
  const auto& flow = std::get<FlowTask>(file.task);
  return experiments::follow_flow(file.start, file.correlations, flow.times,
                                  {flow.time_constant, tolerance, check}, progress);
}

// More than these, and the digits that hold are visibly fewer than the tolerance asked for.
constexpr double kLargeAmplification = 1e3, kPoorAgreement = 1e-10;

void tell_accuracy(const experiments::FlowAccuracy& accuracy, double tolerance) {
  if (!(accuracy.agreement <= std::max(kPoorAgreement, 100 * tolerance * accuracy.amplification)))
    throw base::NumericalError(
        fmt::format("two integrators agree to {:.2g} of max|W| only, expected {:.2g}; try a smaller --rtol "
                    "or shorter times",
                    accuracy.agreement, std::max(kPoorAgreement, 100 * tolerance * accuracy.amplification)));
  if (!(accuracy.amplification > kLargeAmplification)) return;
  message(
      fmt::format("this run amplifies small deviations up to {:.2g} times, as one that passes close to a "
                  "saddle does; two integrators agree to {:.2g} of max|W|",
                  accuracy.amplification, accuracy.agreement));
}

void require_distinct(const SimulateOptions& options) {
  const auto refuse = [](std::string_view what, const std::string& path) {
    throw base::DomainError(fmt::format("{} {}: expected a file of its own", what, path));
  };
  if (options.out && base::same_file(*options.out, options.network)) refuse("--out", *options.out);
  if (options.strengths && base::same_file(*options.strengths, options.network))
    refuse("--strengths", *options.strengths);
  if (options.out && options.strengths && base::same_file(*options.out, *options.strengths))
    refuse("--strengths", *options.strengths);
}

bool is_npz(const std::string& path) {
  return fs::path(path).extension() == ".npz";
}

experiments::FlowRun simulate(const SimulateOptions& options, const NetworkFile& file, double tolerance) try {
  auto result = follow(file, tolerance, !options.unchecked);
  if (result.accuracy) tell_accuracy(*result.accuracy, tolerance);
  return result;
} catch (const base::NumericalError& error) {
  throw base::NumericalError(fmt::format("{}: {}", options.network, error.what()));
}

int run_simulate(const SimulateOptions& options) {
  const double tolerance = strict_number("--rtol", options.tolerance);
  base::require(tolerance >= 1e-14 && tolerance <= 1e-3, "--rtol", tolerance, "a number from 1e-14 to 1e-3");
  require_extension("--out", options.out, ".json");
  require_extension("--strengths", options.strengths, ".csv");
  require_distinct(options);
  const auto file = read_network_file(options.network, physical_memory());
  for (const auto& remark : file.remarks) message(fmt::format("{}: {}", options.network, remark));
  if (options.strengths && file.correlations.sigma31.isZero(0))
    throw base::DataError(fmt::format("--strengths: {}: Sigma31 is zero and has no modes", options.network));
  std::optional<base::AtomicFile> out, strengths;  // before the work begins: a path in vain costs nothing
  if (options.out) out.emplace(*options.out);
  if (options.strengths) strengths.emplace(*options.strengths);
  const auto result = simulate(options, file, tolerance);
  if (strengths) {
    strengths->write(is_npz(*options.strengths) ? strengths_npz(result.run, file)
                                                : strengths_csv(result.run, file));
    strengths->commit();
  }
  if (!out) {
    write_weights_json(result, file, print);
  } else {
    const auto write = [&](std::string_view text) { out->write(text); };
    if (is_npz(*options.out))
      write(weights_npz(result, file));
    else
      write_weights_json(result, file, write);
    out->commit();
  }
  return 0;
}

}  // namespace

void add_simulate(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Follow a network of your own: gradient flow (Eqs 2, 13) or descent (Eq 1), all weights");
  command
      ->add_option(
          "--network", options->network,
          "JSON {\"tau\": t, \"times\": [...], \"Sigma11\": m, \"Sigma31\": m, \"W0\": [W1, W2, ...]}, "
          "matrices row by row, or {\"lambda\": l, \"steps\": [...], ...} for descent; or NPZ with W1, "
          "W2, ... in the place of W0")
      ->required();
  command
      ->add_option("--rtol", options->tolerance,
                   "Relative tolerance of the flow, 1e-14 to 1e-3; the integrator works 100 times closer")
      ->capture_default_str();
  command->add_option("--out", options->out, "Weights to this .json or .npz file instead of standard output");
  command->add_option("--strengths", options->strengths, "Also mode strengths to this .csv or .npz file");
  command->add_flag("--no-check", options->unchecked,
                    "Skip the second integrator and the amplification of errors (most of the time spent)");
  command->footer(
      "Answers {\"times\": [...], \"W\": [time][layer][row][column], \"accuracy\": {...}} with 17 digits, or "
      "\"steps\" in the place of \"times\".\nExample: dln simulate --network net.json --strengths modes.csv "
      "--out "
      "weights.npz");
  command->callback([options, &chosen] { chosen = [options] { return run_simulate(*options); }; });
}

}  // namespace dln::tools
