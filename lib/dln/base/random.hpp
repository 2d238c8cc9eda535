// Seeds and named random streams: every stream is derived from the coordinates of the run that uses it
// (seed, experiment, run number, ...), so results do not depend on threads, ranks or order.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>

namespace dln::base {

// One reproducible sequence. The same numbers on every platform and standard library.
class RandomStream {
 public:
  explicit RandomStream(std::mt19937_64 engine) : engine_(engine) {}

  double normal();   // N(0, 1)
  double uniform();  // [0, 1)
  bool bernoulli(double probability) { return uniform() < probability; }

 private:
  std::mt19937_64 engine_;
};

namespace detail {
RandomStream derive_stream(std::uint64_t seed, std::string_view experiment,
                           std::initializer_list<std::uint64_t> coordinates);
}

// The stream of `experiment` at the given coordinates; distinct arguments give independent streams.
template <std::integral... Coordinates>
RandomStream stream(std::uint64_t seed, std::string_view experiment, Coordinates... coordinates) {
  return detail::derive_stream(seed, experiment, {static_cast<std::uint64_t>(coordinates)...});
}

}  // namespace dln::base
