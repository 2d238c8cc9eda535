#include "dln/theory/ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "dln/theory/deep_mode.hpp"
#include "dln/theory/ensemble_kernels.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::theory {

namespace {

using base::DepthExponent;
using detail::kBlock;

struct Input {
  std::string_view name;
  std::span<const double> values;  // one per mode, or one for all
};

void require_sizes(std::span<const Input> inputs, std::size_t modes) {
  for (const auto& [name, values] : inputs)
    base::require(values.size() == modes || values.size() == 1, name, static_cast<double>(values.size()),
                  fmt::format("{} elements, one per mode, or 1 for all", modes));
}

// What a law refuses, it refuses for a mode that has a place.
template <class Law>
auto answer(std::size_t index, const Law& law) {
  const auto placed = [&](const base::Error& error) {
    return fmt::format("mode {}: {}", index, error.what());
  };
  try {
    return law();
  } catch (const base::UnreachableError& error) {
    throw base::UnreachableError(placed(error));
  } catch (const base::DomainError& error) {
    throw base::DomainError(placed(error));
  }
}

// Block after block, loop(numbers, count, results), then law(numbers of one mode) wherever it gave NaN.
template <std::size_t Inputs, std::size_t Outputs, class Loop, class Law>
void for_all(const std::array<Input, Inputs>& inputs, const std::array<std::span<double>, Outputs>& results,
             const Loop& loop, const Law& law) {
  const std::size_t modes = results[0].size();
  require_sizes(inputs, modes);
  std::array<std::array<double, kBlock>, Inputs> numbers;
  for (std::size_t k = 0; k < Inputs; ++k)
    if (inputs[k].values.size() == 1) numbers[k].fill(inputs[k].values[0]);
  for (std::size_t start = 0; start < modes; start += kBlock) {
    const std::size_t n = std::min(kBlock, modes - start);
    for (std::size_t k = 0; k < Inputs; ++k)
      if (inputs[k].values.size() != 1) std::copy_n(inputs[k].values.data() + start, n, numbers[k].data());
    std::array<double*, Outputs> here;
    for (std::size_t k = 0; k < Outputs; ++k) here[k] = results[k].data() + start;
    loop(numbers, n, here);
    for (std::size_t i = 0; i < n; ++i) {
      if (!std::isnan(here[0][i])) continue;
      const auto exact = answer(start + i, [&] { return law(numbers, i); });
      for (std::size_t k = 0; k < Outputs; ++k) here[k][i] = exact[k];
    }
  }
}

template <class Loop, class Law>
void by_loop(const DepthExponent& depth, const std::array<Input, 4>& inputs, std::span<double> results,
             const Loop& loop, const Law& law) {
  for_all<4, 1>(
      inputs, {results},
      [&](const auto& x, std::size_t n, const auto& out) {
        loop(detail::ModeBlock{x[0].data(), x[1].data(), x[2].data(), x[3].data(), n}, out[0]);
      },
      [&](const auto& x, std::size_t i) {
        const ModeNumbers<double> numbers{x[0][i], x[1][i], x[2][i]};
        return std::array{depth.is_infinite() ? law(InfiniteDepthMode<double>(1, numbers), x[3][i])
                                              : law(DeepMode<double>(depth, numbers), x[3][i])};
      });
}

// Which loop serves a depth; for some it is the law alone.
template <class Shallow, class ThreeLayer, class Deep, class Law>
void by_depth(const DepthExponent& depth, const std::array<Input, 4>& inputs, std::span<double> results,
              const Shallow& shallow, const ThreeLayer& three_layer, const Deep& deep, const Law& law) {
  const auto run = [&](const auto& loop) { by_loop(depth, inputs, results, loop, law); };
  if (depth.weight_matrices() == 1) return run(shallow);
  if (depth.weight_matrices() == 2) return run(three_layer);
  if (!detail::UniversalClock::serves(depth))
    return run([](const detail::ModeBlock& m, double* out) { std::fill_n(out, m.n, std::nan("")); });
  if (results.empty()) return require_sizes(inputs, 0);
  run([&, clock = detail::UniversalClock(depth)](const detail::ModeBlock& m, double* out) {
    deep(clock, m, out);
  });
}

std::array<Input, 4> inputs_of(const ModeArrays& modes, const Input& given) {
  return {{{"size of s", modes.singular_value},
           {"size of u0", modes.initial_strength},
           {"size of tau", modes.time_constant},
           given}};
}

std::array<Input, 5> inputs_of(const UnequalModeArrays& modes, std::span<const double> times) {
  return {{{"size of a0", modes.a0},
           {"size of b0", modes.b0},
           {"size of s", modes.singular_value},
           {"size of tau", modes.time_constant},
           {"size of t", times}}};
}

template <class Numbers>
detail::UnequalBlock block_of(const Numbers& x, std::size_t n) {
  return {x[0].data(), x[1].data(), x[2].data(), x[3].data(), x[4].data(), n};
}
template <class Numbers>
UnequalMode<double> mode_of(const Numbers& x, std::size_t i) {
  return UnequalMode<double>(
      {.a0 = x[0][i], .b0 = x[1][i], .singular_value = x[2][i], .time_constant = x[3][i]});
}

}  // namespace

void strengths_at(const DepthExponent& depth, const ModeArrays& modes, std::span<const double> times,
                  std::span<double> strengths) {
  by_depth(depth, inputs_of(modes, {"size of t", times}), strengths, detail::shallow_strengths,
           detail::three_layer_strengths, detail::deep_strengths,
           [](const auto& mode, double t) { return strength_at(mode, t); });
}

void times_to_reach(const DepthExponent& depth, const ModeArrays& modes, std::span<const double> strengths,
                    std::span<double> times) {
  const auto law = [](const auto& mode, double u) { return time_to_reach(mode, u); };
  const auto inputs = inputs_of(modes, {"size of u", strengths});
  if (depth.is_infinite()) return by_loop(depth, inputs, times, detail::limit_times, law);
  by_depth(depth, inputs, times, detail::shallow_times, detail::three_layer_times, detail::deep_times, law);
}

void layers_at(const UnequalModeArrays& modes, std::span<const double> times, std::span<double> a,
               std::span<double> b) {
  base::require(a.size() == b.size(), "size of b", static_cast<double>(b.size()), "that of a");
  for_all<5, 2>(
      inputs_of(modes, times), {a, b},
      [](const auto& x, std::size_t n, const auto& out) {
        detail::unequal_layers(block_of(x, n), out[0], out[1]);
      },
      [](const auto& x, std::size_t i) {
        const auto now = layers_at(mode_of(x, i), x[4][i]);
        return std::array{now.a, now.b};
      });
}

void strengths_at(const UnequalModeArrays& modes, std::span<const double> times,
                  std::span<double> strengths) {
  for_all<5, 1>(
      inputs_of(modes, times), {strengths},
      [](const auto& x, std::size_t n, const auto& out) {
        detail::unequal_strengths(block_of(x, n), out[0]);
      },
      [](const auto& x, std::size_t i) { return std::array{strength_at(mode_of(x, i), x[4][i])}; });
}

}  // namespace dln::theory
