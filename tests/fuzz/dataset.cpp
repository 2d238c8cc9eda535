// A data set of any format, told by its content.
#include "dln/data/dataset.hpp"

#include "tests/fuzz/examples.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  fuzz::refusing([&] {
    fuzz::drain(data::open_dataset(file.holding(fuzz::text_of(data, size)), fuzz::small_batches()));
  });
  return 0;
}
