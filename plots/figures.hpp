// The paper's figures, each drawn from the result of its experiment.
#pragma once

#include <vector>

#include "dln/experiments/energy_flow.hpp"
#include "dln/experiments/learning_delay.hpp"
#include "dln/experiments/phase_portrait.hpp"
#include "dln/experiments/time_course.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Fig 2: vector field blue, minima and stable manifold red, trajectories green.
Drawing phase_portrait_figure(const experiments::PhasePortrait& portrait,
                              const experiments::PhasePortraitOptions& options);

// How a simulated curve is drawn: the paper's colours, told apart in greyscale by their dashes and points.
enum class Look { blue_dashes, blue_circles, green_dots };

// One figure of mode strengths against time: analytic curves red, linear networks blue, tanh networks green.
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
    Look look = Look::blue_dashes;
  };
  std::vector<Simulation> simulations;
};

// The table has one row a point: mode (1-based), s, curve, epoch, strength. Rows whose curve ends in "half"
// hold the half-learning time and s/2.
Drawing time_course_figure(const TimeCourseFigure& figure);

// Fig 3 right: how late random starts learn their modes, against the mode's number and against u0.
struct LearningDelayFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::vector<int> levels;  // of the tree, for each mode: modes of a level are nearly degenerate
  experiments::LearningDelays linear, tanh;
  // Mean delay of every level at each u0, rows as in initial_strengths.
  std::vector<double> initial_strengths;
  linalg::Matrix linear_by_level, tanh_by_level;
};

// Table: panel ("modes" or "u0"), network, what (delay, seed, Euler, competition), mode or level, u0, mean
// and deviation.
Drawing learning_delay_figure(const LearningDelayFigure& figure);

// The two energies of Eq 6 along one run, and the saddles it passes. Table: epoch, cooperation, competition,
// descent speed; then the saddles.
struct EnergyFlowFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  const experiments::EnergyFlow* flow;  // not null
};
Drawing energy_flow_figure(const EnergyFlowFigure& figure);

}  // namespace dln::plots
