#include "dln/experiments/run_store.hpp"

namespace dln::experiments {

std::optional<std::vector<double>> MemoryRunStore::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(key);
  if (found == runs_.end()) return std::nullopt;
  return found->second;
}

void MemoryRunStore::keep(const std::string& key, const std::vector<double>& values) {
  const std::lock_guard lock(mutex_);
  runs_.insert_or_assign(key, values);
}

}  // namespace dln::experiments
