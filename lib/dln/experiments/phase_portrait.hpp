// The phase portrait of Eq 8 (Fig 2): its vector field, its two special curves and two trajectories.
#pragma once

#include <array>
#include <vector>

namespace dln::experiments {

struct PhasePortraitOptions {
  double singular_value = 1;  // s > 0
  double time_constant = 1;   // tau
  double extent = 2;          // a and b run from -extent to extent
  int arrows = 17;            // along each side
  double duration = 12;       // of each trajectory
  std::vector<std::array<double, 2>> starts{{1.60, -1.55}, {-1.90, 1.20}};  // (a, b)
};

struct PhasePortrait {
  struct Arrow {
    double a, b, da, db;  // (da, db) = the field of Eq 8 at (a, b)
  };
  using Curve = std::vector<std::array<double, 2>>;

  std::vector<Arrow> field;
  std::vector<Curve> minima;        // ab = s, where learning ends: one curve for each sign
  Curve stable_manifold;            // a = -b, from which the flow runs into the saddle at the origin
  std::vector<Curve> trajectories;  // Eq 8 integrated from each start
};

// Throws DomainError for options out of domain, NumericalError when an integration stops early.
PhasePortrait draw_phase_portrait(const PhasePortraitOptions& options = {});

}  // namespace dln::experiments
