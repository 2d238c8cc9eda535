// ByteReader: a plain or gzipped file read front to back; every shortfall is a DataError with the file's
// name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

struct gzFile_s;

namespace dln::data {

class ByteReader {
 public:
  // Throws DataError unless it is a regular file that can be read.
  explicit ByteReader(const std::filesystem::path& path);

  // Fills `bytes`, which hold the file's `what`.
  void read(std::span<unsigned char> bytes, const char* what);
  // As many as there are, up to bytes.size(); 0 at the end, where gzip's checksum has been seen.
  std::size_t read_some(std::span<unsigned char> bytes);
  // Reads on to the end, where gzip keeps its checksum.
  void require_end();
  std::uint32_t big_endian();
  // Refuses sizes that this file cannot possibly hold, before anyone allocates for them.
  void require_plausible(std::uintmax_t promised);

  const std::filesystem::path& path() const { return path_; }
  [[noreturn]] void fail(std::string_view what) const;

 private:
  [[noreturn]] void fail_damaged() const;

  struct Close {
    void operator()(gzFile_s* file) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::uintmax_t file_bytes_ = 0;
};

}  // namespace dln::data
