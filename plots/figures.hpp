// The paper's figures, each drawn from the result of its experiment.
#pragma once

#include <vector>

#include "dln/experiments/phase_portrait.hpp"
#include "dln/experiments/time_course.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Fig 2: vector field blue, minima and stable manifold red, trajectories green.
Drawing phase_portrait_figure(const experiments::PhasePortrait& portrait,
                              const experiments::PhasePortraitOptions& options);

// One figure of mode strengths against time: analytic curves red, simulations blue.
struct TimeCourseFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  const experiments::LearningProblem* problem;  // not null
  experiments::TimeCourseOptions options;       // of the theory
  std::vector<Eigen::Index> modes;              // which to draw, 0-based
  struct Simulation {
    std::string name;                       // as the legend calls it
    const experiments::TimeCourse* course;  // not null
  };
  std::vector<Simulation> simulations;  // one or two
};

// The table has one row a point: mode (1-based), s, curve, epoch, strength. Rows whose curve ends in "half"
// hold the half-learning time and s/2.
Drawing time_course_figure(const TimeCourseFigure& figure);

}  // namespace dln::plots
