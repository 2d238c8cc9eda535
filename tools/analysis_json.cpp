// dln analyze for scripts.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/analysis.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::ordered_json;

// Null where there is nothing to say: JSON has no NaN.
Json number(double x) {
  return std::isfinite(x) ? Json(x) : Json();
}

Json list(const std::vector<double>& values) {
  Json json = Json::array();
  for (double value : values) json.push_back(number(value));
  return json;
}

Json by_mode(const linalg::Matrix& samples) {
  Json json = Json::array();
  for (Eigen::Index k = 0; k < samples.cols(); ++k) {
    Json course = Json::array();
    for (Eigen::Index i = 0; i < samples.rows(); ++i) course.push_back(number(samples(i, k)));
    json.push_back(std::move(course));
  }
  return json;
}

Json modes_json(const Analysis& a) {
  Json json = Json::array();
  for (Eigen::Index k = 0; k < a.modes().size(); ++k) {
    const auto& mode = a.consistency.by_mode[static_cast<std::size_t>(k)];
    Json entry = {{"mode", k + 1},
                  {"s", a.modes().singular_values[k]},
                  {"d", mode.variance},
                  {"end", number(a.modes().singular_values[k] / mode.variance)},
                  {"invariance_residual", number(mode.invariance)},
                  {"verdict", data::name_of(mode.verdict)}};
    if (static_cast<std::size_t>(k) < a.descriptions.size()) {
      const auto& text = a.descriptions[static_cast<std::size_t>(k)];
      if (!text.inputs.empty()) entry["inputs"] = text.inputs;
      entry["outputs"] = text.outputs;
    }
    json.push_back(std::move(entry));
  }
  return json;
}

Json run_json(const experiments::RecordedRun& run) {
  Json json = {{"arithmetic", run.path.brief()},
               {"diverged", run.reason == network::DescentStop::diverged},
               {"iterations", run.iterations},
               {"error_rose", run.error_rose},
               {"epochs", list(run.epochs)},
               {"error", list(run.error)},
               {"half_epochs", list({run.half_epochs.begin(), run.half_epochs.end()})},
               {"strengths", by_mode(run.strengths)}};
  if (!run.held_out_error.empty()) json["held_out_error"] = list(run.held_out_error);
  return json;
}

Json assumptions_json(const experiments::Assumptions& found) {
  return {{"form", name_of(found.form)},
          {"exact", found.exact},
          {"whiteness_residual", number(found.whiteness)},
          {"learnable", found.learnable},
          {"missing_directions", found.missing_directions},
          {"balance", list(found.balance)},
          {"decoupling", list(found.decoupling)},
          {"findings", found.findings}};
}

Json budget_json(const experiments::ErrorBudget& budget) {
  const auto numbers = [](const linalg::Vector& v) { return list({v.begin(), v.end()}); };
  Json json = {{"theory", numbers(budget.theory)},        {"run", numbers(budget.run)},
               {"whole", numbers(budget.whole)},          {"remainder", numbers(budget.remainder)},
               {"remainder_share", number(budget.ratio)}, {"parts", Json::object()}};
  for (const auto& cause : budget.causes)
    json["parts"][std::string(name_of(cause.cause))] = cause.off ? Json(0) : numbers(cause.part());
  return json;
}

Json sharpness_json(const experiments::SharpnessCourse& course) {
  Json json = {{"epochs", Json::array()}, {"lambda_max", Json::array()}};
  for (const auto& sample : course.samples) {
    json["epochs"].push_back(sample.epoch);
    json["lambda_max"].push_back(number(sample.largest_eigenvalue));
  }
  return json;
}

Json depth_json(const DepthAnalysis& depth) {
  const auto& f = depth.forecast;
  Json modes = Json::array();
  for (const auto& mode : f.modes)
    modes.push_back({{"half_epochs", number(mode.half_epochs)},
                     {"half_low", number(mode.half_low)},
                     {"half_high", number(mode.half_high)},
                     {"flow_half_epochs", number(mode.flow_half_epochs)}});
  Json json = {{"layers", depth.layers()},
               {"start", name_of(f.start.kind)},
               {"u0", f.start.initial_strength},
               {"law", name_of(f.law)},
               {"lambda_max_start", number(depth.sharpness.start)},
               {"lambda_max_theory_end", number(depth.sharpness.theory_end)},
               {"lambda_max_least_error", number(depth.sharpness.least_error)},
               {"rate", depth.rate},
               {"stability_limit", number(depth.limit())},
               {"error_at_zero", f.error_at_zero},
               {"theory_end", f.theory_end},
               {"least_error", f.least_error},
               {"epochs_to_90_percent", number(f.epochs_to(0.9))},
               {"draws", f.draws},
               {"modes", std::move(modes)},
               {"epochs", list(f.epochs)},
               {"error", list(f.error)},
               {"strengths", by_mode(f.strengths)}};
  if (!f.held_out_error.empty()) json["held_out_error"] = list(f.held_out_error);
  if (f.low.size() > 0) {
    json["strengths_low"] = by_mode(f.low);
    json["strengths_high"] = by_mode(f.high);
  }
  json["assumptions"] = assumptions_json(depth.assumptions);
  if (f.whole)
    json["matrix_solution"] = {{"leads_to_least_error", f.whole->least_error},
                               {"excess", number(f.whole->excess)},
                               {"error", list(f.whole->error)},
                               {"strengths", by_mode(f.whole->strengths)}};
  if (depth.run) json["run"] = run_json(*depth.run);
  if (depth.sharpness_course) json["sharpness"] = sharpness_json(*depth.sharpness_course);
  if (depth.budget) json["budget"] = budget_json(*depth.budget);
  return json;
}

}  // namespace

std::string analysis_json(const Analysis& analysis) {
  const auto& problem = analysis.analysed.problem;
  Json json = {{"data", analysis.data_name},
               {"inputs", name_of(analysis.treatment)},
               {"examples", problem.correlations.examples},
               {"held_out", analysis.examples_held_out},
               {"input_dimensions", problem.correlations.sigma11.rows()},
               {"outputs", problem.correlations.sigma31.rows()},
               {"targets", analysis.targets},
               {"seed", analysis.seed},
               {"findings", findings(analysis)},
               {"modes", modes_json(analysis)},
               {"depths", Json::array()}};
  if (analysis.noise)
    json["noise"] = {{"sigma", analysis.noise->noise},
                     {"edge", analysis.noise->edge},
                     {"teacher", analysis.noise->teacher}};
  for (const auto& depth : analysis.depths) json["depths"].push_back(depth_json(depth));
  return json.dump(1) + "\n";
}

}  // namespace dln::tools
