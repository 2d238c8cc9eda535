// Eqs 4, 5, 6: the change of variables to modes, cooperation and competition.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/connectivity_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using flow::ConnectivityFlow;
using flow::ConnectivityModes;
using linalg::Matrix;
using linalg::Vector;

// A general network away from everything special: N_3 > N_1 > N_2, no overlap zero, tau = 1.
struct RandomSetting {
  Vector s;             // 6 singular values
  Matrix s31;           // their diagonal matrix, 11 x 6
  ConnectivityModes x;  // N_2 = 4
  Matrix u33, v11;      // full orthogonal bases
};

RandomSetting random_setting(std::uint64_t seed) {
  constexpr Eigen::Index kInputs = 6, kHidden = 4, kOutputs = 11;
  auto stream = base::stream(seed, "random connectivity modes");
  auto gaussian = [&](Eigen::Index rows, Eigen::Index columns) {
    Matrix m(rows, columns);
    for (double& value : m.reshaped()) value = stream.normal();
    return m;
  };
  RandomSetting setting;
  setting.s = Vector::LinSpaced(kInputs, 6, 1);
  setting.s31 = Matrix::Zero(kOutputs, kInputs);
  setting.s31.diagonal() = setting.s;
  setting.x = {gaussian(kHidden, kInputs), gaussian(kHidden, kOutputs)};
  setting.u33 = linalg::haar_orthonormal(kOutputs, kOutputs, stream);
  setting.v11 = linalg::haar_orthonormal(kInputs, kInputs, stream);
  return setting;
}

// The same for a problem's own modes: N_1 inputs, all outputs, N_2 = 32.
RandomSetting random_setting_on(const experiments::LearningProblem& problem, std::uint64_t seed) {
  constexpr Eigen::Index kHidden = 32;
  const auto& modes = problem.modes;
  auto stream = base::stream(seed, "random connectivity modes of a problem");
  auto gaussian = [&](Eigen::Index rows, Eigen::Index columns) {
    Matrix m(rows, columns);
    for (double& value : m.reshaped()) value = stream.normal();
    return m;
  };
  RandomSetting setting;
  setting.s = modes.singular_values;
  setting.s31 = Matrix::Zero(modes.output.rows(), modes.input.rows());
  setting.s31.diagonal().head(setting.s.size()) = setting.s;
  setting.x = {gaussian(kHidden, modes.input.rows()), gaussian(kHidden, modes.output.rows())};
  setting.u33 = linalg::completed_basis(modes.output);
  setting.v11 = linalg::completed_basis(modes.input);
  return setting;
}

data::Correlations white_correlations(const Matrix& sigma31) {
  const auto inputs = sigma31.cols();
  return {Matrix::Identity(inputs, inputs), sigma31, 0, static_cast<std::uint64_t>(inputs),
          data::Normalisation::sum};
}

network::LinearNetwork<double> network_of(const Matrix& w21, const Matrix& w32) {
  return network::LinearNetwork<double>::from_matrices({w21, w32});
}

// Eq 4 by the full network's gradient in the basis of the modes, where Sigma31 = S31.
ConnectivityModes eq4(const RandomSetting& setting) {
  const auto correlations = white_correlations(setting.s31);
  const auto net = network_of(setting.x.a, setting.x.b.transpose());
  auto direction = net;
  network::ChainGradient(correlations, net)(net, direction);
  return {Matrix(direction.weight(1)), Matrix(direction.weight(2)).transpose()};
}

double relative_difference(const ConnectivityModes& x, const ConnectivityModes& y) {
  return base::worst_of(linalg::relative_difference(x.a, y.a), linalg::relative_difference(x.b, y.b));
}

Check agreement(std::string quantity, double measured, double bound, std::string reason, Witnesses witnesses,
                Subject subject = Subject::claim, std::string dataset = {}) {
  return {.quantity = std::move(quantity),
          .measured = measured,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = bound,
          .bound_reason = std::move(reason),
          .wide_reason = "Roundings of both signs cancel in part",
          .witness_pair = std::move(witnesses),
          .dataset = std::move(dataset),
          .subject = subject};
}

const char* kRounding = "rounding of sums over at most 11 terms of size up to 6";

// ------------------------------------------------------------------------------------------------ C2

