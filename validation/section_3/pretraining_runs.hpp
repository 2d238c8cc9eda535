// The runs of Fig 5 right, shared by claims and figures.
#pragma once

#include <vector>

#include "dln/data/consistency_examples.hpp"
#include "dln/experiments/pretraining.hpp"
#include "validation/context.hpp"

namespace dln::validation::section_3 {

enum class Inputs { raw, centred };

// A problem with what is asked of it. Both starts learn it in the same way.
struct PretrainingRun {
  experiments::LearningProblem problem;
  experiments::PretrainingStudy study;
};

// Learning from random and from pretrained weights, from the context's store where it is there.
experiments::StartComparison compare(Context& context, const PretrainingRun& run);

// Fig 5's own scale: every image, 784 inputs, 200 hidden units, five layers, until the error is below 1.3e4.
// Raw images: sigma = 0.01, 1000 epochs an autoencoder. Centred ones: sigma = 0.002, 100 epochs. At quick
// effort small_pretraining_run(), from sigma = 0.018 and 0.0025 for the smaller width.
PretrainingRun pretraining_run(Context& context, Inputs inputs);

// The same in small, for sweeps: the leading 40 components of the inputs, 40 hidden units, until the error
// has fallen to within a fourth of all it can; without curves.
PretrainingRun small_pretraining_run(Context& context, Inputs inputs);

std::vector<double> swept_deviations(const Context& context);
std::vector<int> swept_layers(const Context& context);

// A task made to pass or to fail Eq 18, on inputs of condition 10, learned to 5 % of its error.
PretrainingRun constructed_run(Context& context, data::TaskModes modes, Eigen::Index hidden_units);

}  // namespace dln::validation::section_3
