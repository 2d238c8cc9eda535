// CSV, gzipped or not.
#include "dln/data/csv.hpp"

#include "tests/fuzz/examples.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  fuzz::refusing([&] {
    fuzz::drain(
        data::examples_of(data::csv_table(file.holding(fuzz::text_of(data, size))), fuzz::small_batches()));
  });
  return 0;
}