Check c2_on(const RandomSetting& setting, const std::string& dataset, bool transposed_basis) {
  const auto& [s, s31, x, u33, v11] = setting;
  const auto modes = white_correlations(s31), original = white_correlations(u33 * s31 * v11.transpose());
  const auto start_modes = network_of(0.3 * x.a, 0.3 * x.b.transpose());
  const auto start = network_of(0.3 * x.a * (transposed_basis ? Matrix(v11) : Matrix(v11.transpose())),
                                0.3 * u33 * x.b.transpose());
  const double unit = 6 / s[0];
  const base::TimeGrid<double> grid({0, 0.2 * unit, 0.5 * unit, unit, 3 * unit});
  const ode::Options<double> options{.relative_tolerance = 1e-12, .absolute_tolerance = 1e-14};
  const auto in_modes = network::gradient_flow_fully(start_modes, modes, 1, grid, options);
  const auto in_weights = network::gradient_flow_fully(start, original, 1, grid, options);
  base::Worst worst;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const auto bars = network::network_at(start_modes, in_modes.trajectory.state(i));
    const auto weights = network::network_at(start, in_weights.trajectory.state(i));
    worst.see(linalg::relative_difference(weights.weight(1), bars.weight(1) * v11.transpose()));
    worst.see(linalg::relative_difference(weights.weight(2), u33 * bars.weight(2)));
  }
  return agreement(
      "largest relative difference of W^{21}, W^{32} between Eq 2 and Eq 4 transformed back, t s_{1} up to "
      "18",
      worst.value(), 1e-9,
      "tolerance 1e-12 of both flows, amplified by up to 1000 on the way past the saddles of random weights",
      "N", Subject::claim, dataset);
}

std::vector<Check> c2(Context& context, bool transposed_basis) {
  std::vector<Check> checks{c2_on(random_setting(context.seed()), {}, transposed_basis)};
  for (const auto* problem : {&context.tree(), &context.images()})
    checks.push_back(c2_on(random_setting_on(*problem, context.seed()), problem->name, transposed_basis));
  return checks;
}

// ------------------------------------------------------------------------------------------- C3, C4, X9

// Minus the gradient of an energy by central differences of step h, whose error is h^2 times a third
// derivative.
ConnectivityModes downhill(ConnectivityModes x,
                           const std::function<double(const ConnectivityModes&)>& energy) {
  constexpr double h = 1e-5;
  ConnectivityModes slope = x;
  for (auto part : {&ConnectivityModes::a, &ConnectivityModes::b})
    for (Eigen::Index i = 0; i < (x.*part).size(); ++i) {
      double& value = (x.*part).data()[i];
      const double kept = value;
      value = kept + h;
      const double above = energy(x);
      value = kept - h;
      const double below = energy(x);
      value = kept;
      (slope.*part).data()[i] = -(above - below) / (2 * h);
    }
  return slope;
}

using Field = std::function<ConnectivityModes(const ConnectivityFlow&, const ConnectivityModes&)>;

ConnectivityModes eq5(const ConnectivityFlow& flow, const ConnectivityModes& x) {
  return flow.field(x);
}

// Eq 5 with gamma over the N_1 modes that carry signal in both equations.
ConnectivityModes eq5_with_short_sums(const ConnectivityFlow& flow, const ConnectivityModes& x) {
  ConnectivityModes rates = flow.field(x);
  for (Eigen::Index alpha = 0; alpha < x.a.cols(); ++alpha)
    for (Eigen::Index gamma = x.a.cols(); gamma < x.b.cols(); ++gamma)
      rates.a.col(alpha) += x.b.col(gamma) * x.a.col(alpha).dot(x.b.col(gamma));
  return rates;
}

const char* kDifferences =
    "central differences of step 1e-5 round by 1e-11 of the energy, some 100, over the step";

std::vector<Check> c3(Context& context, const Field& field) {
  const RandomSetting setting = random_setting(context.seed());
  const ConnectivityFlow flow(setting.s, 1);
  const auto rates = field(flow, setting.x);
  const auto slope = downhill(setting.x, [&](const ConnectivityModes& x) { return flow.energy(x).total(); });
  std::vector<Check> checks{agreement("Eq 5 against minus the gradient of Eq 6, relative",
                                      relative_difference(rates, slope), 1e-8, kDifferences, "F"),
                            agreement("Eq 5 against Eq 4, the network's own gradient, relative",
                                      relative_difference(rates, eq4(setting)), 1e-14, kRounding, "FN")};
  for (const auto* problem : {&context.tree(), &context.images()}) {
    const RandomSetting wide = random_setting_on(*problem, context.seed());
    checks.push_back(agreement("Eq 5 against Eq 4, the network's own gradient, relative",
                               relative_difference(field(ConnectivityFlow(wide.s, 1), wide.x), eq4(wide)),
                               1e-13, "rounding of sums over up to 1000 terms", "FN", Subject::claim,
                               problem->name));
  }
  return checks;
}

