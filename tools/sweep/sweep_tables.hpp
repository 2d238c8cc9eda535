// SweepTables: the results of a sweep as CSV, JSON Lines and NPZ, in the order of the runs.
//
// A row a run: its index, the parameters that vary, how it ended, its columns, and those of each mode with
// the mode's number after an underscore. What is
// no number is nan in CSV, null in JSON; what a run does not have is empty, left out, and NaN in NPZ.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sweep/sweep_results.hpp"

namespace dln::tools {

class SweepTables {
 public:
  // Both outlive this.
  SweepTables(const SweepPlan& plan, const std::vector<SweepRecord>& records);

  using Sink = std::function<void(std::string_view)>;
  void write_csv(const Sink& sink) const;
  void write_jsonl(const Sink& sink) const;
  std::string npz() const;

 private:
  class Block;
  void add_values(Block& block, const std::vector<double>& values) const;
  std::vector<std::string> parameter_names() const;
  std::vector<std::string> column_names() const;

  const SweepPlan& plan_;
  const std::vector<SweepRecord>& records_;
  std::vector<std::size_t> varied_;
  std::size_t modes_ = 0;  // the most that any run has
};

}  // namespace dln::tools
