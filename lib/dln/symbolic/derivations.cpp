#include "dln/symbolic/derivations.hpp"

#include <fmt/format.h>
#include <ginac/ginac.h>

#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {

const std::vector<Entry>& derivations() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> entries;
    for (const auto& theme :
         {three_layer_network_derivations(), three_layer_derivations(), unequal_layer_derivations(),
          matrix_solution_derivations(), deep_network_derivations(), deep_mode_derivations(),
          hessian_derivations(), depth_delay_derivations(), autoencoder_derivations()})
      entries.insert(entries.end(), theme.begin(), theme.end());
    return entries;
  }();
  return all;
}

Derivation derive(const Entry& entry, Variant variant) {
  Derivation derivation = entry.steps(variant);
  derivation.name = entry.name;
  derivation.title = entry.title;
  derivation.equation = entry.equation;
  derivation.claims = entry.claims;
  return derivation;
}

std::string ginac_version() {
  return fmt::format("{}.{}.{}", GiNaC::version_major, GiNaC::version_minor, GiNaC::version_micro);
}

}  // namespace dln::symbolic
