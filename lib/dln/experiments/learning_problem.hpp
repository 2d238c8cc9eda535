// LearningProblem: data made ready for the theory of section 1: Sigma11 = I, Sigma31 and its modes.
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
  data::Correlations correlations;  // sums, Sigma11 = I
  data::SingularModes modes;
  double whiteness_residual = 0;  // of the data as computed, before Sigma11 was set to I
  std::vector<data::FileIdentity> files;
  std::uint32_t fingerprint = 0;               // of the correlations
  std::optional<data::Dataset> examples = {};  // where they are few enough to keep; a tanh network needs them
};

// Fig 3's data: one-hot items at the leaves of a tree and their features. Sigma11 = I by construction. Keeps
// its examples.
LearningProblem tree_problem(const data::HierarchicalTree& tree);

// Images with one-hot labels, whitened so that Sigma11 = I in sums over the examples. Throws DataError, also
// when they leave fewer than two modes, as images of one class do.
LearningProblem whitened_images_problem(const std::filesystem::path& images,
                                        const std::optional<std::filesystem::path>& labels,
                                        base::Progress& progress);

}  // namespace dln::experiments
