// The catalogue of figures: which experiment feeds which picture.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

struct CatalogueEntry {
  std::string id;
  std::string sentence;
  bool needs_images;
  std::function<plots::Drawing(validation::Context&)> draw;
  bool of_depth_sweep = false;  // --first-layer is a choice there
};

const std::vector<CatalogueEntry>& figure_catalogue();

// Throws base::DomainError with the nearest id.
const CatalogueEntry& find_figure(std::string_view id);

}  // namespace dln::tools
