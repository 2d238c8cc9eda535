// The mode that the claims on Eqs 14 to 17 look at, and how the witnesses T, F and N follow it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::validation::section_2 {

inline constexpr double kS = 1.7, kTau = 3;

base::DepthExponent layers(int n);

// How a claim obtains the time of Eq 15 from u0 to uf.
using DeepTime = std::function<double(const base::DepthExponent& depth, double u0, double uf)>;
double closed_time(const base::DepthExponent& depth, double u0, double uf);
// Were there one matrix more.
double time_of_one_more(const base::DepthExponent& depth, double u0, double uf);

// Time to uf along a flow of ln u, at a tolerance of 1e-12.
double time_by_ode(const ode::RightHandSide<double>& log_flow, double u0, double uf, double horizon);

// A decoupled chain on Sigma11 = I whose two modes have s and s/2; strengths as given, width 3. Its first
// mode at `times`.
std::vector<double> strengths_of_network(const std::vector<double>& start, const std::vector<double>& times,
                                         std::uint64_t seed);

}  // namespace dln::validation::section_2
