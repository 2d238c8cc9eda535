// The networks of dln simulate, JSON or NPZ.
#include "tools/network_file.hpp"

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  const auto& path = file.holding(fuzz::text_of(data, size));
  fuzz::refusing([&] {
    const auto network = tools::read_network_file(path, fuzz::kMemory);
    fuzz::require(network.correlations.sigma11.rows() == network.start.inputs());
  });
  fuzz::refusing([&] { tools::read_weights_file(path, fuzz::kMemory); });
  return 0;
}
