// Singular values of a long product of square matrices, each to high relative accuracy however many decades
// lie between them: those of a product that is multiplied out are lost below eps times the largest.
#pragma once

#include <span>

#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

// ln of the singular values of factors.back() ... factors.front(), all n x n, descending; -infinity for
// zeros. Throws DomainError for no factor or other shapes, NumericalError for values that are not finite, or
// that differ by more than a double holds.
Vector log_singular_values_of_product(std::span<const Matrix> factors);

}  // namespace dln::linalg
