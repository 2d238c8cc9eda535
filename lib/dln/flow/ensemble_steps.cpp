#include "dln/flow/ensemble_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

template <std::size_t... Is>
DLN_INLINE double sum_of(const Term* t, std::size_t i, std::index_sequence<Is...>) {
  return ((t[Is].weight * t[Is].slope[i]) + ...);
}
template <std::size_t Count>
DLN_INLINE void add_terms(const Term* terms, const double* x, const double* h, double* __restrict place,
                          std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    place[i] = x[i] + h[i] * sum_of(terms, i, std::make_index_sequence<Count>());
}

// All terms in one pass over the lanes: sums that go through memory would take longer than the slopes.
DLN_FOR_EVERY_MACHINE
void add_4(const Term* terms, const double* x, const double* h, double* place, std::size_t n) {
  add_terms<4>(terms, x, h, place, n);
}
DLN_FOR_EVERY_MACHINE
void add_8(const Term* terms, const double* x, const double* h, double* place, std::size_t n) {
  add_terms<8>(terms, x, h, place, n);
}
DLN_FOR_EVERY_MACHINE
void add_12(const Term* terms, const double* x, const double* h, double* place, std::size_t n) {
  add_terms<12>(terms, x, h, place, n);
}

// place = x + h sum_j weights[j] slopes[j]; terms without weight fill up to a number there is a loop for.
void weigh(const dop853::Weights& weights, std::size_t stages,
           const std::array<Row, dop853::kStages + 1>& slopes, const Row& x, const Row& h, std::size_t n,
           Row& place) {
  std::array<Term, dop853::kStages> terms;
  terms.fill({0, slopes[0].data()});
  std::size_t count = 0;
  for (std::size_t j = 0; j < stages; ++j)
    if (weights[j] != 0) terms[count++] = {weights[j], slopes[j].data()};
  const auto add = count <= 4 ? add_4 : count <= 8 ? add_8 : add_12;
  add(terms.data(), x.data(), h.data(), place.data(), n);
}

}  // namespace

void advance(const dop853::Weights& weights, std::size_t stages, const Component& from, const Row& h,
             std::size_t n, Row& place) {
  weigh(weights, stages, from.slopes, from.x, h, n, place);
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

// Hairer's blend of the two estimates, fifth^2 / sqrt(fifth^2 + third^2/100), of order 8 as the method; but
// among many modes there is always one whose fifth vanishes as it passes through 0: not less than the square
// of the relative third, of the same order. fifth and third come squared.
DLN_FOR_EVERY_MACHINE
void blend(const double* fifth, const double* third, const double* size, double tolerance,
           const arrays::SplitPower& shrink, std::size_t n, double* __restrict error,
           double* __restrict factor) {
  for (std::size_t i = 0; i < n; ++i) {
    const double whole = std::sqrt(fifth[i] + 0.01 * third[i]), share = 1 / (size[i] + 1e-290);
    const double blended = share * (fifth[i] / (whole + 1e-150)), least = share * (share * third[i]);
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
  static const Row zero{};
  Row fifth{}, third{}, size{}, estimate;
  for (std::size_t c = 0; c < count; ++c) {
    const auto& component = components[c];
    widen(component, n, size.data());
    weigh(dop853::kFifth, dop853::kStages, component.slopes, zero, h, n, estimate);
    add_square(estimate.data(), fifth.data(), n);
    weigh(dop853::kThird, dop853::kStages, component.slopes, zero, h, n, estimate);
    add_square(estimate.data(), third.data(), n);
  }
  blend(fifth.data(), third.data(), size.data(), tolerance, shrink, n, judgement.error.data(),
        judgement.factor.data());
}

}  // namespace dln::flow::detail
