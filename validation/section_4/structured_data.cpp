#include "validation/section_4/structured_data.hpp"

namespace dln::validation::section_4 {

StructuredData structured_data(const Context& context) {
  const bool quick = context.effort() == Effort::quick;
  const int items = quick ? 16 : 32;
  const data::GraphFeatures features{.features = quick ? 200 : 1000, .seed = context.seed()};
  StructuredData data;
  for (const auto& graph : experiments::structured_graphs(items)) {
    data.sampled.push_back(experiments::graph_problem(graph, features));
    data.expected.push_back(experiments::expected_graph_problem(graph, features));
  }
  data.flat = experiments::expected_graph_problem(data::edgeless_graph(items), features);
  return data;
}

std::vector<int> deep_layers(const Context& context) {
  if (context.effort() == Effort::quick) return {3, 4, 5};
  return {3, 4, 5, 10};
}

experiments::TransitionOptions transition_options(const Context& context, int layers) {
  return {.depth = base::Depth::from_layers(layers),
          .share = context.effort() == Effort::full ? 2e-3 : 5e-3,
          .seed = context.seed()};
}

}  // namespace dln::validation::section_4
