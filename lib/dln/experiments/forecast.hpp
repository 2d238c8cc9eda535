// Forecast: what a deep linear network will learn of its data, mode by mode and when, before it is trained.
//
// Theory knows a mode by itself (lone_modes.hpp); a forecast is that for every mode, from the network's own
// start and from others drawn like it, at the rate of the descent. It neglects what modes do to each other:
// on inputs that are white, or whose principal components the modes are (Eq 18), that is little from small
// starts; on others the error ends above the least that the network can reach, and both are told.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/base/progress.hpp"
#include "dln/experiments/analysis_problem.hpp"
#include "dln/experiments/lone_modes.hpp"
#include "dln/experiments/rate_advice.hpp"

namespace dln::experiments {

enum class StartKind {
  decoupled,  // u0^{1/L} in every layer of every mode, in the modes' own bases
  random,  // entries N(0, sigma^2): sigma = u0 for L = 1, sqrt(2 u0 / N_2) for L = 2, u0^{1/L}/sqrt(N) beyond
  orthogonal,  // u0^{1/L} times orthonormal columns or rows
  pretrained,  // lower layers by autoencoders, L >= 2; on top entries N(0, u0^2)
  given,       // a network of one's own
};
std::string_view name_of(StartKind kind);

struct StartOptions {
  StartKind kind = StartKind::random;
  base::Depth depth = base::Depth::from_layers(3);
  Eigen::Index hidden_units = 100;  // in every hidden layer; those of `given` where that is given
  double initial_strength = 1e-3;   // u0 > 0
  std::uint64_t seed = 1;
  std::optional<network::LinearNetwork<double>> given = {};  // in the problem's coordinates
};

// The start number `draw`; a given one is the same whatever its number. Throws DomainError for options out of
// their domains: autoencoders need a hidden layer.
network::LinearNetwork<double> draw_start(const LearningProblem& problem, const StartOptions& options,
                                          int draw, base::Progress& progress);
// Whether draws differ in what theory expects of them.
bool scatters(StartKind kind);

// lambda_max of the whole Hessian where learning begins and where it ends: at the start; at theory's end,
// every mode at s/d in equal layers; and at the least error of any network of this narrowest layer, balanced.
// Where modes are no principal components learning goes on from the one end towards the other.
struct SharpnessAhead {
  double start = 0, theory_end = 0, least_error = 0;
  // What a rate has to bear to learn what theory expects.
  double largest() const { return std::max(start, theory_end); }
};
// Throws NumericalError when a product overflows.
SharpnessAhead sharpness_ahead(const LearningProblem& problem, const network::LinearNetwork<double>& start);
// The one at theory's end, of a network whose narrowest layer is this.
double sharpness_at_theory_end(const LearningProblem& problem, base::Depth depth, Eigen::Index narrowest);

struct ForecastOptions {
  StartOptions start;
  double rate = 0;               // > 0
  int draws = 40;                // >= 1 of starts, where they scatter
  long most_epochs = 20'000;     // >= 1
  std::size_t samples = 400;     // >= 2, about
  Eigen::Index most_modes = 64;  // >= 1, the leading ones; the rest counts as not learned
};

struct ModeForecast {
  double singular_value, variance, end;     // s, d, s/d
  double half_epochs, half_low, half_high;  // by descent: of this start; 10 and 90 % over draws
  double flow_half_epochs;                  // by the closed form of the flow
};

// The whole map's way by the matrix solution of the flow, modes overlapping as they do: of two matrices on
// white inputs, from lambda-balanced starts.
struct WholeForecast {
  linalg::Matrix strengths;  // samples x modes
  std::vector<double> error;
  bool least_error;  // where it leads; else to a saddle
  double excess;     // of the error there above the least
};

struct Forecast {
  StartOptions start;
  network::LinearNetwork<double> network;  // the start, draw 0
  double rate;
  LoneLaw law;
  std::vector<ModeForecast> modes;
  std::vector<double> epochs;
  linalg::Matrix strengths, low, high;  // samples x modes: of this start; 10 and 90 % over draws, which are
                                        // empty where starts do not scatter
  std::vector<double> error, error_low, error_high, held_out_error;  // the last where examples are held out
  double error_at_zero, theory_end, least_error;
  std::optional<WholeForecast> whole;
  int draws;
  bool complete;  // the leading ten modes, or all, have passed half of their way

  // Epochs until the error has fallen by this share of what theory expects it to fall; NaN where it has not.
  double epochs_to(double share) const;
};

// From draw 0, or from the start that the caller has drawn. Throws DomainError for options out of their
// domains.
Forecast make_forecast(const AnalysisProblem& analysed, network::LinearNetwork<double> start,
                       const ForecastOptions& options, base::Progress& progress);
Forecast make_forecast(const AnalysisProblem& analysed, const ForecastOptions& options,
                       base::Progress& progress);

// 1/2 [sum ||y||^2 - sum_alpha (2 s u - d u^2)] for the map U diag(u) V^T over the leading modes, exact
// whatever Sigma11 is.
double error_of_strengths(double target_power, const AlignedModes& modes, const linalg::Vector& strengths);

// Quantiles 0 <= q <= 1 down each column, interpolated; NaNs sort last.
linalg::Vector column_quantiles(const linalg::Matrix& values, double q);

}  // namespace dln::experiments
