#include "tools/network_results.hpp"

#include <fmt/format.h>

#include <iterator>

#include "dln/data/npz.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/gradient_flow.hpp"

namespace dln::tools {
namespace {

using data::NamedArrays;

std::string_view name_of_moments(const NetworkFile& file) {
  return std::holds_alternative<FlowTask>(file.task) ? "times" : "steps";
}

}  // namespace

void write_weights_json(const experiments::FlowRun& result, const NetworkFile& file, const TextSink& sink) {
  const auto& run = result.run;
  sink(fmt::format("{{\"{}\": [{:.17g}],\n \"W\": [", name_of_moments(file), fmt::join(run.moments, ", ")));
  for (std::size_t i = 0; i < run.weights.size(); ++i) {
    const auto network = network::network_at(file.start, run.weights[i]);
    std::string text = i > 0 ? ",\n  [" : "\n  [";
    for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
      const auto w = network.weight(l);
      text += l > 1 ? ",\n   [" : "[";
      for (Eigen::Index r = 0; r < w.rows(); ++r) {
        text += r > 0 ? ", [" : "[";
        for (Eigen::Index c = 0; c < w.cols(); ++c)
          fmt::format_to(std::back_inserter(text), "{}{:.17g}", c > 0 ? ", " : "", w(r, c));
        text += ']';
      }
      text += ']';
    }
    sink(text + "]");
  }
  sink("]");
  if (result.accuracy)
    sink(fmt::format(",\n \"accuracy\": {{\"amplification\": {:.3g}, \"agreement\": {:.3g}}}",
                     result.accuracy->amplification, result.accuracy->agreement));
  sink("}\n");
}

std::string weights_npz(const experiments::FlowRun& result, const NetworkFile& file) {
  const auto& run = result.run;
  NamedArrays arrays;
  arrays[std::string(name_of_moments(file))] = {{run.moments.size()}, run.moments};
  for (const auto& state : run.weights) {
    const auto network = network::network_at(file.start, state);
    for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
      const auto w = network.weight(l);
      auto& array = arrays[fmt::format("W{}", l)];
      array.shape = {run.moments.size(), static_cast<std::size_t>(w.rows()),
                     static_cast<std::size_t>(w.cols())};
      for (Eigen::Index r = 0; r < w.rows(); ++r)
        for (Eigen::Index c = 0; c < w.cols(); ++c) array.values.push_back(w(r, c));
    }
  }
  if (result.accuracy) {
    arrays["amplification"] = {{}, {result.accuracy->amplification}};
    arrays["agreement"] = {{}, {result.accuracy->agreement}};
  }
  return data::npz_bytes(arrays);
}

std::string strengths_csv(const experiments::NetworkRun& run, const NetworkFile& file) {
  const auto modes = data::singular_modes(file.correlations.sigma31);
  const auto table = experiments::strengths_along(run, file.start, modes);
  std::string csv = std::holds_alternative<FlowTask>(file.task) ? "t" : "step";
  for (Eigen::Index k = 0; k < modes.size(); ++k) csv += fmt::format(",mode_{}", k + 1);
  csv += ",leak\n";
  for (Eigen::Index i = 0; i < table.rows(); ++i) {
    csv += fmt::format("{:.17g}", run.moments[static_cast<std::size_t>(i)]);
    for (double value : table.row(i)) csv += fmt::format(",{:.17g}", value);
    csv += '\n';
  }
  return csv;
}

std::string strengths_npz(const experiments::NetworkRun& run, const NetworkFile& file) {
  const auto modes = data::singular_modes(file.correlations.sigma31);
  const auto table = experiments::strengths_along(run, file.start, modes);
  const auto moments = run.moments.size(), r = static_cast<std::size_t>(modes.size());
  NamedArrays arrays;
  arrays[std::string(name_of_moments(file))] = {{moments}, run.moments};
  arrays["s"] = {{r}, {modes.singular_values.begin(), modes.singular_values.end()}};
  auto& strengths = arrays["strengths"] = {{moments, r}, {}};
  auto& leak = arrays["leak"] = {{moments}, {}};
  for (Eigen::Index i = 0; i < table.rows(); ++i) {
    for (Eigen::Index k = 0; k < modes.size(); ++k) strengths.values.push_back(table(i, k));
    leak.values.push_back(table(i, modes.size()));
  }
  return data::npz_bytes(arrays);
}

}  // namespace dln::tools
