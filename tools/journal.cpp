#include "tools/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "dln/base/error.hpp"
#include "tools/console.hpp"

namespace dln::tools {
namespace {

constexpr std::string_view kName = "dln journal ", kHeader = "dln journal 1\n";

std::string checksum(std::string_view text) {
  return fmt::format(
      "{:08x}", ::crc32_z(::crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::string line_of(const std::string& key, const std::vector<double>& values) {
  std::string line = key + '\t';
  for (std::size_t i = 0; i < values.size(); ++i) line += fmt::format("{}{:a}", i == 0 ? "" : ",", values[i]);
  return line + '\t' + checksum(line) + '\n';
}

// One number after the other; false where there is anything else.
bool read_numbers(const std::string& text, std::vector<double>& values) {
  const char* at = text.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    values.push_back(std::strtod(at, &end));
    if (end == at || (*end != ',' && *end != '\0') || (*end == ',' && end[1] == '\0')) return false;
    at = *end == ',' ? end + 1 : end;
  }
  return true;
}

std::string contents(int descriptor, const std::filesystem::path& file) {
  std::string text;
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got == 0) return text;
    if (got < 0 && errno != EINTR)
      throw base::DataError(
          fmt::format("cannot read the journal {}: {}", file.string(), std::strerror(errno)));
    if (got > 0) text.append(block.data(), static_cast<std::size_t>(got));
    // No need to read a film to its end to see that it is none of ours.
    if (text.size() >= kHeader.size() && !text.starts_with(kName)) return text;
  }
}

}  // namespace

Journal::Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

Journal::Journal(std::filesystem::path file) : file_(std::move(file)) {
  open();
  read(contents(descriptor_.number, file_));
}

Journal::~Journal() {
  if (created_ && size_ == 0) ::unlink(file_.c_str());
}

void Journal::open() {
  std::error_code ignored;
  const auto kind = std::filesystem::status(file_, ignored).type();
  created_ = kind == std::filesystem::file_type::not_found;
  if (!created_ && kind != std::filesystem::file_type::regular)
    refuse_writing("it is not a regular file; name one that can be created or added to");
  descriptor_.number = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_.number < 0)
    refuse_writing(fmt::format("{}; name a file that can be created or added to", std::strerror(errno)));
  if (::flock(descriptor_.number, LOCK_EX | LOCK_NB) == 0) return;
  created_ = false;  // whoever holds it may need it
  refuse_writing(errno == EWOULDBLOCK ? "another dln is adding to it; wait for its end, or name another file"
                                      : std::strerror(errno));
}

void Journal::read(const std::string& text) {
  if (kHeader.starts_with(text) && text.size() < kHeader.size()) {  // nothing, or no more than a beginning
    if (::ftruncate(descriptor_.number, 0) != 0) refuse_writing(std::strerror(errno));
    return;
  }
  if (!text.starts_with(kName)) refuse_line(1, "it is not the first line of a journal");
  if (!text.starts_with(kHeader))
    refuse_line(1, fmt::format("it was written in another format than this program's, '{}'",
                               kHeader.substr(0, kHeader.size() - 1)));
  long line = 2;
  std::size_t begin = kHeader.size();
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1, ++line) {
    const std::string_view whole = std::string_view(text).substr(begin, end - begin);
    const auto last = whole.rfind('\t'), first = whole.find('\t');
    std::vector<double> values;
    if (last == first || whole.substr(last + 1) != checksum(whole.substr(0, last)) ||
        !read_numbers(std::string(whole.substr(first + 1, last - first - 1)), values))
      refuse_line(line, "it is damaged");
    known_.keep(std::string(whole.substr(0, first)), values);
  }
  size_ = static_cast<long>(begin);
  if (begin == text.size()) return;
  if (::ftruncate(descriptor_.number, size_) != 0) refuse_writing(std::strerror(errno));
  message(
      fmt::format("{}, line {}: cut short, so it is dropped and its run done again", file_.string(), line));
}

void Journal::keep(const std::string& key, const std::vector<double>& values) {
  if (std::ranges::any_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    throw base::DomainError(fmt::format("key '{}': expected no control characters", key));
  known_.keep(key, values);
  const std::lock_guard lock(writing_);
  append(size_ == 0 ? std::string(kHeader) + line_of(key, values) : line_of(key, values));
}

void Journal::append(std::string_view line) {
  for (std::string_view left = line; !left.empty();) {
    const ssize_t written = ::write(descriptor_.number, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int why = errno;
      (void)!::ftruncate(descriptor_.number, size_);
      refuse_writing(std::strerror(why));
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(descriptor_.number) != 0 && errno != EINVAL) refuse_writing(std::strerror(errno));
  size_ += static_cast<long>(line.size());
}

void Journal::refuse_writing(std::string_view why) const {
  throw base::WriteError(fmt::format("cannot write the journal {}: {}", file_.string(), why));
}

void Journal::refuse_line(long line, std::string_view why) const {
  throw base::DataError(
      fmt::format("cannot go on from {}, line {}: {}; {}", file_.string(), line, why,
                  line == 1 ? "name a new file, or one that --journal has written"
                            : "take the line out and its run is done again, or name another file"));
}

}  // namespace dln::tools
