#include "validation/section_5/section_5.hpp"

namespace dln::validation::section_5 {

std::vector<Claim> claims_on_generalisation() {
  return {};
}

}  // namespace dln::validation::section_5
