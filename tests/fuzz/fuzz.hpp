// What every fuzz target uses. A target is a file that defines LLVMFuzzerTestOneInput: linked with libFuzzer
// it looks for inputs (tools/fuzz.sh), linked with replay.cpp it takes the seeds and fixed changes to them
// (CTest).
//
// A reader may refuse an input with a base::Error and nothing else. Whatever else leaves the target is a
// find.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "dln/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dln::fuzz {

constexpr std::uint64_t kMemory = 64u << 20;  // what readers that ask are told they may use, bytes

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Ends the process: something that should hold does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

// Runs what may refuse its input.
template <class Read>
void refusing(const Read& read) {
  try {
    read();
  } catch (const base::Error&) {
  }
}

// A file that lives in memory only, for readers that take a path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) { require(descriptor_ >= 0); }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::filesystem::path& holding(std::string_view bytes) {
    require(::ftruncate(descriptor_, 0) == 0);
    require(::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    return path_;
  }

 private:
  int descriptor_;
  std::filesystem::path path_ = "/proc/self/fd/" + std::to_string(descriptor_);
};

}  // namespace dln::fuzz
