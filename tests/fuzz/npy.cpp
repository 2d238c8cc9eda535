// NPY: as a stream, gzipped or not, and from memory.
#include "dln/data/npy.hpp"

#include "tests/fuzz/examples.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  const auto bytes = fuzz::text_of(data, size);
  fuzz::refusing(
      [&] { fuzz::drain(data::examples_of(data::npy_table(file.holding(bytes)), fuzz::small_batches())); });
  fuzz::refusing([&] {
    std::vector<std::size_t> shape;
    const auto values = data::parse_npy(bytes, shape);
    std::size_t count = 1;
    for (std::size_t each : shape) count *= each;
    fuzz::require(count == values.size());
  });
  return 0;
}