std::vector<Check> c4(Context& context, double competition_sign) {
  const RandomSetting setting = random_setting(context.seed());
  const ConnectivityFlow flow(setting.s, 1);
  const auto together = flow.cooperation(setting.x), apart = flow.competition(setting.x);
  const ConnectivityModes sum{together.a + competition_sign * apart.a,
                              together.b + competition_sign * apart.b};
  const auto pull =
      downhill(setting.x, [&](const ConnectivityModes& x) { return flow.energy(x).cooperation; });
  const auto push =
      downhill(setting.x, [&](const ConnectivityModes& x) { return flow.energy(x).competition; });
  return {agreement("cooperation + competition against Eq 4, relative",
                    relative_difference(sum, eq4(setting)), 1e-14, kRounding, "F"),
          agreement("cooperation against minus the gradient of Eq 6's first sum, relative",
                    relative_difference(together, pull), 1e-8, kDifferences, "F"),
          agreement("competition against minus the gradient of Eq 6's second sum, relative",
                    relative_difference(apart, push), 1e-8, kDifferences, "F")};
}

std::vector<Check> x9(Context& context, const Field& corrected) {
  const RandomSetting setting = random_setting(context.seed());
  const ConnectivityFlow flow(setting.s, 1);
  const auto exact = eq4(setting);
  return {
      {.quantity = "Eq 5 with γ = 1 … N_{1} in both equations against Eq 4, relative; N_{1} = 6, N_{3} = 11",
       .measured = relative_difference(eq5_with_short_sums(flow, setting.x), exact),
       .expected = 0,
       .relation = Relation::at_least,
       .bound = 0.01,
       .bound_reason = "rounding is 1e-14",
       .witness_pair = "FN",
       .subject = Subject::printed},
      agreement("Eq 5 with γ = 1 … N_{3} for a, 1 … N_{1} for b against Eq 4, relative",
                relative_difference(corrected(flow, setting.x), exact), 1e-14, kRounding, "FN",
                Subject::corrected)};
}

}  // namespace

std::vector<Claim> claims_on_competition() {
  return {
      {{.id = "C2",
        .section = 1,
        .sentence = "Eq 4 is Eq 2 in the variables W^{21} = B^{21}V^{11T}, W^{32} = U^{33}B^{32}: the two "
                    "flows are one.",
        .source = "Eq 4",
        .formula =
            "τ dB^{21}/dt = B^{32T}(S^{31} − B^{32}B^{21}),  τ dB^{32}/dt = (S^{31} − B^{32}B^{21})B^{21T}",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {},
        .needs_images = true},
       [](Context& c) { return c2(c, false); },
       "W^{21} = B^{21}V^{11}, without the transpose",
       [](Context& c) { return c2(c, true); }},
      {{.id = "C3",
        .section = 1,
        .sentence = "Eq 5 is minus the gradient of the energy of Eq 6, and equals Eq 4.",
        .source = "Eqs 5, 6",
        .formula = "τ da^{α}/dt = (s_{α} − a^{α}·b^{α})b^{α} − Σ_{γ≠α} b^{γ}(a^{α}·b^{γ})",
        .witnesses = "SFN",
        .algebra = Algebra::part,
        .figures = {},
        .needs_images = true},
       [](Context& c) { return c3(c, eq5); },
       "γ runs over N_{1} modes in both equations",
       [](Context& c) { return c3(c, eq5_with_short_sums); }},
      {{.id = "C4",
        .section = 1,
        .sentence = "Cooperation within a mode and competition between modes add up to the whole field, each "
                    "being minus the "
                    "gradient of its own part of Eq 6.",
        .source = "after Eq 6",
        .formula = "E = (1/2τ) Σ_{α} (s_{α} − a^{α}·b^{α})^{2} + (1/2τ) Σ_{α≠β} (a^{α}·b^{β})^{2}",
        .witnesses = "SF",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c4(c, 1); },
       "competition attracts instead of repelling",
       [](Context& c) { return c4(c, -1); }},
      {{.id = "X9",
        .kind = Kind::ambiguity,
        .section = 1,
        .sentence = "The range of γ in Eq 5.",
        .source = "Eq 5",
        .formula = "Σ_{γ≠α} b^{γ}(a^{α}·b^{γ}),  Σ_{γ≠α} a^{γ}(b^{α}·a^{γ})",
        .printed = "γ ≠ α without a range, read as the N_{1} modes that carry signal",
        .corrected = "γ = 1 … N_{3} in the equation for a^{α}, γ = 1 … N_{1} in the one for b^{α}",
        .witnesses = "SFN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return x9(c, eq5); },
       "the correction is the reading it corrects",
       [](Context& c) { return x9(c, eq5_with_short_sums); }},
  };
}

}  // namespace dln::validation::section_1
