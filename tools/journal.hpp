// The journal of long experiments: a RunStore on disk, so that what was interrupted goes on where it stopped.
//
// A JournalFile whose lines are key, tab, values as exact numbers; each is on the disk before the next run
// begins.
#pragma once

#include <filesystem>

#include "dln/experiments/run_store.hpp"
#include "tools/journal_file.hpp"

namespace dln::tools {

class Journal final : public experiments::RunStore {
 public:
  // Throws as JournalFile does.
  explicit Journal(std::filesystem::path file);

  std::optional<std::vector<double>> find(const std::string& key) override { return known_.find(key); }
  // `key` has no control characters. Throws base::WriteError when the line cannot be written.
  void keep(const std::string& key, const std::vector<double>& values) override;

 private:
  experiments::MemoryRunStore known_;
  JournalFile file_;
};

}  // namespace dln::tools
