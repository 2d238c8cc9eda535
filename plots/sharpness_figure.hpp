// The sharpness of the error along training, and descent past 2/lambda_max.
#pragma once

#include "dln/experiments/beyond_stability.hpp"
#include "dln/experiments/hessian_spectrum.hpp"
#include "dln/experiments/sharpness.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Four panels: the top eigenvalue along training; the whole spectrum of a small network; strengths that a
// balanced mode of two matrices visits against kappa = rate x lambda_max; how steep a minimum descent comes
// to rest in against how steep the one was that it began beside.
//
// Table of four parts: N_l, way (theory, flow, descent, random), epoch, error, top eigenvalue, lambda_max;
// then time, what (theory or network), every eigenvalue; then kappa, u/s; then the kappa of equal layers,
// what (pair or network), kappa before, after (nan where it diverged).
struct SharpnessFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::string data;  // name of the problem
  struct Course {
    int layers;
    const experiments::SharpnessRun* run;  // not null; from a decoupled start
    double learned;                        // epochs until the last mode is learned, the unit of time
    std::vector<double> epochs, theory;    // a fine curve
    // Descent from small random weights, or none.
    const experiments::SharpnessCourse* random = nullptr;
  };
  std::vector<Course> courses;  // one or two
  struct Spectrum {
    std::vector<long> units;
    const experiments::SpectrumCourse *fine,
        *points;  // not null: the law of the one, the network of the other
  } spectrum;
  std::vector<experiments::Visited> visited;  // s = 1
  struct Settled {
    double balanced_kappa;
    bool network;
    std::vector<experiments::Settling> runs;
  };
  std::vector<Settled> settled;  // four at most
};
Drawing sharpness_figure(const SharpnessFigure& figure);

}  // namespace dln::plots
