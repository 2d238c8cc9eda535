#include "validation/section_3/consistency_tasks.hpp"

#include <cmath>

namespace dln::validation::section_3 {

data::Correlations task_on(const Context& context, data::TaskModes modes) {
  data::ConsistencyExample made;
  made.modes = modes;
  made.variances = linalg::Vector::NullaryExpr(
      40, [](Eigen::Index k) { return std::pow(10, 2 - static_cast<double>(k) / 19.5); });
  made.singular_values = linalg::Vector{{8, 4, 2, 1}};
  made.outputs = 6;
  made.seed = context.seed();
  return data::correlate(data::sample(made));
}

}  // namespace dln::validation::section_3
