// Unequal layers at any depth: against Eq 14 itself by many small Runge-Kutta steps, against the laws that it
// contains, and to the last digits against the plain integral over the least layer.
#include "dln/theory/unbalanced_deep_mode.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::theory {
namespace {

using Layers = std::vector<long double>;

// tau a_i' = (s - prod a) prod_{j != i} a_j, classical Runge-Kutta with steps so small that rounding rules.
Layers stepped(const std::vector<double>& start, double s, double tau, double t) {
  const int steps = 40'000;
  const long double h = static_cast<long double>(t) / steps;
  const auto field = [&](const Layers& a) {
    Layers rates(a.size());
    long double u = 1;
    for (long double x : a) u *= x;
    for (std::size_t i = 0; i < a.size(); ++i) {
      rates[i] = (s - u) / tau;
      for (std::size_t j = 0; j < a.size(); ++j)
        if (j != i) rates[i] *= a[j];
    }
    return rates;
  };
  const auto moved = [](Layers a, const Layers& by, long double c) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += c * by[i];
    return a;
  };
  Layers a(start.begin(), start.end());
  for (int n = 0; n < steps; ++n) {
    const Layers k1 = field(a), k2 = field(moved(a, k1, h / 2)), k3 = field(moved(a, k2, h / 2)),
                 k4 = field(moved(a, k3, h));
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return a;
}

TEST(UnbalancedDeepMode, FollowsEq14FromAnyLayers) {
  struct Start {
    std::vector<double> layers;
    double s;
    std::vector<double> times;
  };
  const std::vector<Start> starts{
      {{0.1, 0.2, 0.3}, 1, {3, 12}},              // rising
      {{-0.1, 0.2, 0.3}, 1, {5, 10, 25}},         // through zero
      {{0.1, -0.2, -0.3, 0.5}, 1.7, {2, 8}},      // an even number of negative layers
      {{-0.01, -0.02, -0.3, 0.4, 0.9}, 1, {40}},  // an odd number
      {{0, 0.2, 0.3}, 1, {4, 15}},                // leaves an axis
      {{1.5, 2, 1}, 1, {0.1, 0.4}},               // falls from above
      {{-0.5, 0.5, 0.7}, 2, {2, 8}},              // two share the least size: to the saddle
      {{0.5, 0.5, 0.5}, 2, {1, 2}},
  };
  for (const auto& [layers, s, times] : starts) {
    const UnbalancedDeepMode<double> m({layers, s, 1.3});
    for (double t : times) {
      const Layers expected = stepped(layers, s, 1.3, t);
      const auto found = layers_at(m, t);
      base::Worst difference;
      long double u = 1;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        difference.see(std::abs(found[i] - static_cast<double>(expected[i])));
        u *= expected[i];
      }
      // Quadrature to 1e-14 and Runge-Kutta to (t/40000)^4, both below this.
      EXPECT_LT(difference.value(), 1e-12) << layers[0] << ' ' << t;
      EXPECT_NEAR(strength_at(m, t), static_cast<double>(u), 1e-12);
      EXPECT_NEAR(strength_gap_at(m, t), static_cast<double>(s - u), 1e-12);
    }
  }
}

TEST(UnbalancedDeepMode, ReachesAStrengthAtTheTimeItSays) {
  const UnbalancedDeepMode<double> rising({{-0.1, 0.2, 0.3}, 1, 1.3}), falling({{1.5, 2, 1}, 1, 1.3});
  for (double u : {-0.003, 0.0, 1e-4, 0.3, 0.5, 0.9, 0.99999})
    EXPECT_NEAR(strength_at(rising, time_to_reach(rising, u)), u, 1e-13) << u;
  for (double u : {2.9, 1.5, 1.0001})
    EXPECT_NEAR(strength_at(falling, time_to_reach(falling, u)), u, 1e-13) << u;
  EXPECT_NEAR(learning_time(rising, 1e-9), time_to_reach(rising, 1 - 1e-9),
              1e-5);  // 1 - 1e-9 rounds: 1e-7 of it
  EXPECT_EQ(half_learning_time(rising), time_to_reach(rising, 0.5));
}

