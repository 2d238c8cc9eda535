// Peers that run in this process: the loops over modes that one writes with Boost.Odeint and with GSL, one
// mode after the other, relative tolerance 1e-8, absolute 1e-12.
#pragma once

#include <functional>

#include "validation/benchmarks/compare/bench.hpp"
#include "validation/benchmarks/compare/modes.hpp"

namespace dln::compare {

// Runs it once for its error.
Entrant looped(const std::function<void()>& run, const std::function<double()>& error);

// dopri5 over std::vector.
void strengths_by_odeint(const Modes& modes, Array& u);
void layers_by_odeint(const Pairs& pairs, Array& a, Array& b);

// rk8pd. Throws PeerMissing where it was not found when this was built.
void layers_by_gsl(const Pairs& pairs, Array& a, Array& b);

}  // namespace dln::compare
