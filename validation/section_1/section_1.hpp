// The claims of section 1, "General learning dynamics of gradient descent", by subject.
//
// Each claim is a function of the witnesses it calls, so that its wrong variant is the same function with one
// witness replaced; nothing in the real run knows about the wrong one.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation::section_1 {

std::vector<Claim> claims_on_descent_and_flow();  // C1, X1, X7
std::vector<Claim> claims_on_competition();       // C2, C3, C4, X9
std::vector<Claim> claims_on_outcome();           // C5, C6, X5
std::vector<Claim> claims_on_decoupled_modes();   // C7, C8
std::vector<Claim> claims_on_single_modes();      // C9, C12
std::vector<Claim> claims_on_approach();          // C10, C15, X6
std::vector<Claim> claims_on_unequal_layers();    // C11, X8
std::vector<Claim> claims_on_learning_times();    // C13, C14, C18, C19
std::vector<Claim> claims_on_delays();            // C16, C17
std::vector<Claim> claims_on_matrix_solution();   // C45

}  // namespace dln::validation::section_1