TEST(UnbalancedDeepMode, ContainsEq8AndEq15) {
  const UnbalancedDeepMode<double> two({{1e-3, -5e-4}, 1, 1});
  const UnequalMode<double> eq8({.a0 = 1e-3, .b0 = -5e-4, .singular_value = 1, .time_constant = 1});
  EXPECT_NEAR(half_learning_time(two), 8.294049328, 1e-8);
  for (double t : {0.1, 1.0, 5.0, 20.0})
    EXPECT_NEAR(strength_at(two, t) / strength_at(eq8, t), 1, 1e-12) << t;
  const double a = std::pow(1e-5, 0.2);
  const UnbalancedDeepMode<double> five({{a, a, a, a, a}, 1, 1});
  const DeepMode<double> eq15(base::DepthExponent::from_real(5), {1, 1e-5, 1});
  for (double u : {1e-4, 0.1, 0.5, 0.999})
    EXPECT_NEAR(time_to_reach(five, u) / time_to_reach(eq15, u), 1, 1e-12) << u;
  EXPECT_NEAR(rate(five, 0.3) / rate(eq15, 0.3), 1, 1e-12);
}

template <unsigned Digits>
using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<Digits>,
                                            boost::multiprecision::et_off>;
using Fifty = Float<50>;
using Wide = Float<100>;

struct Group {
  double size;  // of either sign
  int count;
};

constexpr double kAllowed = 8;  // units of eps (1 + cond); the law promises 64

// t/tau = int dz / (P (s - z P)), P = prod sqrt(z^2 + kappa): the integral as it stands, over the least layer
// z itself (directed to grow, and halved at 0), by a quadrature of another family. At an end, u or s - u.
template <class Real>
class PlainIntegral {
 public:
  // The inputs: sizes of the groups, s, and u or s - u.
  using Inputs = std::vector<Real>;

  PlainIntegral(std::vector<Group> groups, bool by_gap, double tolerance)
      : groups_(std::move(groups)), by_gap_(by_gap), tolerance_(tolerance) {}

  Inputs inputs(double s, double end) const {
    Inputs x;
    for (const Group& group : groups_) x.push_back(Real(group.size));
    x.insert(x.end(), {Real(s), Real(end)});
    return x;
  }

  Real time(const Inputs& x) const {
    static boost::math::quadrature::tanh_sinh<Real> rule(14);
    const auto n = groups_.size();
    std::size_t least = 0;
    for (std::size_t i = 0; i < n; ++i)
      if (abs(x[i]) < abs(x[least])) least = i;
    bool negative = false;
    for (std::size_t i = 0; i < n; ++i) negative ^= x[i] < 0 && groups_[i].count % 2 == 1;
    const auto others = [&](const Real& z) {
      Real product = 1;
      for (std::size_t i = 0; i < n; ++i)
        product *= pow(sqrt(Real(z * z + (x[i] - x[least]) * (x[i] + x[least]))),
                       groups_[i].count - (i == least ? 1 : 0));
      return product;
    };
    const Real s = x[n], u = by_gap_ ? Real(s - x[n + 1]) : x[n + 1];
    const Real from = negative ? Real(-abs(x[least])) : Real(abs(x[least])), to = place_of(u, others);
    const auto part = [&](const Real& a, const Real& b) {
      const Real half = (b - a) / 2;
      const auto pace = [&](const Real& along) {  // -1 to 1
        const Real z = a + half * (1 + along), p = others(z);
        return Real(half / (p * (s - z * p)));
      };
      return a == b ? Real(0) : Real(rule.integrate(pace, Real(-1), Real(1), Real(tolerance_)));
    };
    return from < 0 && to > 0 ? Real(part(from, Real(0)) + part(Real(0), to)) : part(from, to);
  }

 private:
  template <class Others>
  static Real place_of(const Real& u, const Others& others) {
    Real far = 1;
    while (far * others(far) < abs(u)) far *= 2;
    const auto missing = [&](const Real& z) { return Real(z * others(z) - u); };
    boost::uintmax_t iterations = 2000;
    const auto bracket = boost::math::tools::toms748_solve(
        missing, Real(-far), far, boost::math::tools::eps_tolerance<Real>(), iterations);
    return (bracket.first + bracket.second) / 2;
  }

  std::vector<Group> groups_;
  bool by_gap_;
  double tolerance_;
};

// Time to an end, with what an error of the inputs does to it.
struct Witnessed {
  Wide time;
  double by_inputs;  // sum |x dt/dx| over layers and s, the end being kept
  double by_end;     // dt / d(end)
};

