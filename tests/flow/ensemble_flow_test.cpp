// Ensembles of flows against the driver, which knows the same equations but another method.
#include "dln/flow/ensemble_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/flow/dop853.hpp"
#include "dln/flow/three_layer_flow.hpp"

namespace dln::flow {
namespace {

using base::DepthExponent;
using Array = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kDepths[] = {1, 1.5, 2, 3, 3.7, 9, 99, kInfinity};

DepthExponent depth(double matrices) {
  return matrices == kInfinity ? DepthExponent::infinite() : DepthExponent::from_real(matrices);
}

// Eq 10, 15 or 16 as the driver takes it.
ode::RightHandSide<double> field(double matrices, double s, double tau) {
  const DeepFlow<double> flow({s, tau});
  return matrices == kInfinity ? flow.strength_in_limit(1) : flow.strength(depth(matrices));
}

Array driven(const ode::RightHandSide<double>& f, const Array& x0, double t) {
  ode::Options<double> options;
  options.stepper = ode::Stepper::dopri5;
  options.relative_tolerance = 1e-12;
  options.absolute_tolerance = 1e-30;
  const auto solution = ode::integrate_fully<double>(f, x0, base::TimeGrid<double>({0, t}), options);
  const auto last = solution.trajectory.state(1);
  return {last.begin(), last.end()};
}

struct Modes {
  Array s, u0, tau, t;
  StrengthStarts starts() const { return {s, u0, tau}; }
  std::size_t size() const { return s.size(); }
};

// Times up to some e-foldings of the start's growth, and up to where s is all but reached.
Modes drawn(double matrices, int count) {
  auto stream = base::stream(1, "ensemble flow modes");
  Modes modes;
  for (int i = 0; i < count; ++i) {
    const double s = 0.5 + 2 * stream.uniform(), u0 = s * std::pow(10, -4 * stream.uniform());
    const double L = matrices == kInfinity ? 1 : matrices;
    const double power = matrices == kInfinity ? 2 : 2 - 2 / matrices;
    const double plateau = 1 / (L * s * std::pow(u0, power - 1)), end = 1 / (L * std::pow(s, power));
    modes.s.push_back(s);
    modes.u0.push_back(i % 7 == 0 ? 3 * s - u0 : u0);
    modes.tau.push_back(1.5);
    modes.t.push_back(1.5 * (0.9 * plateau + 3 * end) * stream.uniform());
  }
  return modes;
}

TEST(EnsembleFlow, AgreesWithTheDriverAtEveryDepth) {
  for (double matrices : kDepths) {
    const auto modes = drawn(matrices, 150);
    Array u(modes.size());
    EnsembleOptions options;
    options.tolerance = 1e-10;
    const auto run = integrate_strengths(depth(matrices), modes.starts(), modes.t, u, options);
    EXPECT_TRUE(run.complete());
    base::Worst worst;
    for (std::size_t i = 0; i < u.size(); ++i) {
      const auto f = field(matrices, modes.s[i], modes.tau[i]);
      const double exact = driven(f, {modes.u0[i]}, modes.t[i])[0];
      double slope = 0;
      f({&exact, 1}, {&slope, 1}, 0);
      const double condition = std::abs(modes.t[i] * slope / exact);
      worst.see(std::abs(u[i] / exact - 1) / (options.tolerance * (1 + condition)));
    }
    // The constant of deep_flow.hpp, the driver's own error a hundredth of ours.
    EXPECT_LE(worst.value(), 2) << "L = " << matrices;
  }
}

struct Starts {
  Array a0, b0, s;
};
const Starts kLayers{{0.3, 0.3, -0.3, -0.3, 1e-3, 1.2, 0, 0.5, 0.3, 0.5, 1, 1e-6},
                     {0.2, -0.2, 0.2, -0.2, -5e-4, 1.1, -0.5, 0, 0.2, 0.4, -1.001, 1e-6},
                     {1, 1, 1, 1, 1, 1, 1, 1, -1, 0, 1, 0.8}};

TEST(EnsembleFlow, LayersAgreeWithTheDriverInEverySignCase) {
  const auto& [a0, b0, s] = kLayers;
  const Array tau{1.5};
  Array a(a0.size()), b(a0.size());
  EnsembleOptions options;
  options.tolerance = 1e-10;
  for (double t : {0.05, 1.0, 6.0}) {
    integrate_layers({a0, b0, s, tau}, Array{t}, a, b, options).require_complete();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto exact = driven(ThreeLayerFlow<double>({s[i], tau[0]}).layers(), {a0[i], b0[i]}, t);
      // A start's error grows as e^{|s| t/tau} at most.
      const double allowed = 2e-10 * std::exp(t / tau[0]) * std::max(std::abs(exact[0]), std::abs(exact[1]));
      EXPECT_NEAR(a[i], exact[0], allowed) << i << " at " << t;
      EXPECT_NEAR(b[i], exact[1], allowed) << i << " at " << t;
    }
  }
}

// The conditions that make the end a quadrature of order 8, and the estimates vanish to their orders.
TEST(EnsembleFlow, ItsTableauIsAQuadratureOfOrderEight) {
  using namespace dop853;
  for (std::size_t power = 0; power < 8; ++power) {
    double end = 0, fifth = 0, third = 0;
    for (std::size_t j = 0; j < kStages; ++j) {
      const double node = std::pow(std::accumulate(kStage[j].begin(), kStage[j].end(), 0.0), power);
      end += kEnd[j] * node;
      fifth += kFifth[j] * node;
      third += kThird[j] * node;
    }
    EXPECT_NEAR(end, 1.0 / static_cast<double>(power + 1), 1e-14) << power;  // weights up to 6
    EXPECT_NEAR(power < 5 ? fifth : 0, 0, 1e-14) << power;
    EXPECT_NEAR(power < 3 ? third : 0, 0, 1e-14) << power;
  }
}

// Fixed steps, whatever their error: that of order 8 falls by 2^8 as they are halved. Near s, where the first
// step may be as long as the others.
TEST(EnsembleFlow, IsOfOrderEight) {
  for (double matrices : {1.0, 2.0, 5.0, kInfinity}) {
    const double pace = matrices == kInfinity ? 1 : matrices;  // at s = 1
    const Array s{1}, u0{0.85}, tau{pace}, t{4};
    const auto after = [&](int steps) {
      Array u(1);
      EnsembleOptions options;
      options.tolerance = 1e6;
      options.maximum_step = t[0] / steps;
      const auto run = integrate_strengths(depth(matrices), {s, u0, tau}, t, u, options);
      EXPECT_EQ(run.work.accepted_steps, static_cast<std::size_t>(steps));
      return u[0];
    };
    const double exact = after(64);
    EXPECT_NEAR(std::log2((after(4) - exact) / (after(8) - exact)), 8, 1) << matrices;
  }
}

// From any of 2000 starts: an estimate that vanishes by chance would let one of them go astray.
TEST(EnsembleFlow, ErrorsFollowTheToleranceInEveryMode) {
  for (double matrices : {2.0, 3.0, 99.0}) {
    auto modes = drawn(matrices, 2000);
    Array best(modes.size()), u(modes.size());
    EnsembleOptions options;
    options.tolerance = 1e-13;
    integrate_strengths(depth(matrices), modes.starts(), modes.t, best, options).require_complete();
    for (double tolerance : {1e-5, 1e-7, 1e-9}) {
      options.tolerance = tolerance;
      integrate_strengths(depth(matrices), modes.starts(), modes.t, u, options).require_complete();
      base::Worst worst;
      for (std::size_t i = 0; i < u.size(); ++i) {
        double slope = 0;
        field(matrices, modes.s[i], modes.tau[i])({&best[i], 1}, {&slope, 1}, 0);
        const double condition = std::abs(modes.t[i] * slope / best[i]);
        worst.see(std::abs(u[i] / best[i] - 1) / (tolerance * (1 + condition)));
      }
      EXPECT_LE(worst.value(), 2) << "L = " << matrices << ", tolerance " << tolerance;
    }
  }
}

TEST(EnsembleFlow, AModeAnswersAloneAsAmongOthers) {
  for (double matrices : {2.0, 3.7}) {
    const auto modes = drawn(matrices, 500);
    Array u(modes.size()), alone(1);
    integrate_strengths(depth(matrices), modes.starts(), modes.t, u).require_complete();
    for (std::size_t i = 0; i < u.size(); i += 7) {
      integrate_strengths(depth(matrices), {Array{modes.s[i]}, Array{modes.u0[i]}, Array{modes.tau[i]}},
                          Array{modes.t[i]}, alone)
          .require_complete();
      EXPECT_EQ(alone[0], u[i]) << matrices << ' ' << i;
    }
  }
}

TEST(EnsembleFlow, RestsAtFixedPointsAndAtTimeZero) {
  for (double matrices : {2.0, 3.0, kInfinity}) {
    const Array s{1.7}, tau{1}, u0{0, 1.7, 0.3}, t{50, 50, 0};
    Array u(3);
    integrate_strengths(depth(matrices), {s, u0, tau}, t, u).require_complete();
    EXPECT_EQ(u, u0);
  }
  Array u(1);
  integrate_strengths(depth(1), {Array{2}, Array{0}, Array{1}}, Array{1}, u).require_complete();
  EXPECT_NEAR(u[0], 2 * (1 - std::exp(-1.0)), 1e-9) << "a shallow mode leaves 0";
}

}  // namespace
}  // namespace dln::flow
