// The lines of a table in text: private to csv.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dln/data/byte_reader.hpp"

namespace dln::data {

// Lines of a file without their ends, numbered from 1.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : file_(path), buffer_(1 << 16) {}

  // False at the end. The view lives until the next call.
  bool next(std::string_view& line);

  std::uint64_t number() const { return number_; }
  [[noreturn]] void fail(std::string_view what) const;
  [[noreturn]] void fail(std::size_t column, std::string_view what) const;

 private:
  bool refill();
  bool finish(std::string_view& line);

  ByteReader file_;
  std::vector<unsigned char> buffer_;
  std::size_t at_ = 0, end_ = 0;
  bool ended_ = false;
  std::string line_;
  std::uint64_t number_ = 0;
};

}  // namespace dln::data