Witnessed witnessed(const std::vector<Group>& groups, double s, double end, bool by_gap) {
  using Narrow = Float<36>;
  const PlainIntegral<Wide> exact(groups, by_gap, 1e-62);
  const PlainIntegral<Narrow> rough(groups, by_gap, 1e-30);
  const auto x = rough.inputs(s, end);
  const double h = 1e-10;
  const auto slope = [&](std::size_t i) {
    auto above = x, below = x;
    above[i] *= 1 + Narrow(h);
    below[i] *= 1 - Narrow(h);
    return static_cast<double>((rough.time(above) - rough.time(below)) / (2 * Narrow(h)));
  };
  double by_inputs = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) by_inputs += std::abs(slope(i));
  return {exact.time(exact.inputs(s, end)), by_inputs, slope(x.size() - 1) / end};
}

// The largest error, in units of eps (1 + cond), of time, and of strength (or gap) at that time.
template <class Real>
double largest_error(const std::vector<Group>& groups, double s, double end, bool by_gap,
                     const Witnessed& witness) {
  std::vector<Real> layers;
  for (const Group& group : groups)
    layers.resize(layers.size() + static_cast<std::size_t>(group.count), group.size);
  const UnbalancedDeepMode<Real> m({layers, Real(s), Real(1)});
  const double eps = static_cast<double>(std::numeric_limits<Real>::epsilon());
  const auto units = [&](const Wide& error, double scale) {
    return static_cast<double>(abs(error)) / (eps * scale);
  };
  const double t = static_cast<double>(witness.time);
  const Real found = by_gap ? learning_time(m, Real(std::abs(end))) : time_to_reach(m, Real(end));
  base::Worst worst;
  worst.see(units(Wide(found) - witness.time, 2 * t + witness.by_inputs + std::abs(end * witness.by_end)));
  const Real now = static_cast<Real>(witness.time);
  const Wide there = by_gap ? Wide(strength_gap_at(m, now)) : Wide(strength_at(m, now));
  const Wide expected = Wide(end) + (Wide(now) - witness.time) / Wide(witness.by_end);
  worst.see(units(there - expected, std::abs(end) + (2 * t + witness.by_inputs) / std::abs(witness.by_end)));
  return worst.value();
}

TEST(UnbalancedDeepMode, IsAsAccurateAsItsNumbersFromAnyLayers) {
  struct Start {
    const char* what;
    std::vector<Group> groups;
    double s;
    std::vector<double> strengths, gaps;
  };
  const std::vector<Start> starts{
      {"a pair", {{1e-6, 1}, {2e-6, 1}}, 1, {2.1e-12, 0.6}, {1e-9}},
      {"a pair through zero", {{-5e-4, 1}, {1e-3, 1}}, 1, {-1e-9, 0.3}, {1e-12}},
      {"ratio 1e6", {{1e-6, 1}, {1, 2}}, 1, {1.5e-6}, {1e-10}},
      {"one small layer of 1000", {{1e-12, 1}, {1, 999}}, 1, {}, {1e-8}},
      {"1000 layers, a plateau", {{0.98, 999}, {0.5, 1}}, 1, {1e-4}, {1e-6}},
      {"three decades", {{0.001, 1}, {0.01, 1}, {0.1, 1}, {1, 1}, {10, 1}}, 3, {2e-5}, {1e-9}},
      {"ratio 2e6 through zero", {{-1e-6, 1}, {1e-5, 1}, {1, 2}, {2, 1}}, 1, {-1e-12}, {1e-9}},
      {"beside the saddle", {{-0.5, 1}, {0.500001, 1}, {0.7, 1}}, 1, {-1e-7}, {1e-6}},
      {"from an axis", {{0, 1}, {0.2, 1}, {0.3, 1}}, 1, {1e-8}, {1e-3}},
      {"from above", {{1.5, 1}, {2, 1}, {1, 1}, {3, 1}}, 2, {8.5}, {-1e-9}},
      {"from far above", {{100, 3}, {50, 1}}, 1, {100}, {-1e-2}},
      {"close to s", {{1, 2}, {1 - 0x1p-30, 1}}, 1, {}, {0x1p-31}},
      {"into the saddle", {{0.5, 2}, {-0.7, 1}}, 1, {-1e-12}, {}},
      {"1000 layers, sizes 1e-3 and 1e3", {{1e-3, 500}, {1e3, 499}, {100, 1}}, 2, {}, {1e-3}},
      {"equal layers", {{1e-2, 5}}, 30, {29}, {1e-6}},
  };
  for (const auto& [what, groups, s, strengths, gaps] : starts) {
    const auto see = [&](double end, bool by_gap) {
      const Witnessed witness = witnessed(groups, s, end, by_gap);
      EXPECT_LE(largest_error<double>(groups, s, end, by_gap, witness), kAllowed) << what << ' ' << end;
      EXPECT_LE(largest_error<long double>(groups, s, end, by_gap, witness), kAllowed) << what << ' ' << end;
      EXPECT_LE(largest_error<Fifty>(groups, s, end, by_gap, witness), kAllowed) << what << ' ' << end;
    };
    for (double u : strengths) see(u, false);
    for (double gap : gaps) see(gap, true);
  }
}

