// What the tables behind quantities() share: private to quantities*.cpp.
#pragma once

#include <vector>

#include "dln/base/depth.hpp"
#include "tools/quantities.hpp"

namespace dln::tools {

inline constexpr auto kList = ParameterKind::list;
inline constexpr auto kDepth = ParameterKind::depth;

// n weight matrices: any real number of at least 1, or infinity. Throws base::DomainError.
base::DepthExponent exponent(double n);

// One after the other.
std::vector<Quantity> joined(std::vector<std::vector<Quantity>> tables);

// Of section 2, in the order in which they are listed.
std::vector<Quantity> quantities_of_depth();
std::vector<Quantity> quantities_of_rates();

}  // namespace dln::tools
