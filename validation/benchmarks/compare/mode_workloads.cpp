// Closed forms of 10^4 modes at once: u(t) and t(u) of Eq 15, both layers of Eq 8.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "validation/benchmarks/compare/loops.hpp"
#include "validation/benchmarks/compare/modes.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

std::size_t mode_count(const Bench& bench) {
  return bench.quick() ? 200 : 10'000;
}

void strengths(Bench& bench, const std::string& name, int matrices) {
  const Modes modes(matrices, mode_count(bench));
  Contest contest(bench, name, fmt::format("u(t) of {}, {} modes", modes.title(), modes.size()));
  Array u(modes.size());
  const auto run = [&] { theory::strengths_at(modes.depth, modes.arrays(), modes.times, u); };
  run();
  // Eight roundings of t, amplified by |t u'/u|, up to 300 at L = 99.
  contest.ours(run, modes.error(u), 1e-11);
  contest.peer("SciPy DOP853, vectorised", 10, [&] {
    return bench.enter(1, "eq15",
                       {{"s", bench.hand_over("s", modes.s)}, {"t", bench.hand_over("t", modes.times)}},
                       {{"u0", modes.u0[0]}, {"L", matrices}},
                       [&](const data::NamedArrays& found) { return modes.error(found.at("u").values); });
  });
  contest.measure();
}

void times(Bench& bench, const std::string& name, int matrices) {
  const Modes modes(matrices, mode_count(bench));
  Contest contest(bench, name, fmt::format("t(u) of {}, {} modes", modes.title(), modes.size()));
  Array halves, exact, t(modes.size());
  for (const double s : modes.s) {
    halves.push_back(s / 2);
    exact.push_back(static_cast<double>(
        half_learning_time(theory::DeepMode<long double>(modes.depth, {s, modes.u0[0], 1}))));
  }
  const auto error = [&](const Array& found) {
    base::Worst worst;
    for (std::size_t i = 0; i < exact.size(); ++i) worst.see(std::abs(found.at(i) / exact[i] - 1));
    return worst.value();
  };
  const auto run = [&] { theory::times_to_reach(modes.depth, modes.arrays(), halves, t); };
  run();
  contest.ours(run, error(t), 4e-15);  // the law in double itself, and 8 eps
  contest.peer("SciPy hyp2f1", 4, [&] {
    return bench.enter(1, "eq15-times",
                       {{"s", bench.hand_over("s", modes.s)}, {"u", bench.hand_over("u", halves)}},
                       {{"u0", modes.u0[0]}, {"L", matrices}},
                       [&](const data::NamedArrays& found) { return error(found.at("t").values); });
  });
  contest.measure();
}

void layers(Bench& bench) {
  const Pairs pairs(mode_count(bench));
  Contest contest(bench, "eq8", fmt::format("both layers of Eq 8, {} pairs", pairs.size()));
  Array a(pairs.size()), b(pairs.size());
  const auto run = [&] { theory::layers_at({pairs.a0, pairs.b0, pairs.s, pairs.tau}, pairs.time, a, b); };
  run();
  contest.ours(run, pairs.error(a, b), 2e-14);  // 8 roundings of numbers up to 3
  contest.peer("SciPy DOP853, vectorised", 300, [&] {
    return bench.enter(1, "eq8",
                       {{"a0", bench.hand_over("a0", pairs.a0)}, {"b0", bench.hand_over("b0", pairs.b0)}},
                       {{"s", 3.0}, {"t", 4.0}}, [&](const data::NamedArrays& found) {
                         return pairs.error(found.at("a").values, found.at("b").values);
                       });
  });
  Array a_found, b_found;
  contest.peer("GSL rk8pd", 300, [&] {
    return looped([&] { layers_by_gsl(pairs, a_found, b_found); },
                  [&] { return pairs.error(a_found, b_found); });
  });
  contest.measure();
}

}  // namespace

std::vector<Workload> mode_workloads() {
  std::vector<Workload> all;
  for (const int l : {3, 9, 99}) {
    const std::string name = fmt::format("eq15-u-{}", l);
    all.push_back({name, fmt::format("u(t) of Eq 15 for 10^4 modes, L = {}", l),
                   [name, l](Bench& bench) { strengths(bench, name, l); }});
  }
  for (const int l : {3, 9, 99}) {
    const std::string name = fmt::format("eq15-t-{}", l);
    all.push_back({name, fmt::format("t(u) of Eq 15 for 10^4 modes, L = {}", l),
                   [name, l](Bench& bench) { times(bench, name, l); }});
  }
  all.push_back({"eq8", "both layers of Eq 8 from 10^4 starts", layers});
  return all;
}

}  // namespace dln::compare
