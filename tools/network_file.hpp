// What `dln simulate` is asked: a network with its correlations and what is wanted of it, as JSON or NPZ.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "dln/data/correlations.hpp"
#include "dln/experiments/network_run.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::tools {

struct FlowTask {
  double time_constant;
  std::vector<double> times;
};
struct DescentTask {
  double learning_rate;
  std::vector<long> steps;
};

struct NetworkFile {
  network::LinearNetwork<double> start;
  data::Correlations correlations;  // sums over the examples
  std::variant<FlowTask, DescentTask> task;
  std::vector<std::string> remarks;  // what its owner should know, a sentence each
};

// JSON: {"dims": [N_1, ..., N_{L+1}] (optional), "Sigma11": N_1 x N_1, "Sigma31": N_{L+1} x N_1, "W0": [W^1,
// ..., W^L]} with "tau" and "times" (gradient flow) or "lambda" and "steps" (Eq 1); matrices as arrays of
// rows. NPZ, told by its first bytes: the same names, but W1, W2, ... for the matrices of W0. Throws
// DataError that names file, array and row for anything that does not fit, Sigma11 that is not symmetric or
// is indefinite, and a task whose result would not fit into `memory` bytes.
NetworkFile read_network_file(const std::filesystem::path& path, std::uint64_t memory);

// The weights alone of such a file, W0 or W1, W2, ...; what else it holds is not looked at. Throws likewise.
network::LinearNetwork<double> read_weights_file(const std::filesystem::path& path, std::uint64_t memory);

}  // namespace dln::tools
