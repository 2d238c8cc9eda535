#include "dln/symbolic/calculus.hpp"

#include <ginac/ginac.h>

#include <algorithm>

namespace dln::symbolic {

using GiNaC::ex;
using GiNaC::matrix;
using GiNaC::symbol;

ex rate_of(const ex& f, const Motion& motion) {
  ex rate = 0;
  for (const auto& [x, velocity] : motion) rate += f.diff(x) * velocity;
  return rate;
}

matrix rate_of(const matrix& m, const Motion& motion) {
  matrix rates(m.rows(), m.cols());
  for (unsigned i = 0; i < m.rows(); ++i)
    for (unsigned j = 0; j < m.cols(); ++j) rates(i, j) = rate_of(m(i, j), motion);
  return rates;
}

ex factored(const ex& polynomial) {
  const auto expanded = [](const ex& f) {
    return GiNaC::is_a<GiNaC::power>(f) ? pow(f.op(0).expand(), f.op(1)) : f.expand();
  };
  const ex factors = factor(polynomial.expand());
  if (!GiNaC::is_a<GiNaC::mul>(factors)) return expanded(factors);
  ex all = 1;
  for (const ex& f : factors) all *= expanded(f);
  return all;
}

ex neat(const ex& rational) {
  const ex parts = rational.numer_denom();
  return factored(parts.op(0)) / factored(parts.op(1));
}

matrix symbol_matrix(const std::string& name, unsigned rows, unsigned cols) {
  matrix m(rows, cols);
  const auto digits = std::min(name.find_first_of("0123456789"), name.size());  // W21 is W^{21}
  const std::string latex =
      name.substr(0, digits) + (digits < name.size() ? "^{" + name.substr(digits) + "}" : "");
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < cols; ++j) {
      const std::string place = std::to_string(i + 1) + std::to_string(j + 1);
      m(i, j) = symbol(name + "_" + place, latex + "_{" + place + "}");
    }
  return m;
}

matrix diagonal_matrix(const std::vector<ex>& entries, unsigned rows, unsigned cols) {
  matrix m(rows, cols);
  for (unsigned i = 0; i < entries.size(); ++i) m(i, i) = entries[i];
  return m;
}

matrix identity_matrix(unsigned size) {
  return diagonal_matrix(std::vector<ex>(size, 1), size, size);
}

matrix product(const std::vector<matrix>& factors) {
  matrix all = factors.front();
  for (std::size_t i = 1; i < factors.size(); ++i) all = all.mul(factors[i]);
  return all;
}

matrix difference(const matrix& a, const matrix& b) {
  return a.sub(b);
}

ex squared_norm(const matrix& m) {
  ex sum = 0;
  for (unsigned i = 0; i < m.rows(); ++i)
    for (unsigned j = 0; j < m.cols(); ++j) sum += pow(m(i, j), 2);
  return sum;
}

matrix gradient(const ex& f, const matrix& m) {
  matrix g(m.rows(), m.cols());
  for (unsigned i = 0; i < m.rows(); ++i)
    for (unsigned j = 0; j < m.cols(); ++j) g(i, j) = f.diff(GiNaC::ex_to<symbol>(m(i, j)));
  return g;
}

void append(Motion& motion, const matrix& m, const matrix& rates) {
  for (unsigned i = 0; i < m.rows(); ++i)
    for (unsigned j = 0; j < m.cols(); ++j) motion.emplace_back(GiNaC::ex_to<symbol>(m(i, j)), rates(i, j));
}

matrix plane_rotation(const symbol& p) {
  const ex c = (1 - p * p) / (1 + p * p), s = 2 * p / (1 + p * p);
  return {{c, -s}, {s, c}};
}

matrix space_rotation(const symbol& p, const symbol& q, const symbol& r) {
  const matrix skew{{0, -r, q}, {r, 0, -p}, {-q, p, 0}};
  const matrix below = identity_matrix(3).sub(skew), above = identity_matrix(3).add(skew);
  matrix rotation = below.inverse().mul(above);
  for (unsigned i = 0; i < 3; ++i)
    for (unsigned j = 0; j < 3; ++j) rotation(i, j) = rotation(i, j).normal();
  return rotation;
}

}  // namespace dln::symbolic
