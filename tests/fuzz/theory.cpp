// The theories of dln check, TOML.
#include "tools/theory_file.hpp"

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  fuzz::refusing([&] {
    for (const auto& problem : tools::read_theory(file.holding(fuzz::text_of(data, size))).problems)
      fuzz::require(!problem.sentence.empty());
  });
  return 0;
}
