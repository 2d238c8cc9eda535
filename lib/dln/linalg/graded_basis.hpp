// The range of a matrix whose rows differ in size by any number of decades, e^{+-10^6} included.
//
// A = diag(e^{g_i}) rows. Householder reflections with rows and columns pivoted at every step are backward
// stable row by row: what comes out belongs to a matrix of which each row differs by rounding of that row's
// own size, however small it is beside the others (Cox and Higham 1998). Only ratios e^{g_i - g_j} are
// formed.
#pragma once

#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

// Orthonormal columns, m x n, that span the columns of diag(e^{log_scales}) rows, where rows : m x n has full
// column rank, m >= n. Throws DomainError for other shapes, NumericalError for values that are not finite and
// for a lower rank.
Matrix graded_basis(Matrix rows, Vector log_scales);

}  // namespace dln::linalg
