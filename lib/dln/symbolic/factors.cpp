#include "dln/symbolic/factors.hpp"

#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"

namespace dln::symbolic {

using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;

bool is_rational_number(const ex& e) {
  return e.info(GiNaC::info_flags::rational);
}
bool is_integer(const ex& e) {
  return e.info(GiNaC::info_flags::integer);
}

Factors factors_of(const ex& product) {
  Factors factors;
  auto add = [&](const ex& f) {
    if (is_a<GiNaC::power>(f))
      factors.emplace_back(f.op(0), f.op(1));
    else
      factors.emplace_back(f, 1);
  };
  if (is_a<GiNaC::mul>(product))
    for (const ex& f : product) add(f);
  else
    add(product);
  return factors;
}

Factors primes_of(const numeric& n) {
  Factors primes;
  if (n.is_zero() || n.is_negative()) primes.emplace_back(n.is_zero() ? 0 : -1, 1);
  if (n.is_zero()) return primes;
  numeric rest = abs(n);
  for (long p = 2; p < 1000 && rest > 1; ++p) {
    int count = 0;
    for (; irem(rest, numeric(p)).is_zero(); ++count) rest = rest / numeric(p);
    if (count > 0) primes.emplace_back(p, count);
  }
  if (rest > 1) primes.emplace_back(rest, 1);
  return primes;
}

Factors all_factors(const ex& rational) {
  const ex parts = rational.numer_denom();
  Factors factors;
  for (int sign : {1, -1})
    for (const auto& [base, exponent] : factors_of(factored(parts.op(sign == 1 ? 0 : 1)))) {
      if (!is_rational_number(base)) {
        factors.emplace_back(base, exponent * sign);
        continue;
      }
      for (const auto& [p, count] : primes_of(ex_to<numeric>(base).numer()))
        factors.emplace_back(p, count * exponent * sign);
      for (const auto& [p, count] : primes_of(ex_to<numeric>(base).denom()))
        factors.emplace_back(p, -count * exponent * sign);
    }
  return factors;
}

std::pair<numeric, ex> split(const ex& term) {
  numeric c = 1;
  ex m = 1;
  for (const auto& [base, exponent] : factors_of(term))
    if (is_rational_number(base) && is_integer(exponent))
      c = c * ex_to<numeric>(pow(base, exponent));
    else
      m *= pow(base, exponent);
  return {c, m};
}

}  // namespace dln::symbolic
