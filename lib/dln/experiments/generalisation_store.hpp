// Draws and their curves as a RunStore keeps them: private to generalisation.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dln/experiments/generalisation.hpp"

namespace dln::experiments {

// Every coordinate on which a draw depends; the number is raised when the way of running changes.
std::string draw_key(const GeneralisationOptions& o, int draw);
std::string curve_key(const GeneralisationOptions& o, int draw, const std::string& network,
                      const std::vector<double>& times);

std::vector<double> packed(const ErrorCurve& curve);
std::vector<double> packed(const SpectrumDraw& spectrum);

// Nothing where nothing of this size was kept.
std::optional<ErrorCurve> unpacked(const std::optional<std::vector<double>>& kept, std::size_t samples);
std::optional<SpectrumDraw> unpacked_spectrum(const std::optional<std::vector<double>>& kept,
                                              const GeneralisationOptions& o);

}  // namespace dln::experiments
