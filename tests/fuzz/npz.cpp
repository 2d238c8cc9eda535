// NPZ. What is read is written and read again: the same arrays.
#include "dln/data/npz.hpp"

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  fuzz::refusing([&] {
    const auto arrays = data::read_npz(file.holding(fuzz::text_of(data, size)), fuzz::kMemory);
    const auto again = data::read_npz(file.holding(data::npz_bytes(arrays)), fuzz::kMemory);
    fuzz::require(arrays.size() == again.size());
    for (const auto& [name, array] : arrays) {
      const auto found = again.find(name);
      fuzz::require(found != again.end() && found->second.shape == array.shape &&
                    found->second.values == array.values);
    }
  });
  return 0;
}
