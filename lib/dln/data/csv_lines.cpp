#include "dln/data/csv_lines.hpp"

#include <fmt/format.h>

#include <cstring>

namespace dln::data {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;

}  // namespace

bool Lines::next(std::string_view& line) {
  line_.clear();
  ++number_;
  for (;;) {
    if (at_ == end_ && !refill()) return finish(line);
    const unsigned char* from = buffer_.data() + at_;
    const auto* stop = static_cast<const unsigned char*>(std::memchr(from, '\n', end_ - at_));
    const std::size_t length = stop ? static_cast<std::size_t>(stop - from) : end_ - at_;
    if (line_.size() + length > kLongestLine)
      fail(fmt::format("is longer than {} bytes; expected rows of numbers", kLongestLine));
    line_.append(reinterpret_cast<const char*>(from), length);
    at_ += length + (stop ? 1 : 0);
    if (stop) return finish(line);
  }
}

void Lines::fail(std::string_view what) const {
  file_.fail(fmt::format("line {} {}", number_, what));
}

void Lines::fail(std::size_t column, std::string_view what) const {
  file_.fail(fmt::format("line {}, column {}: {}", number_, column, what));
}

bool Lines::refill() {
  at_ = 0;
  end_ = file_.read_some(buffer_);
  ended_ = end_ == 0;
  return !ended_;
}

bool Lines::finish(std::string_view& line) {
  line = line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (number_ == 1) {
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"))
      fail("starts with the mark of UTF-16; save the file as UTF-8");
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  }
  return !(ended_ && line_.empty());
}

}  // namespace dln::data
