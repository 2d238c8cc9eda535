// How cost grows: with depth, width, modes, examples and runs, and where the machine's own limits lie.
#pragma once

#include <string>
#include <vector>

#include "validation/benchmarks/compare/bench.hpp"

namespace dln::compare {

enum class Look { first, second, third, limit, second_limit, peer };

struct GrowthCurve {
  std::string name;
  Look look;
  std::vector<std::pair<double, double>> points;  // x, seconds
};

struct GrowthPanel {
  std::string name, title, horizontal;
  std::vector<GrowthCurve> curves;
  std::string tics = "1,10";  // gnuplot's, of the horizontal axis
};

struct Growth {
  std::string name, about;
  GrowthPanel (*measure)(Bench&);
};
// growth-depth, growth-width, growth-modes, growth-examples, growth-runs.
std::vector<Growth> growths();

}  // namespace dln::compare
