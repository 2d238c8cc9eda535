#include "tools/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "dln/base/error.hpp"
#include "tools/console.hpp"

namespace dln::tools {
namespace {

std::string contents(int descriptor, const std::filesystem::path& file, const std::string& kind) {
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
    if (text.size() >= kind.size() && !text.starts_with(kind)) return text;
  }
}

// As printf's %a, which takes a microsecond.
void append_exact(std::string& text, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<int>(bits >> 52 & 0x7FF);
  std::uint64_t fraction = bits << 12;
  if (exponent == 0 || exponent == 0x7FF) {  // zeros, subnormal numbers, what is not finite
    text += fmt::format("{:a}", value);
    return;
  }
  text += value < 0 ? "-0x1" : "0x1";
  if (fraction != 0) text += '.';
  for (; fraction != 0; fraction <<= 4) text += "0123456789abcdef"[fraction >> 60];
  text += exponent < 1023 ? "p" : "p+";
  text += fmt::format_int(exponent - 1023).c_str();
}

}  // namespace

std::string checksum(std::string_view text) {
  return fmt::format(
      "{:08x}", ::crc32_z(::crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::string exact_numbers(const std::vector<double>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ',';
    append_exact(text, values[i]);
  }
  return text;
}

bool read_exact_numbers(std::string_view text, std::vector<double>& values) {
  const std::string closed(text);
  const char* at = closed.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    values.push_back(std::strtod(at, &end));
    if (end == at || (*end != ',' && *end != '\0') || (*end == ',' && end[1] == '\0')) return false;
    at = *end == ',' ? end + 1 : end;
  }
  return true;
}

JournalFile::Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

JournalFile::JournalFile(std::filesystem::path file, JournalFormat format, const Reader& reader)
    : file_(std::move(file)), format_(std::move(format)) {
  open();
  read(contents(descriptor_.number, file_, format_.kind), reader);
}

JournalFile::~JournalFile() {
  if (created_ && size_ == 0) ::unlink(file_.c_str());
}

void JournalFile::open() {
  std::error_code ignored;
  const auto kind = std::filesystem::status(file_, ignored).type();
  created_ = kind == std::filesystem::file_type::not_found;
  if (!created_ && kind != std::filesystem::file_type::regular)
    refuse_writing("it is not a regular file; name one that can be created or added to");
  descriptor_.number = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_.number < 0)
    refuse_writing(fmt::format("{}; name a file that can be created or added to", std::strerror(errno)));
  if (::flock(descriptor_.number, LOCK_EX | LOCK_NB) == 0) return;
  refuse_writing(errno == EWOULDBLOCK ? "another dln is adding to it; wait for its end, or name another file"
                                      : std::strerror(errno));
}

void JournalFile::read(const std::string& text, const Reader& reader) {
  const std::string header = format_.header + '\n';
  if (header.starts_with(text) && text.size() < header.size()) {  // nothing, or no more than a beginning
    if (::ftruncate(descriptor_.number, 0) != 0) refuse_writing(std::strerror(errno));
    return;
  }
  if (!text.starts_with(format_.kind)) refuse_line(1, "it is not the first line of a journal");
  if (!text.starts_with(header)) refuse_line(1, format_.other);
  long line = 2;
  std::size_t begin = header.size();
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1, ++line) {
    const std::string_view whole = std::string_view(text).substr(begin, end - begin);
    const auto last = whole.rfind('\t');
    if (last != std::string_view::npos && whole.substr(last + 1) == checksum(whole.substr(0, last)) &&
        reader(whole.substr(0, last)))
      continue;
    if (!format_.skip_damaged) refuse_line(line, "it is damaged");
    message(fmt::format(
        "{}, line {}: damaged, so it is passed over, and its run done again unless another line has it",
        file_.string(), line));
  }
  size_ = static_cast<long>(begin);
  if (begin == text.size()) return;
  if (::ftruncate(descriptor_.number, size_) != 0) refuse_writing(std::strerror(errno));
  message(
      fmt::format("{}, line {}: cut short, so it is dropped and its run done again", file_.string(), line));
}

void JournalFile::append(std::string_view body) {
  std::string line(body);
  line += '\t' + checksum(body) + '\n';
  const std::lock_guard lock(writing_);
  if (size_ == 0) line.insert(0, format_.header + '\n');
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
  size_ += static_cast<long>(line.size());
}

void JournalFile::sync() {
  if (::fdatasync(descriptor_.number) != 0 && errno != EINVAL) refuse_writing(std::strerror(errno));
  struct stat about {};
  if (::fstat(descriptor_.number, &about) == 0 && about.st_nlink == 0)
    refuse_writing("it was removed meanwhile");
}

void JournalFile::refuse_writing(std::string_view why) const {
  throw base::WriteError(fmt::format("cannot write the journal {}: {}", file_.string(), why));
}

void JournalFile::refuse_line(long line, std::string_view why) const {
  throw base::DataError(fmt::format("cannot go on from {}, line {}: {}; {}", file_.string(), line, why,
                                    line == 1 ? format_.instead_of_line_1 : format_.instead_of_line_n));
}

}  // namespace dln::tools
