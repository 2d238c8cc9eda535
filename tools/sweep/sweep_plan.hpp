// clang-format off
// SweepPlan: which runs a sweep consists of, from its TOML file:
//
//   experiment = "time-course"
//
//   [parameters]                  # one value for all runs; what is not named has its standard value
//   hidden_units = 32
//
//   [grid]                        # every combination, the last parameter changing fastest
//   rate = { from = 1e-4, to = 1e-2, count = 9, spacing = "log" }
//   activation = ["linear", "tanh"]
//   run = { from = 0, to = 99 }
//
//   [[list]]                      # and in place of a grid, or each with the whole grid:
//   levels = 4                    # values that go together
//   features = 300
//
// Run number i of 0, 1, ... is the same in every process that reads the same text.
// clang-format on
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {

// Values of one parameter, or of several that change together.
struct SweepAxis {
  struct Range {
    SweepValue from, to;
    std::int64_t count = 0, step = 1;  // of reals and of whole numbers
    bool logarithmic = false;
  };
  std::vector<std::size_t> parameters;           // positions among the experiment's
  std::vector<std::vector<SweepValue>> entries;  // each a value for each of them
  std::optional<Range> range = {};               // instead of entries; of one parameter

  std::uint64_t size() const;
  // Of parameter number `which` of them.
  SweepValue value(std::uint64_t entry, std::size_t which) const;
};

class SweepPlan {
 public:
  // `name` is what messages call the text. Throws DataError that names the line, with what was wanted: for
  // unknown words, values out of their domain, nothing to sweep.
  static SweepPlan parse(const std::string& text, const std::string& name);

  const SweepExperiment& experiment() const { return *experiment_; }
  // More than there are numbers count as 2^64 - 1.
  std::uint64_t runs() const;
  Coordinates at(std::uint64_t run) const;

  // Positions of the parameters that vary, and their values in one run.
  std::vector<std::size_t> varied() const;
  std::vector<SweepValue> varied_at(std::uint64_t run) const;
  // The files that runs read, as far as they are there. Throws DataError for one that is not.
  std::vector<std::filesystem::path> files() const;
  // The plan with every value in it, and what its files hold, as TOML that reads back as the same plan.
  std::string resolved() const;

 private:
  friend class SweepReader;
  const SweepExperiment* experiment_ = nullptr;
  std::vector<SweepValue> fixed_;  // of all parameters
  std::vector<SweepAxis> axes_;    // the last changes fastest
  bool listed_ = false;            // the first is a list
};

}  // namespace dln::tools
