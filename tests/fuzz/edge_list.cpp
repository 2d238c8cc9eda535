// Edge lists.
#include "dln/data/edge_list.hpp"

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  fuzz::refusing([&] {
    const auto graph = data::parse_edge_list(fuzz::text_of(data, size), "edges").graph;
    fuzz::require(!graph.edges.empty() && graph.items.size() >= 2);
  });
  return 0;
}
