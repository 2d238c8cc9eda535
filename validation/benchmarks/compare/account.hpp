// What is left of a comparison: a table on the terminal, compare.json and .tsv, and two figures.
#pragma once

#include "plots/drawing.hpp"
#include "validation/benchmarks/compare/growth.hpp"

namespace dln::compare {

std::string table_text(const Bench& bench);
// How many targets were met, and which peers there were.
std::string summary_text(Bench& bench);
std::string rows_tsv(const Bench& bench);
nlohmann::ordered_json account_json(Bench& bench, const std::vector<GrowthPanel>& growth);

plots::Drawing ratio_figure(const Bench& bench);
plots::Drawing growth_figure(Bench& bench, const std::vector<GrowthPanel>& panels);

}  // namespace dln::compare
