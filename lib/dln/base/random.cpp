#include "dln/base/random.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <vector>

namespace dln::base {

// Boost.Random rather than <random>: the standard leaves its distributions to each implementation.
double RandomStream::normal() {
  return boost::random::normal_distribution<double>()(engine_);
}

double RandomStream::uniform() {
  return boost::random::uniform_01<double>()(engine_);
}

namespace detail {

RandomStream derive_stream(std::uint64_t seed, std::string_view experiment,
                           std::initializer_list<std::uint64_t> coordinates) {
  std::vector<std::uint32_t> words;
  auto add = [&words](std::uint64_t value) {
    words.push_back(static_cast<std::uint32_t>(value));
    words.push_back(static_cast<std::uint32_t>(value >> 32));
  };
  add(seed);
  add(experiment.size());  // so that ("a", ...) and ("ab", ...) cannot run into their coordinates
  for (char letter : experiment) words.push_back(static_cast<unsigned char>(letter));
  for (std::uint64_t coordinate : coordinates) add(coordinate);
  std::seed_seq sequence(words.begin(), words.end());
  return RandomStream(std::mt19937_64(sequence));
}

}  // namespace detail
}  // namespace dln::base
