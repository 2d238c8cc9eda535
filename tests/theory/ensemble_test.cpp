// The laws over arrays against the laws themselves, mode by mode.
#include "dln/theory/ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::theory {
namespace {

using base::DepthExponent;
using Array = std::vector<double>;
using testing::HasSubstr, testing::StartsWith;

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kDepths[] = {1, 1.5, 2, 2.5, 3, 3.7, 4, 5, 9, 41, 99, 1000, 1e6, kInfinity};
constexpr double kStarts[] = {1e-170, 1e-60, 1e-12, 1e-6, 1e-3,  0.1,       0.3,       0.49, 0.5,
                              0.51,   0.7,   0.9,   0.99, 0.999, 1 - 1e-12, 1 + 1e-12, 1.5,  1e3};

DepthExponent depth(double matrices) {
  return matrices == kInfinity ? DepthExponent::infinite() : DepthExponent::from_real(matrices);
}

// use(law) for the mode's law at a depth.
template <class Use>
auto by_law(double matrices, const ModeNumbers<double>& numbers, const Use& use) {
  return matrices == kInfinity ? use(InfiniteDepthMode<double>(1, numbers))
                               : use(DeepMode<double>(depth(matrices), numbers));
}
double law_strength(double matrices, const ModeNumbers<double>& numbers, double t) {
  return by_law(matrices, numbers, [&](const auto& m) { return strength_at(m, t); });
}
double law_time(double matrices, const ModeNumbers<double>& numbers, double u) {
  return by_law(matrices, numbers, [&](const auto& m) { return time_to_reach(m, u); });
}

// Modes of one depth with something asked of each.
struct Questions {
  Array s, u0, tau, given;
  ModeArrays modes() const { return {s, u0, tau}; }
  ModeNumbers<double> numbers(std::size_t i) const { return {s[i], u0[i], tau[i]}; }
  void add(const ModeNumbers<double>& m, double asked) {
    s.push_back(m.singular_value);
    u0.push_back(m.initial_strength);
    tau.push_back(m.time_constant);
    given.push_back(asked);
  }
};

// Places from next to u0 to next to s, evenly in ln(x/(1 - x)), and close to either end.
Array places_between(double u0, double s) {
  Array places;
  const double x0 = u0 < s ? u0 / s : s / u0, z0 = std::log(x0) - std::log1p(-x0);
  for (int k = -12; k <= 40; ++k) {
    const double z = k < 0 ? z0 + std::pow(10.0, k) : z0 + (34 - z0) * (k + 0.5) / 41;
    const double x = 1 / (1 + std::exp(-z)), u = u0 < s ? s * x : s / x;
    if ((u0 < u && u < s) || (s < u && u < u0)) places.push_back(u);
  }
  return places;
}

Questions strengths_to_reach(double matrices) {
  Questions all;
  for (double x0 : kStarts) {
    const ModeNumbers<double> numbers{0.7, 0.7 * x0, 3};
    for (double u : places_between(numbers.initial_strength, 0.7))
      if (std::isfinite(law_time(matrices, numbers, u))) all.add(numbers, u);
  }
  return all;
}

TEST(Ensemble, TimesAreTheLawsToEightEps) {
  for (double matrices : kDepths) {
    const auto asked = strengths_to_reach(matrices);
    ASSERT_GT(asked.s.size(), 500u);
    Array times(asked.s.size());
    times_to_reach(depth(matrices), asked.modes(), asked.given, times);
    base::Worst worst;
    for (std::size_t i = 0; i < times.size(); ++i)
      worst.see(std::abs(times[i] / law_time(matrices, asked.numbers(i), asked.given[i]) - 1) / kEps);
    // Six are seen: the readings, at most four times as large as their difference, and the law itself.
    EXPECT_LE(worst.value(), 8) << "L = " << matrices;
  }
}

// Between the law's strengths at t (1 - 8 eps) and t (1 + 8 eps), but for 8 eps of themselves: as much as a
// few roundings of t and of u do, where u grows so fast that no multiple of cond would say it.
TEST(Ensemble, StrengthsAreTheLawsToEightRoundingsOfTimeAndStrength) {
  for (double matrices : kDepths) {
    auto asked = strengths_to_reach(matrices);
    for (std::size_t i = 0; i < asked.s.size(); ++i)
      asked.given[i] = law_time(matrices, asked.numbers(i), asked.given[i]);
    Array strengths(asked.s.size());
    strengths_at(depth(matrices), asked.modes(), asked.given, strengths);
    for (std::size_t i = 0; i < strengths.size(); ++i) {
      const auto numbers = asked.numbers(i);
      const double t = asked.given[i];
      const double before = law_strength(matrices, numbers, t * (1 - 8 * kEps));
      const double after = law_strength(matrices, numbers, t * (1 + 8 * kEps));
      EXPECT_GE(strengths[i], std::min(before, after) * (1 - 8 * kEps))
          << matrices << ' ' << asked.u0[i] << ' ' << t;
      EXPECT_LE(strengths[i], std::max(before, after) * (1 + 8 * kEps))
          << matrices << ' ' << asked.u0[i] << ' ' << t;
    }
  }
}

TEST(Ensemble, StrengthsStayBetweenTheStartAndS) {
  auto stream = base::stream(1, "ensemble bounds");
  for (double matrices : kDepths) {
    Questions asked;
    for (int i = 0; i < 1000; ++i)
      asked.add({1.3, 1.3 * std::pow(10, -14 * stream.uniform()), 1},
                std::pow(10, 30 * stream.uniform() - 20));
    Array u(asked.s.size());
    strengths_at(depth(matrices), asked.modes(), asked.given, u);
    for (std::size_t i = 0; i < u.size(); ++i) {
      EXPECT_GE(u[i], asked.u0[i] * (1 - 2 * kEps));
      EXPECT_LE(u[i], asked.s[i] * (1 + 2 * kEps));
    }
  }
}

TEST(Ensemble, BothEndsOfTimeAreExact) {
  const Array s{1.5}, u0{1e-200, 1e-8, 0.2, 1.4, 1.5, 7}, tau{2};
  for (double matrices : kDepths) {
    Array u(u0.size());
    strengths_at(depth(matrices), {s, u0, tau}, Array{0}, u);
    EXPECT_EQ(u, u0) << matrices;
    strengths_at(depth(matrices), {s, u0, tau}, Array{kInfinity}, u);
    EXPECT_EQ(u, Array(u0.size(), 1.5)) << matrices;
  }
}

TEST(Ensemble, AnswersAsTheLawWhereItsOwnFormDoesNotReach) {
  const Array s{1, 1e-120, 1e120, 1, 1}, u0{0, 1e-121, 1e119, 1, 1e-300}, tau{1, 1, 1, 1e-120, 1}, t{3};
  for (double matrices : {2.0, 5.0, kInfinity}) {
    Array u(s.size());
    strengths_at(depth(matrices), {s, u0, tau}, t, u);
    for (std::size_t i = 0; i < u.size(); ++i)
      EXPECT_EQ(u[i], law_strength(matrices, {s[i], u0[i], tau[i]}, t[0])) << matrices << ' ' << i;
  }
}

// Neither neighbours nor the place in the array, and so in a vector of any width, count.
TEST(Ensemble, AModeAnswersAloneAsAmongOthers) {
  auto stream = base::stream(1, "ensemble neighbours");
  for (double matrices : {1.0, 2.0, 4.0, 99.0, kInfinity}) {
    Questions asked;
    for (int i = 0; i < 601; ++i) asked.add({0.5 + 9 * stream.uniform(), 1e-3, 1}, 3 * stream.uniform());
    Array u(asked.s.size());
    strengths_at(depth(matrices), asked.modes(), asked.given, u);
    for (std::size_t i = 0; i < u.size(); i += 7) {
      Array alone(1);
      strengths_at(depth(matrices), {Array{asked.s[i]}, Array{1e-3}, Array{1}}, Array{asked.given[i]}, alone);
      EXPECT_EQ(alone[0], u[i]) << matrices << ' ' << i;
    }
  }
}

template <class Error, class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of that type thrown";
  return "";
}

