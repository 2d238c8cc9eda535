#include "tools/sweep/sweep_experiment.hpp"

#include <algorithm>
#include <iterator>

namespace dln::tools {

SweepDataCache::Data SweepDataCache::get(const std::string& key,
                                         const std::function<experiments::AnalysisProblem()>& build) {
  constexpr std::size_t kKept = 16;  // runs near each other in a grid share them
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(entries_, key, &Named::first);
    if (found != entries_.end()) {
      entry = found->second;
    } else {
      entry = std::make_shared<Entry>();
      entries_.emplace_back(key, entry);
      if (entries_.size() > kKept) entries_.pop_front();
    }
  }
  std::call_once(entry->once,
                 [&] { entry->data = std::make_shared<const experiments::AnalysisProblem>(build()); });
  return entry->data;
}

std::vector<SweepParameter> joined(std::vector<SweepParameter> some, std::vector<SweepParameter> more) {
  some.insert(some.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return some;
}

const std::vector<SweepExperiment>& sweep_experiments() {
  static const std::vector<SweepExperiment> all = [] {
    std::vector<SweepExperiment> list{
        mode_experiment(),           mode_rates_experiment(), time_course_experiment(),
        depth_experiment(),          training_experiment(),   sharpness_experiment(),
        pretraining_experiment(),    starts_experiment(),     transitions_experiment(),
        generalisation_experiment(), perceptual_experiment(), critical_period_experiment()};
    // One name for what all runs have.
    for (auto& experiment : list)
      experiment.parameters.push_back(whole("seed", 1, 0, kLargestSeed, "of every random stream"));
    return list;
  }();
  return all;
}

}  // namespace dln::tools
