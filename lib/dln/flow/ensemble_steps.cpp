#include "dln/flow/ensemble_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dln::flow::detail {

namespace arrays = base::arrays;

DLN_FOR_EVERY_MACHINE
void eq15_shallow(const Slice& m, const double* u, double* __restrict slope) {
  for (std::size_t i = 0; i < m.n; ++i) slope[i] = (m.s[i] - u[i]) * m.pace[i];
}

DLN_FOR_EVERY_MACHINE
void eq10(const Slice& m, const double* u, double* __restrict slope) {
  for (std::size_t i = 0; i < m.n; ++i) slope[i] = 2 * u[i] * (m.s[i] - u[i]) * m.pace[i];
}

DLN_FOR_EVERY_MACHINE
void eq16(const Slice& m, const double* u, double* __restrict slope) {
  for (std::size_t i = 0; i < m.n; ++i) slope[i] = u[i] * u[i] * (m.s[i] - u[i]) * m.pace[i];
}

DLN_FOR_EVERY_MACHINE
void eq15(double matrices, const arrays::SplitPower& excess, const Slice& m, const double* u,
          double* __restrict slope) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double x = u[i], pull = matrices * (m.s[i] - x) * m.pace[i];
    const double power = x * arrays::raised(x, excess).value;
    const double outside = x == 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
    slope[i] = (((x >= 1e-290) & (x <= 1e100)) ? power : outside) * pull;
  }
}

DLN_FOR_EVERY_MACHINE
void eq8(const Slice& m, const double* a, const double* b, double* __restrict slope_a,
         double* __restrict slope_b) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double pull = (m.s[i] - a[i] * b[i]) * m.pace[i];
    slope_a[i] = b[i] * pull;
    slope_b[i] = a[i] * pull;
  }
}

namespace {

struct Term {
  double weight;
  const double* slope;
};

// Four terms a pass: a sum that goes through memory for each would take as long as the slopes.
DLN_FOR_EVERY_MACHINE
void add_four(const Term* t, double* __restrict sum, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    sum[i] += (t[0].weight * t[0].slope[i] + t[1].weight * t[1].slope[i]) +
              (t[2].weight * t[2].slope[i] + t[3].weight * t[3].slope[i]);
}

void weigh(const dop853::Weights& weights, std::size_t stages, const Component& from, std::size_t n,
           Row& sum) {
  std::array<Term, dop853::kStages> terms;
  terms.fill({0, from.slopes[0].data()});
  std::size_t count = 0;
  for (std::size_t j = 0; j < stages; ++j)
    if (weights[j] != 0) terms[count++] = {weights[j], from.slopes[j].data()};
  std::fill_n(sum.begin(), n, 0.0);
  for (std::size_t first = 0; first < count; first += 4) add_four(&terms[first], sum.data(), n);
}

DLN_FOR_EVERY_MACHINE
void leave(const double* x, const double* h, double* __restrict place, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) place[i] = x[i] + h[i] * place[i];
}

}  // namespace

void advance(const dop853::Weights& weights, std::size_t stages, const Component& from, const Row& h,
             std::size_t n, Row& place) {
  weigh(weights, stages, from, n, place);
  leave(from.x.data(), h.data(), place.data(), n);
}

namespace {

DLN_FOR_EVERY_MACHINE
void widen(const Component& c, std::size_t n, double* __restrict size) {
  for (std::size_t i = 0; i < n; ++i)
    size[i] = std::max(size[i], std::max(std::abs(c.x[i]), std::abs(c.next[i])));
}

DLN_FOR_EVERY_MACHINE
void add_square(const double* x, double* __restrict sum, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += x[i] * x[i];
}

// Hairer's blend of the two estimates, h fifth^2 / sqrt(fifth^2 + third^2/100), of order 8 as the method; but
// among many modes there is always one whose fifth vanishes as it passes through 0: not less than the square
// of the relative h third, of the same order.
DLN_FOR_EVERY_MACHINE
void blend(const double* fifth, const double* third, const double* size, const double* h, double tolerance,
           const arrays::SplitPower& shrink, std::size_t n, double* __restrict error,
           double* __restrict factor) {
  for (std::size_t i = 0; i < n; ++i) {
    const double whole = std::sqrt(fifth[i] + 0.01 * third[i]), share = h[i] / (size[i] + 1e-290);
    const double blended = share * (fifth[i] / (whole + 1e-150)), least = share * share * third[i];
    const double relative = std::max(blended, least) / tolerance;
    error[i] = relative;
    const double bounded = relative < 1e20 ? std::max(relative, 1e-12) : 1e20;
    factor[i] = std::clamp(0.9 * arrays::raised(bounded, shrink).value, 0.2, 8.0);
  }
}

}  // namespace

void judge(const Component* components, std::size_t count, const Row& h, double tolerance, std::size_t n,
           Judgement& judgement) {
  static const arrays::SplitPower shrink(-1, 8);
  Row fifth{}, third{}, size{}, sum;
  for (std::size_t c = 0; c < count; ++c) {
    const auto& component = components[c];
    widen(component, n, size.data());
    weigh(dop853::kFifth, dop853::kStages, component, n, sum);
    add_square(sum.data(), fifth.data(), n);
    weigh(dop853::kThird, dop853::kStages, component, n, sum);
    add_square(sum.data(), third.data(), n);
  }
  blend(fifth.data(), third.data(), size.data(), h.data(), tolerance, shrink, n, judgement.error.data(),
        judgement.factor.data());
}

}  // namespace dln::flow::detail