TEST(UnbalancedDeepMode, StaysOrEndsWhereTheSaddleHoldsIt) {
  const double forever = std::numeric_limits<double>::infinity();
  const UnbalancedDeepMode<double> origin({{0, 0, 0.3}, 1, 1}), stable({{-0.5, 0.5, 0.7}, 1, 1}),
      away({{-0.4, 0.5, 0.7}, 1, 1});
  EXPECT_EQ(strength_at(origin, 1e6), 0);
  EXPECT_EQ(strength_at(stable, forever), 0);
  EXPECT_NEAR(strength_at(away, forever), 1, 1e-15);
  EXPECT_THROW(time_to_reach(origin, 0.1), base::UnreachableError);
  EXPECT_THROW(time_to_reach(stable, 0.1), base::UnreachableError);
  EXPECT_GT(time_to_reach(stable, -1e-6), 0);
  EXPECT_GT(time_to_reach(away, 0.1), 0);
  try {
    learning_time(stable, 0.1);
    FAIL() << "it ends on the saddle";
  } catch (const base::UnreachableError& error) {
    EXPECT_EQ(std::string(error.what()).find("uf = 0.9: "), 0u) << error.what();
  }
}

TEST(UnbalancedDeepMode, HasDoneHalfOfALayersChangeAtItsHalfTime) {
  const std::vector<std::vector<double>> starts{{0.1, 0.2, 0.3},  {-0.1, 0.2, 0.9}, {1.5, 2, 1},
                                                {-0.5, 0.5, 0.7}, {0, 0.2, 0.3},    {-3, 4, 5}};
  for (const auto& start : starts) {
    const UnbalancedDeepMode<double> m({start, 1, 1.3});
    const auto end = layers_reached(m);
    for (std::size_t i = 0; i < start.size(); ++i) {
      const double t = half_change_time(m, i);
      EXPECT_GT(t, 0);
      EXPECT_NEAR(layers_at(m, t)[i], (start[i] + end[i]) / 2, 1e-14 * std::abs(start[i] - end[i]) + 1e-14)
          << start[0] << ' ' << i;
    }
  }
  const UnbalancedDeepMode<double> still({{0, 0, 0.3}, 1, 1}), done({{1, 1, 1}, 1, 1});
  for (std::size_t i : {0u, 1u, 2u}) {
    EXPECT_EQ(half_change_time(still, i), 0);
    EXPECT_EQ(half_change_time(done, i), 0);
  }
  EXPECT_THROW(half_change_time(done, 3), base::DomainError);
}

TEST(UnbalancedDeepMode, RefusesNumbersOutsideItsDomain) {
  const auto make = [](std::vector<double> layers, double s, double tau) {
    UnbalancedDeepMode<double>({layers, s, tau});
  };
  EXPECT_THROW(make({0.1}, 1, 1), base::DomainError);
  EXPECT_THROW(make({0.1, std::nan("")}, 1, 1), base::DomainError);
  EXPECT_THROW(make({0.1, 0.2}, 0, 1), base::DomainError);
  EXPECT_THROW(make({0.1, 0.2}, 1, 0), base::DomainError);
  const UnbalancedDeepMode<double> m({{0.1, 0.2}, 1, 1});
  EXPECT_THROW(strength_at(m, -1), base::DomainError);
  EXPECT_THROW(time_to_reach(m, 1), base::UnreachableError);
  EXPECT_THROW(learning_time(m, 0), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
