// The derivations there are: named, each with the claims it serves and with a variant that is wrong on
// purpose.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dln/symbolic/derivation.hpp"

namespace dln::symbolic {

// `wrong` derives the same with one thing made wrong; it must be refuted, or the derivation is no test.
enum class Variant { right, wrong };

struct Entry {
  std::string name;                 // a slug, unique: "eq12"
  std::string equation;             // "Eq 12"
  std::string title;                // one sentence
  std::vector<std::string> claims;  // ids of the ledger: "C12"
  std::string wrong_variant;        // what is wrong in Variant::wrong
  std::function<Derivation(Variant)> steps;
};

// In the paper's order.
const std::vector<Entry>& derivations();

// Carries an entry out, from milliseconds to a few seconds.
Derivation derive(const Entry& entry, Variant variant = Variant::right);

// The version of the algebra system, "1.8.6".
std::string ginac_version();

}  // namespace dln::symbolic
