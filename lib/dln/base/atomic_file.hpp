// Files that are either wholly there or not there at all: written under a temporary name beside their
// target, flushed, checked and renamed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dln::base {

// A file in the making. Unless commit() succeeds, nothing is left behind.
class AtomicFile {
 public:
  // Throws WriteError when the temporary file cannot be created beside `target`.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view text);
  // Where to write, for a program that fills the file itself.
  const std::filesystem::path& temporary_path() const { return temporary_; }
  // Flushes to disk and renames onto the target. Throws WriteError.
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what) const;

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  int slot_ = -1;
};

// Writes `text` to `target`, whole or not at all. Throws WriteError.
void write_file(const std::filesystem::path& target, std::string_view text);

// The same for several files that belong together: all are written before the first takes its place. Throws
// WriteError.
void write_files(const std::vector<std::pair<std::filesystem::path, std::string>>& files);

// Makes `directory` (and its parents) and proves that a file can be created in it. Throws WriteError.
void require_writable_directory(const std::filesystem::path& directory);

// Whether two paths name one file, which need not exist yet.
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

// Removes the temporary files of every AtomicFile alive. Async-signal-safe: for handlers of signals.
void remove_unfinished_files() noexcept;

}  // namespace dln::base
