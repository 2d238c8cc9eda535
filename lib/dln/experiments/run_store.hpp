// RunStore: has this run been done? Keep its result. Long experiments ask before they compute.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace dln::experiments {

// `key` names a run by all its coordinates. Implementations must be callable from several threads at once.
class RunStore {
 public:
  virtual ~RunStore() = default;
  virtual std::optional<std::vector<double>> find(const std::string& key) = 0;
  virtual void keep(const std::string& key, const std::vector<double>& values) = 0;
};

// Remembers for as long as it lives, so that claims and figures share their runs.
class MemoryRunStore final : public RunStore {
 public:
  std::optional<std::vector<double>> find(const std::string& key) override;
  void keep(const std::string& key, const std::vector<double>& values) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<double>> runs_;
};

}  // namespace dln::experiments