TEST(Ensemble, NamesTheModeThatALawRefuses) {
  for (double matrices : {1.0, 2.0, 3.0, kInfinity}) {
    Array s(300, 1.0), u0(300, 0.1), tau(300, 1.0), asked(300, 0.5), out(300);
    const auto refused = [&](Array& array, double value, auto function) {
      const double kept = std::exchange(array[277], value);
      const auto message = message_of<base::DomainError>([&] {
        function(depth(matrices), ModeArrays{s, u0, tau}, asked, out);
      });
      array[277] = kept;
      return message;
    };
    for (double wrong : {-1.0, kInfinity, std::nan("")}) {
      EXPECT_THAT(refused(s, wrong, static_cast<decltype(&times_to_reach)>(strengths_at)),
                  StartsWith("mode 277: s = "));
      EXPECT_THAT(refused(u0, wrong, times_to_reach), StartsWith("mode 277: u0 = "));
      EXPECT_THAT(refused(tau, wrong, times_to_reach), StartsWith("mode 277: tau = "));
      EXPECT_THAT(refused(asked, wrong, times_to_reach), StartsWith("mode 277: uf = "));
      if (wrong != kInfinity) {
        EXPECT_THAT(refused(asked, wrong, static_cast<decltype(&times_to_reach)>(strengths_at)),
                    StartsWith("mode 277: t = "));
      }
    }
    asked[3] = 1.0;  // s itself
    EXPECT_THAT(message_of<base::UnreachableError>([&] {
                  times_to_reach(depth(matrices), {s, u0, tau}, asked, out);
                }),
                StartsWith("mode 3: uf = 1"));
  }
}

