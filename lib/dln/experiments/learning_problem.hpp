// LearningProblem: data made ready for the theory: Sigma11 (= I in section 1), Sigma31 and its modes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dln/base/progress.hpp"
#include "dln/data/hierarchy.hpp"
#include "dln/data/singular_modes.hpp"

namespace dln::experiments {

struct LearningProblem {
  std::string name;                 // as reports call it
  data::Correlations correlations;  // sums; Sigma11 = I but for images scaled otherwise
  data::SingularModes modes;
  double whiteness_residual = 0;  // of the data as computed, before Sigma11 was set to I
  std::vector<data::FileIdentity> files;
  std::uint32_t fingerprint = 0;               // of the correlations
  std::optional<data::Dataset> examples = {};  // where they are few enough to keep; a tanh network needs them
};

// Fig 3's data: one-hot items at the leaves of a tree and their features. Sigma11 = I by construction. Keeps
// its examples.
LearningProblem tree_problem(const data::HierarchicalTree& tree);

// How the inputs of images are scaled before learning.
enum class InputScale {
  raw,            // pixels/255 as they are
  unit_variance,  // whitened, Sigma11 = P I: every input has mean square 1
  sum_white,      // whitened, Sigma11 = I: section 1.1's own assumption
};

// Images with one-hot labels. Inputs are coordinates in the eigenbasis of Sigma11, directions without data
// left out: an orthonormal change of W^1 that changes nothing else, after which Sigma11 is diagonal. Throws
// DataError, also when they leave fewer than two modes, as images of one class do.
LearningProblem images_problem(const std::filesystem::path& images,
                               const std::optional<std::filesystem::path>& labels, InputScale scale,
                               base::Progress& progress);

// The same from one reading of the images, for those who need several scales.
LearningProblem scaled_problem(const data::Correlations& raw, InputScale scale,
                               std::vector<data::FileIdentity> files);

}  // namespace dln::experiments
