// Products taken apart, for the .cpp files of this room (see proof.hpp).
#pragma once

#include <utility>
#include <vector>

namespace GiNaC {
class ex;
class numeric;
}  // namespace GiNaC

namespace dln::symbolic {

bool is_rational_number(const GiNaC::ex& e);
bool is_integer(const GiNaC::ex& e);

// base^exponent of each.
using Factors = std::vector<std::pair<GiNaC::ex, GiNaC::ex>>;

// Those that a product shows.
Factors factors_of(const GiNaC::ex& product);
// The primes of n with their exponents, and -1 for a sign; what has no divisor below 1000 counts as prime.
Factors primes_of(const GiNaC::numeric& n);
// The irreducible factors of a rational function with their exponents, primes among them.
Factors all_factors(const GiNaC::ex& rational);

// c m with c rational and m free of numbers.
std::pair<GiNaC::numeric, GiNaC::ex> split(const GiNaC::ex& term);

}  // namespace dln::symbolic
