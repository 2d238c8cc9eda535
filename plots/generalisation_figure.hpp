// Generalisation: the spectrum of noisy targets, training and test error over time, when to stop, and how far
// the teacher's modes are turned away.
#pragma once

#include <vector>

#include "dln/experiments/generalisation.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Four panels. Spectrum: histogram of the bulk's singular values over all draws with their density, spikes of
// the first draw and where theory has them. Errors over time, in units of tau: every depth, theory and mean
// over draws, the least test error marked. Stopping: least error and its time against depth, draws as points.
// Overlaps of both sides against the teacher's strength over the threshold. Table: part ("spectrum", "error",
// "stopping", "overlap"), N_l, draw (0: theory, -1: mean), x, and two values.
struct GeneralisationFigure {
  std::string id, title, alternative_text;
  experiments::GeneralisationOptions options;
  const experiments::Generalisation* found;
  // Of a single mode of the teacher: its s, and the draws at it.
  struct Overlaps {
    double strength;
    std::vector<experiments::SpectrumDraw> draws;
  };
  std::vector<Overlaps> overlaps;
  std::vector<int> shown;  // depths whose errors are drawn, up to four
};
Drawing generalisation_figure(const GeneralisationFigure& figure);

}  // namespace dln::plots