TEST(Ensemble, NoModesAreNoWorkAndOtherSizesAreRefused) {
  const Array none, one{1}, two{1, 1}, three{0.5, 0.5, 0.5};
  Array out(3), nothing;
  for (double matrices : {1.0, 2.0, 2.5, 7.0}) {
    strengths_at(depth(matrices), {none, none, none}, none, nothing);
    strengths_at(depth(matrices), {one, one, one}, one, nothing);
    EXPECT_THAT(message_of<base::DomainError>([&] {
                  times_to_reach(depth(matrices), {one, two, one}, three, out);
                }),
                HasSubstr("size of u0 = 2: expected 3 elements"));
    EXPECT_THROW(strengths_at(depth(matrices), {none, one, one}, one, out), base::DomainError);
    EXPECT_THROW(strengths_at(depth(matrices), {two, one, one}, one, nothing), base::DomainError);
  }
  layers_at({none, none, none, none}, none, nothing, nothing);
  EXPECT_THROW(layers_at({one, one, one, one}, one, out, nothing), base::DomainError);
}

struct Starts {
  Array a0, b0, s;
};
// Every sign, both sides of the stable manifold, zeros, all sizes.
Starts starts() {
  Starts all;
  auto stream = base::stream(1, "unequal ensemble");
  const auto add = [&](double a, double b, double s) {
    all.a0.push_back(a);
    all.b0.push_back(b);
    all.s.push_back(s);
  };
  for (int i = 0; i < 2000; ++i) {
    add(2 * stream.normal(), 2 * stream.normal(), stream.normal());
    const double a = std::pow(10, -12 * stream.uniform()) * stream.normal();
    add(a, a * (1 + std::pow(10, -14 * stream.uniform())), 1);
    add(a, -a * (1 + std::pow(10, -14 * stream.uniform())), i % 2 == 0 ? 1 : -1);
  }
  for (double s : {1.0, 0.0, -1.0})
    for (double a : {0.0, 0.5, -1e-9, 1e-40, 1e40})
      for (double b : {0.0, 0.5, -0.5, 1e-9, 1e-40}) add(a, b, s);
  return all;
}

TEST(Ensemble, UnequalLayersAreTheLawsToAFewEpsOfTheLarger) {
  const auto all = starts();
  const Array tau{1.5};
  const std::size_t n = all.s.size();
  for (double t : {0.0, 1e-9, 0.05, 1.0, 6.0, 400.0, kInfinity}) {
    Array a(n), b(n), u(n);
    layers_at({all.a0, all.b0, all.s, tau}, Array{t}, a, b);
    strengths_at({all.a0, all.b0, all.s, tau}, Array{t}, u);
    for (std::size_t i = 0; i < n; ++i) {
      const UnequalMode<double> law({all.a0[i], all.b0[i], all.s[i], 1.5});
      const auto exact = layers_at(law, t);
      const double size = std::max(std::abs(exact.a), std::abs(exact.b));
      // The same formula, but for the roundings of K and e^{-Kt/tau} and one root for two; four are seen.
      EXPECT_NEAR(a[i], exact.a, 8 * kEps * size) << i << " at " << t;
      EXPECT_NEAR(b[i], exact.b, 8 * kEps * size) << i << " at " << t;
      EXPECT_NEAR(u[i], strength_at(law, t), 8 * kEps * (size * size + std::abs(u[i]))) << i << " at " << t;
    }
  }
}

TEST(Ensemble, NamesTheStartThatEq8Refuses) {
  const Array a0{1, 1, std::nan("")}, one{1}, t{1, -1, 1};
  Array a(3), b(3);
  EXPECT_THAT(message_of<base::DomainError>([&] {
                layers_at({a0, one, one, one}, one, a, b);
              }),
              StartsWith("mode 2: a0 = nan"));
  EXPECT_THAT(message_of<base::DomainError>([&] {
                strengths_at({one, one, one, one}, t, a);
              }),
              StartsWith("mode 1: t = -1"));
}

}  // namespace
}  // namespace dln::theory
