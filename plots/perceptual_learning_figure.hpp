// Perceptual learning, layer by layer: size and timing of change in weights and in receptive fields.
#pragma once

#include "dln/experiments/perceptual_learning.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

struct PerceptualLearningFigure {
  std::string id, title, alternative_text;
  // At several depths, from equal layers and from unequal ones.
  std::vector<const experiments::PerceptualLearning*> equal, unequal;
  const experiments::PerceptualLearning* shown;  // whose receptive fields are drawn
};

// Throws DomainError unless there are as many of both kinds.
Drawing perceptual_learning_figure(const PerceptualLearningFigure& figure);

}  // namespace dln::plots
