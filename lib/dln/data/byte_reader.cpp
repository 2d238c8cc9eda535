#include "dln/data/byte_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "dln/base/error.hpp"

namespace dln::data {

namespace fs = std::filesystem;

namespace {
// deflate cannot expand by more than about 1032 : 1, so no file holds more than this many times its size.
constexpr std::uintmax_t kLargestExpansion = 1040;
}  // namespace

ByteReader::ByteReader(const fs::path& path) : path_(path) {
  std::error_code trouble;
  const auto kind = fs::status(path, trouble).type();
  if (kind == fs::file_type::not_found) fail("no such file");
  if (trouble) fail(trouble.message());
  if (kind == fs::file_type::directory) fail("it is a folder; name a file");
  if (kind != fs::file_type::regular) fail("it is not a regular file");
  file_bytes_ = fs::file_size(path, trouble);
  if (trouble) fail(trouble.message());
  file_.reset(::gzopen(path.c_str(), "rb"));
  if (!file_) fail(std::strerror(errno));
  // zlib takes three times this, however small the file.
  ::gzbuffer(file_.get(), static_cast<unsigned>(std::clamp<std::uintmax_t>(file_bytes_, 1 << 12, 1 << 18)));
}

void ByteReader::read(std::span<unsigned char> bytes, const char* what) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::size_t got = read_some(bytes.subspan(done));
    if (got == 0) fail(fmt::format("it ends inside its {}; the file is truncated", what));
    done += got;
  }
}

std::size_t ByteReader::read_some(std::span<unsigned char> bytes) {
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(bytes.size(), 1u << 30));
  const int got = ::gzread(file_.get(), bytes.data(), wanted);
  if (got < 0) fail_damaged();
  if (got == 0 && wanted > 0) {
    int code = Z_OK;
    ::gzerror(file_.get(), &code);
    if (code != Z_OK) fail_damaged();
  }
  return static_cast<std::size_t>(got);
}

void ByteReader::require_end() {
  unsigned char extra;
  if (read_some({&extra, 1}) > 0) fail("bytes follow after the last example; expected the end of the file");
}

std::uint32_t ByteReader::big_endian() {
  std::array<unsigned char, 4> b;
  read(b, "header");
  return (std::uint32_t{b[0]} << 24) | (std::uint32_t{b[1]} << 16) | (std::uint32_t{b[2]} << 8) | b[3];
}

void ByteReader::require_plausible(std::uintmax_t promised) {
  if (::gzdirect(file_.get()) == 0) {
    if (promised / kLargestExpansion > file_bytes_)
      fail(fmt::format("its header promises {} bytes, more than a file of {} bytes can hold", promised,
                       file_bytes_));
    return;
  }
  const std::uintmax_t header = static_cast<std::uintmax_t>(::gztell(file_.get()));
  const std::uintmax_t held = file_bytes_ - header;
  if (promised > held)
    fail(fmt::format("its header promises {} bytes of values, the file holds {}; it is truncated", promised,
                     held));
  if (promised < held)
    fail(
        fmt::format("{} bytes follow after the last example; expected the end of the file", held - promised));
}

void ByteReader::fail(std::string_view what) const {
  throw base::DataError(fmt::format("cannot read {}: {}", path_.string(), what));
}

void ByteReader::fail_damaged() const {
  int code = Z_OK;
  const char* message = ::gzerror(file_.get(), &code);
  if (code == Z_BUF_ERROR) fail("the compressed data end early; the file is truncated");
  fail(code == Z_ERRNO ? std::strerror(errno) : fmt::format("damaged compressed data ({})", message));
}

void ByteReader::Close::operator()(gzFile_s* file) const {
  ::gzclose(file);
}

}  // namespace dln::data
