// The words for functions, in text read and written: private to expression_parser.cpp and
// expression_text.cpp.
#pragma once

#include <string_view>

#include "dln/symbolic/expression.hpp"

namespace dln::symbolic {

struct Named {
  std::string_view name;
  Operation operation;
};
// Of two words for one function the first is written.
inline constexpr Named kFunctions[] = {
    {"exp", Operation::exp},           {"log", Operation::log},     {"ln", Operation::log},
    {"sqrt", Operation::sqrt},         {"sin", Operation::sin},     {"cos", Operation::cos},
    {"tan", Operation::tan},           {"sinh", Operation::sinh},   {"cosh", Operation::cosh},
    {"tanh", Operation::tanh},         {"asinh", Operation::asinh}, {"atan", Operation::atan},
    {"lambertw", Operation::lambertw},
};

}  // namespace dln::symbolic
