// The closed integral of Eq 15 by partial fractions: what is proven, shown and written as C++ are three
// renderings of one list of terms. For the .cpp files of this room (see proof.hpp).
#pragma once

#include <string>
#include <vector>

#include "dln/symbolic/derivation.hpp"

namespace dln::symbolic {

class Proof;

// k from 1 to (L - 1)/2: the conjugate pairs of roots of unity.
std::vector<int> root_pairs(int matrices);

// Adds to the proof that dF/dy = L y^{1-L}/(1 - y^L), and that Eq 15 then takes the time t. `slip` leaves the
// last pair of roots, or the last logarithm, out.
void prove_depth_integral(Proof& proof, int matrices, bool slip);

Formula shown_antiderivative(int matrices);
Formula shown_time(int matrices);
std::string cpp_of_time(int matrices);

}  // namespace dln::symbolic
