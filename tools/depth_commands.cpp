// dln rate and dln delay: which learning rate each depth bears, and how much later a deep network learns.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "dln/base/error.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/theory/depth_delay.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

struct RateOptions {
  std::optional<std::string> singular_values, input_variances, images, labels, scale;
  std::string layers = "2,3,5,10,20,50,100", initial_strength = "1e-3";
};

std::vector<int> strict_layers(std::string_view text) {
  std::vector<int> layers;
  for (double value : strict_list("--layers", text)) {
    base::require(value >= 2 && value <= 1e6 && value == std::floor(value), "--layers", value,
                  "whole numbers of layers, 2 to 1e6");
    layers.push_back(static_cast<int>(value));
  }
  return layers;
}

linalg::Vector vector_of(const std::vector<double>& values) {
  return Eigen::Map<const linalg::Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

experiments::InputScale scale_from_name(const std::string& name) {
  if (name == "raw") return experiments::InputScale::raw;
  if (name == "unit-variance") return experiments::InputScale::unit_variance;
  if (name == "white") return experiments::InputScale::sum_white;
  throw base::DomainError(
      fmt::format("--scale {}: expected raw, unit-variance or white", name.substr(0, 60)));
}

experiments::AlignedModes modes_of(const RateOptions& options) {
  if (options.singular_values.has_value() == options.images.has_value())
    throw base::DomainError("expected either --s with singular values or --images with a data set");
  if (options.images) {
    if (options.input_variances)
      throw base::DomainError("--d: expected with --s only; images have their own");
    std::optional<std::filesystem::path> labels;
    if (options.labels) labels = *options.labels;
    ProgressLine progress;
    return aligned_modes(experiments::images_problem(
        *options.images, labels, scale_from_name(options.scale.value_or("raw")), progress));
  }
  if (options.scale || options.labels)
    throw base::DomainError(
        fmt::format("--{}: expected with --images only", options.scale ? "scale" : "labels"));
  const auto s = strict_list("--s", *options.singular_values);
  const auto d = options.input_variances ? strict_list("--d", *options.input_variances)
                                         : std::vector<double>(s.size(), 1.0);
  return {vector_of(s), vector_of(d)};
}

int run_rate(const RateOptions& options) {
  const auto layers = strict_layers(options.layers);
  const double u0 = strict_number("--u0", options.initial_strength);
  const auto modes = modes_of(options);
  std::string table =
      "N_l\tlambda_max\toutput_mode\tinput_mode\toptimal_rate\tstability_limit\tsteps_to_first\tsteps_to_"
      "last\n";
  for (int n : layers) {
    const auto advice = advise_rate(modes, n, u0);
    table +=
        fmt::format("{}\t{:.17g}\t{}\t{}\t{:.17g}\t{:.17g}\t{:.6g}\t{:.6g}\n", n, advice.largest_eigenvalue,
                    advice.output_mode + 1, advice.input_mode + 1, advice.optimal_rate,
                    advice.stability_limit, advice.first_learned, advice.last_learned);
  }
  print(table);
  return 0;
}

struct DelayOptions {
  std::string singular_value = "1", eps = "1e-3", layers = "3,4,5,8,10,20,50,100,1000";
};

int run_delay(const DelayOptions& options) {
  const double s = strict_number("--s", options.singular_value), eps = strict_number("--eps", options.eps);
  std::string table = "N_l\tsteps\texcess_over_three_layers\n";
  const auto row = [&](const std::string& name, const base::DepthExponent& depth) {
    const double steps = theory::steps_at_optimal_rate(depth, s, eps),
                 excess = theory::delay_over_three_layers(depth, s, eps);
    base::require(base::is_finite(steps) && base::is_finite(excess), "steps", steps,
                  "a number within the range of a double; a larger --eps");
    table += fmt::format("{}\t{:.17g}\t{:.17g}\n", name, steps, excess);
  };
  for (int n : strict_layers(options.layers))
    row(std::to_string(n), base::DepthExponent(base::Depth::from_layers(n)));
  row("inf", base::DepthExponent::infinite());
  print(table);
  return 0;
}

}  // namespace

void add_rate(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RateOptions>();
  CLI::App* command = app.add_subcommand("rate", "Learning rates at each depth for a spectrum or a data set");
  command->add_option("--s", options->singular_values, "Singular values of the modes, such as 3,2,1");
  command->add_option("--d", options->input_variances, "Input variance along each mode; 1 unless given");
  command->add_option("--images", options->images, "IDX or IDX.gz images with labels instead");
  command->add_option("--labels", options->labels, "Their labels, when these are not found by name");
  command->add_option("--scale", options->scale, "Of the images: raw (unless given), unit-variance or white");
  command->add_option("--layers", options->layers, "Numbers of layers N_l")->capture_default_str();
  command->add_option("--u0", options->initial_strength, "Initial strength of every mode")
      ->capture_default_str();
  command->footer(
      "Prints for each depth the largest Hessian eigenvalue at the minimum and the pair of modes it belongs "
      "to, 1/lambda_max, "
      "2/lambda_max, and\nthe steps at 1/lambda_max until the first and the last mode is within 1 % of its "
      "end.\nExample: dln rate "
      "--s 3,2,1 --layers 3,10,100");
  command->callback([options, &chosen] { chosen = [options] { return run_rate(*options); }; });
}

void add_delay(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DelayOptions>();
  CLI::App* command =
      app.add_subcommand("delay", "Gradient steps of a mode at its optimal rate, t_N - t_3, against depth");
  command->add_option("--s", options->singular_value, "Singular value")->capture_default_str();
  command->add_option("--eps", options->eps, "u0 = eps, learned at s - eps")->capture_default_str();
  command->add_option("--layers", options->layers, "Numbers of layers N_l")->capture_default_str();
  command->footer("Example: dln delay --s 1 --eps 1e-3");
  command->callback([options, &chosen] { chosen = [options] { return run_delay(*options); }; });
}

}  // namespace dln::tools
