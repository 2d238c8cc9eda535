// Learning of two matrices on white inputs, exactly, in coordinates in which its modes can be read off.
//
// With Sigma11 = I and Sigma31 = U S V^T of as many modes as inputs, turn the inputs to V and write the
// outputs as W32 = U C + Q R, where Q's orthonormal columns are orthogonal to U. Eq 1 never leaves this form
// and never needs Q: the small network (W21 V, (C; R)) trained on (S; 0) is the large one (OutputCompression,
// with a basis that begins with U). The upper block of its end-to-end map, which every step computes, is U^T
// W32 W21 V: its diagonal holds the mode strengths.
#pragma once

#include "dln/network/mode_strengths.hpp"

namespace dln::network {

// Whether that applies, and makes the network smaller: three layers, Sigma11 exactly the identity, as many
// modes as inputs, fewer modes and hidden units together than outputs.
bool have_mode_coordinates(const data::Correlations& correlations, const data::SingularModes& modes,
                           const std::vector<Eigen::Index>& units);

struct InModeCoordinates {
  data::Correlations correlations;
  LinearNetwork<double> start;
};
// `modes` are those of the correlations. Throws DomainError where the above does not apply, NumericalError
// for a start that is not finite.
InModeCoordinates in_mode_coordinates(const data::Correlations& correlations,
                                      const data::SingularModes& modes, const LinearNetwork<double>& start);

// By the error (S; 0) - (C; R) w, w = W21 V, that these coordinates are trained by (ChainGradient).
ModeStrengths mode_strengths_by_error(const Eigen::Ref<const linalg::Matrix>& error,
                                      const data::SingularModes& modes);

}  // namespace dln::network
