#include "validation/benchmarks/compare/modes.hpp"

#include <fmt/format.h>

#include <cmath>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::compare {
namespace {

using Long = long double;

// 0.97 to 1.03 of the time of half learning, in double, and u at exactly that time.
template <class Law>
void ask(const Law& law, std::size_t i, Modes& modes) {
  const Long share = 0.97L + 0.06L * static_cast<Long>(i % 7) / 6;
  modes.times.push_back(static_cast<double>(share * half_learning_time(law)));
  modes.exact.push_back(static_cast<double>(strength_at(law, static_cast<Long>(modes.times.back()))));
}

}  // namespace

Modes::Modes(int l, std::size_t count)
    : matrices(l),
      depth(l == kInfinite ? base::DepthExponent::infinite() : base::DepthExponent::from_real(l)),
      tau{l == kInfinite ? 0.01 : 1} {
  for (std::size_t i = 0; i < count; ++i) {
    s.push_back(0.5 + 9.5 * static_cast<double>(i) / static_cast<double>(count - 1));
    const theory::ModeNumbers<Long> numbers{s.back(), u0[0], tau[0]};
    if (l == kInfinite)
      ask(theory::InfiniteDepthMode<Long>(1, numbers), i, *this);
    else
      ask(theory::DeepMode<Long>(depth, numbers), i, *this);
  }
}

double Modes::rate(double u, double singular_value) const {
  if (matrices == kInfinite) return u * u * (singular_value - u) / tau[0];
  if (matrices == 2) return 2 * u * (singular_value - u);
  return matrices * std::pow(u, 2 - 2.0 / matrices) * (singular_value - u);
}

double Modes::error(const Array& u) const {
  base::Worst worst;
  for (std::size_t i = 0; i < size(); ++i) worst.see(std::abs(u.at(i) - exact[i]) / s[i]);
  return worst.value();
}

std::string Modes::title() const {
  if (matrices == kInfinite) return "Eq 16";
  return matrices == 2 ? "Eq 10" : fmt::format("Eq 15, L = {}", matrices);
}

Pairs::Pairs(std::size_t count) {
  auto stream = base::stream(1, "compare, Eq 8");
  for (std::size_t i = 0; i < count; ++i) {
    a0.push_back(4 * stream.uniform() - 2);
    b0.push_back(4 * stream.uniform() - 2);
    const auto end = layers_at(
        theory::UnequalMode<Long>({.a0 = a0[i], .b0 = b0[i], .singular_value = 3, .time_constant = 1}), 4.0L);
    a.push_back(static_cast<double>(end.a));
    b.push_back(static_cast<double>(end.b));
  }
}

double Pairs::error(const Array& a_found, const Array& b_found) const {
  base::Worst worst;
  for (std::size_t i = 0; i < size(); ++i) {
    worst.see(std::abs(a_found.at(i) - a[i]));
    worst.see(std::abs(b_found.at(i) - b[i]));
  }
  return worst.value();
}

}  // namespace dln::compare
