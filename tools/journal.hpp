// The journal of long experiments: a RunStore on disk, so that what was interrupted goes on where it stopped.
//
// A text file. Its first line names the format; every other is one result: key, tab, its values as
// hexadecimal floats (every bit of them) with commas between, tab, CRC-32 of what stands before this tab.
// Lines are only ever appended, each written through to the disk before the next run begins, so that a
// process killed at any byte leaves whole lines and at most one that is cut short.
#pragma once

#include <filesystem>

#include "dln/experiments/run_store.hpp"

namespace dln::tools {

class Journal final : public experiments::RunStore {
 public:
  // Opens or creates the file, locks it against other processes and reads it. A last line cut short is
  // dropped, with a message. Throws base::WriteError when the file cannot be opened, written or locked;
  // base::DataError, naming the line, when it is no journal, one of another format, or damaged.
  explicit Journal(std::filesystem::path file);
  // A file that was created here and stayed empty is removed.
  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  std::optional<std::vector<double>> find(const std::string& key) override { return known_.find(key); }
  // `key` has no control characters. Throws base::WriteError when the line cannot be written; nothing of it
  // is left then.
  void keep(const std::string& key, const std::vector<double>& values) override;

 private:
  // Closes what it holds.
  struct Descriptor {
    int number = -1;
    ~Descriptor();
  };
  void open();
  void read(const std::string& text);
  void append(std::string_view line);
  [[noreturn]] void refuse_writing(std::string_view why) const;
  [[noreturn]] void refuse_line(long line, std::string_view why) const;

  std::filesystem::path file_;
  Descriptor descriptor_;
  bool created_ = false;
  long size_ = 0;  // bytes of whole lines
  std::mutex writing_;
  experiments::MemoryRunStore known_;
};

}  // namespace dln::tools
