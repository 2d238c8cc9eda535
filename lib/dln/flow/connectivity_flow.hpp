// The connectivity modes of Eqs 5 and 6: what a mode's weights do to their own product, and to other modes.
//
//   E = 1/(2 tau) sum_al (s_al - a^al.b^al)^2 + 1/(2 tau) sum_{al != be} (a^al.b^be)^2                 Eq 6
//   tau a^al' = (s_al - a^al.b^al) b^al - sum_{ga != al, ga = 1..N_3} b^ga (a^al.b^ga)                 Eq 5
//   tau b^al' = (s_al - a^al.b^al) a^al - sum_{ga != al, ga = 1..N_1} a^ga (b^al.a^ga)
//
// a^al, al = 1..N_1, are the columns of B21 : N_2 x N_1, and b^al, al = 1..N_3, the rows of B32 : N_3 x N_2.
// The first term is cooperation, the second competition. A mode that only one layer has carries no signal, s
// = 0: it has no term of its own, but it competes. (The paper leaves the range of ga open; the sums run as
// written here.)
#pragma once

#include "dln/linalg/matrix.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::flow {

// Also the rates of change of such a state.
struct ConnectivityModes {
  linalg::Matrix a;  // column al is a^al: N_2 x N_1
  linalg::Matrix b;  // column al is b^al: N_2 x N_3
};

struct ConnectivityEnergy {
  double cooperation, competition;  // the two sums of Eq 6
  double total() const { return cooperation + competition; }
};

// Invariant: tau > 0; singular values finite. Throws DomainError otherwise.
class ConnectivityFlow {
 public:
  // `singular_values` s_1, s_2, ...: at most min(N_1, N_3) of the states it will be given; the rest are 0.
  ConnectivityFlow(linalg::Vector singular_values, double time_constant);

  ConnectivityEnergy energy(const ConnectivityModes& modes) const;
  // The first terms of Eq 5, divided by tau.
  ConnectivityModes cooperation(const ConnectivityModes& modes) const;
  // The second terms of Eq 5, divided by tau.
  ConnectivityModes competition(const ConnectivityModes& modes) const;
  // Their sum, Eq 5.
  ConnectivityModes field(const ConnectivityModes& modes) const;

  // Eq 5 for the driver; the state is a, column after column, then b. `shape` gives N_1, N_2 and N_3.
  ode::RightHandSide<double> right_hand_side(const ConnectivityModes& shape) const;

 private:
  double signal(Eigen::Index mode) const { return mode < s_.size() ? s_[mode] : 0; }
  void check(const ConnectivityModes& modes) const;

  linalg::Vector s_;
  double tau_;
};

// The flat state of the driver, and back.
std::vector<double> flatten(const ConnectivityModes& modes);
ConnectivityModes unflatten(std::span<const double> state, const ConnectivityModes& shape);

}  // namespace dln::flow
