// What the reader of sweeps asks of the rest of the program, in place of it: an experiment with parameters of
// every kind. Only for the build with libFuzzer, which is spared all experiments and figures.
#include <filesystem>
#include <limits>

#include "tools/build_info.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {

const std::vector<SweepExperiment>& sweep_experiments() {
  static const std::vector<SweepExperiment> all{
      {"mode",
       "an experiment",
       {real("s", 3, 0, 1e300, "singular value"), non_negative("u0", 1e-3, 1e300, "start"),
        whole("layers", 3, 2, 1000, "N_l"), word("law", "deep", {"deep", "shallow"}, "which"),
        text("file", "", "data"),
        whole("seed", 1, 0, std::numeric_limits<std::int64_t>::max(), "of every random stream")},
       {{"half", "half-learning time"}},
       {},
       {}}};
  return all;
}

const std::vector<std::string>& file_parameters() {
  static const std::vector<std::string> names{"file", "labels"};
  return names;
}

std::vector<std::filesystem::path> files_of_data(const std::string&, const std::string& file,
                                                 const std::string&) {
  return {file};
}

std::string version() {
  return "0";
}

}  // namespace dln::tools
