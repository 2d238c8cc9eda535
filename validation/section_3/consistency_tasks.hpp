// Tasks made to pass, to fail and to mislead the check of Eq 18.
#pragma once

#include <limits>

#include "dln/data/consistency_examples.hpp"
#include "validation/context.hpp"

namespace dln::validation::section_3 {

// 40 inputs with variances from 100 to 1, four modes.
data::Correlations task_on(const Context& context, data::TaskModes modes);

// Of products of 40 terms, and of an SVD and an eigendecomposition of matrices of size 40.
constexpr double kRounding = 40 * 40 * std::numeric_limits<double>::epsilon();

}  // namespace dln::validation::section_3
