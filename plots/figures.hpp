// The paper's figures, each drawn from the result of its experiment.
#pragma once

#include <vector>

#include "dln/experiments/depth_sweep.hpp"
#include "dln/experiments/energy_flow.hpp"
#include "dln/experiments/learning_delay.hpp"
#include "dln/experiments/mode_rates.hpp"
#include "dln/experiments/phase_portrait.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/experiments/unequal_layers.hpp"
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

// Fig 4: what a sweep over depths and rates found on some data.
struct DepthSweepPanel {
  std::string name;                                     // of the data
  const std::vector<experiments::DepthSweepRow>* rows;  // not null
  std::vector<double> largest_eigenvalues;              // lambda_max, for each row
  double rate_ratio;                                    // of neighbours in the grid: the quantisation
  std::string note = {};                                // a line under the name, such as the slopes found
};
struct DepthSweepFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  experiments::FirstLayer first_layer;
  std::vector<DepthSweepPanel> panels;  // side by side, one to three
};
// Fig 4 left: learning time against N_l, each depth at its best rate.
Drawing depth_times_figure(const DepthSweepFigure& figure);
// Fig 4 right: the best rate against N_l, with 1/lambda_max and 2/lambda_max.
Drawing depth_rates_figure(const DepthSweepFigure& figure);
// The same rates in units of 1/lambda_max, so that 1 and 2 are lines.
Drawing depth_kappas_figure(const DepthSweepFigure& figure);
// Bars are the grid's: a better time may lie between two rates, at most one step shorter; the best rate that
// is stable lies between the one found and the next above it, the best of all within a step either way.
//
// Table of all three, one row a run:
//   data, first_layer (active or all), N_l, rate, kappa = rate * lambda_max,
//   outcome   learned | not_learned_by (given up: it could no longer be the best of its depth) | diverged |
//             not_run (the error of a higher rate never rose: this one follows the same way, slower)
//   relation, epoch   how the epoch of that outcome stands to the number: "=" it learned, or its divergence
//   was
//             noticed, at this epoch; ">" it had not learned by then (0 for a run that was not run)
//   error_never_rose (yes or no), lambda_max

// The closed form of a mode at several depths, each at the rate 1/lambda_max: strength against gradient
// steps. Table: N_l (inf for the limit), steps, u/s.
struct DepthCurvesFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  double share;             // u0/s
  std::vector<int> layers;  // the limit of many is drawn too
};
Drawing depth_curves_figure(const DepthCurvesFigure& figure);

// The excess t_N - t_3 in gradient steps at 1/lambda_max: left against N_l for several u0/s, with its limit;
// right against s/u0 for several N_l and the limit, with the asymptote s/eps that the limit follows and the
// powers (s/u0)^{1 - 2/L} that finite depths leave it for.
// Table: panel ("depth" or "strength"), u0/s, N_l (inf for the limit), steps, excess.
struct DepthDelayFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::vector<double> shares;                // u0/s = eps/s, descending
  std::vector<int> layers;                   // ascending
  std::vector<int> layers_against_strength;  // each more than 3
};
Drawing depth_delay_figure(const DepthDelayFigure& figure);

// Rates of a mode against N_l: the edge of stability and the fastest rate beside 1/lambda_max and
// 2/lambda_max, as rates and as kappa, and the steps they take. Table: one row for each s and N_l, as
// ModeRateRow.
struct LearningRateFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  double share;  // u0/s of every mode
  struct Mode {
    double singular_value;
    const std::vector<experiments::ModeRateRow>* rows;  // not null
  };
  std::vector<Mode> modes;  // one or more: the first is drawn, the last laid over it where kappa is drawn
};
Drawing learning_rate_figure(const LearningRateFigure& figure);

// Which layer moves when: the layers of two starts against time, and how much each changes against its size.
// Table: start (1 or 2), layer (1-based), epoch, theory, flow, network; then for every layer its strength at
// the start and at the end, its relative change and the time at which half of its change is done.
struct UnequalLayersFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  const experiments::UnequalLayers* rising;        // not null
  const experiments::UnequalLayers* through_zero;  // not null
};
Drawing unequal_layers_figure(const UnequalLayersFigure& figure);

}  // namespace dln::plots
