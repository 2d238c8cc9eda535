// The workloads, each with its peers and targets. Every one has a name by which --only asks for it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "validation/benchmarks/compare/bench.hpp"

namespace dln::compare {

struct Workload {
  std::string name, about;
  std::function<void(Bench&)> run;
};

std::vector<Workload> mode_workloads();      // closed forms of 10^4 modes
std::vector<Workload> integral_workloads();  // the same modes integrated
std::vector<Workload> fig3_workloads();
std::vector<Workload> step_workloads();  // one step of a network 1000 wide
std::vector<Workload> hessian_workloads();

}  // namespace dln::compare
