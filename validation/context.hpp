// Context: what every claim of one verification shares: how hard to try, the seed, the data and the runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "dln/base/progress.hpp"
#include "dln/experiments/depth_sweep.hpp"
#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/experiments/time_course.hpp"

namespace dln::validation {

// The same claims at every effort. quick: smaller data, a few seconds; standard: the paper's own scale;
// full: 100 starts, smaller steps, and Eq 1 summed over every single image.
enum class Effort { quick, standard, full };
std::string_view name_of(Effort effort);
// Throws DomainError for another name.
Effort effort_from_name(std::string_view name);

struct ContextOptions {
  Effort effort = Effort::standard;
  std::uint64_t seed = 1;
  // Empty: Fashion-MNIST as its Debian package installs it, the test images at quick effort and else the
  // training images.
  std::optional<std::filesystem::path> images;
  std::optional<std::filesystem::path> labels;
  experiments::FirstLayer first_layer = experiments::FirstLayer::active_modes;  // of Fig 4's networks
};

class Context {
 public:
  Context(ContextOptions options, experiments::RunStore& store, base::Progress& progress);

  Effort effort() const { return options_.effort; }
  std::uint64_t seed() const { return options_.seed; }
  experiments::RunStore& store() { return store_; }
  base::Progress& progress() { return progress_; }

  // The file the images come from; nothing is read yet.
  std::filesystem::path images_path() const;
  // Throws DataError with the remedy when there is no such file.
  void require_images() const;

  // The images themselves, neither whitened nor in memory. Throws DataError.
  data::ExampleSource open_images() const;

  // Built at first use.
  const experiments::LearningProblem& tree();
  const experiments::LearningProblem& images();
  // The same images scaled for Fig 4.
  const experiments::LearningProblem& images(experiments::InputScale scale);
  // Pixels/255 in their own coordinates, with their means.
  const data::Correlations& raw_images();
  // Fig 4's set-up; at quick effort fewer and narrower networks. Rates and threshold are those of 60000
  // examples, scaled to as many as there are.
  experiments::DepthSweepOptions depth_sweep(const experiments::LearningProblem& problem) const;
  // The same on a fine grid about the edge of stability, from below it to beyond the best rate of all: 0.3 to
  // 60 / lambda_max for raw images, 10 % apart; 0.5 to 8, 5 % apart, for unit variance; and for Sigma11 = I,
  // where plateaus last tens of thousands of epochs, 1.5 to 2.8, 10 % apart, and fewer depths.
  experiments::DepthSweepOptions depth_sweep_about_stability(experiments::InputScale scale);
  // Those of the two that were built, for provenance.
  std::vector<const experiments::LearningProblem*> used_problems() const;

  data::HierarchicalTree tree_shape() const;
  // Fig 3's lambda, u0 and N_2, the start being left to the caller.
  experiments::TimeCourseOptions time_course(const experiments::LearningProblem& problem,
                                             experiments::Start start) const;
  // How many random starts a statement about them is judged by.
  int random_starts() const;

 private:
  ContextOptions options_;
  experiments::RunStore& store_;
  base::Progress& progress_;
  std::optional<experiments::LearningProblem> tree_;
  std::optional<data::Correlations> raw_images_;
  std::vector<data::FileIdentity> image_files_;
  std::map<experiments::InputScale, experiments::LearningProblem> images_;
};

}  // namespace dln::validation
