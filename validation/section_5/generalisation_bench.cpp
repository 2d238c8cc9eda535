#include "validation/section_5/generalisation_bench.hpp"

#include <fmt/format.h>

namespace dln::validation::section_5 {

void Bench::add(std::string quantity, double measured, double expected, Relation relation, double bound,
                std::string reason, std::string wide) {
  checks.push_back({.quantity = std::move(quantity),
                    .measured = measured,
                    .expected = expected,
                    .relation = relation,
                    .bound = bound,
                    .bound_reason = std::move(reason),
                    .wide_reason = std::move(wide),
                    .witness_pair = witnesses,
                    .dataset = dataset});
}

std::string named(const experiments::GeneralisationOptions& o) {
  return fmt::format("N_{{1}} = {}, N_{{3}} = {}, {} modes from {:g} to {:g}, σ = {:g}, {} draws", o.inputs,
                     o.outputs, o.teacher.size(), o.teacher.front(), o.teacher.back(), o.noise, o.draws);
}

const char* const kGeneralisationSource =
    "beyond the paper: low-rank perturbations of random matrices (Benaych-Georges and Nadakuditi 2012); "
    "generalisation of linear networks (Advani and Saxe 2017; Lampinen and Ganguli 2018)";

}  // namespace dln::validation::section_5
