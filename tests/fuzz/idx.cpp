// IDX images and labels. The first byte says how many of the bytes at the end are the labels.
#include "dln/data/idx.hpp"

#include <algorithm>

#include "tests/fuzz/examples.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile images, labels;
  if (size == 0) return 0;
  const auto bytes = fuzz::text_of(data + 1, size - 1);
  const std::size_t last = std::min<std::size_t>(data[0], bytes.size());
  const auto first = bytes.size() - last;
  fuzz::refusing([&] {
    fuzz::drain(data::open_idx(images.holding(bytes.substr(0, first)), labels.holding(bytes.substr(first)),
                               fuzz::small_batches()));
  });
  return 0;
}
