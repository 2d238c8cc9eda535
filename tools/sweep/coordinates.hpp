// Coordinates: what one run of a sweep is: a value for every parameter of its experiment. Nothing else goes
// into a run, and every random stream is derived from `seed` and `run` among them, so that its results do not
// depend on which thread or machine it ran on, or what ran before it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dln::tools {

using SweepValue = std::variant<std::int64_t, double, std::string>;
// As TOML writes it, so that it reads back the same.
std::string toml_text(const SweepValue& value);

struct SweepParameter {
  std::string name;
  SweepValue standard;  // where a sweep says nothing; its type is the parameter's
  std::string wanted;   // the domain, in words
  std::string meaning;
  std::function<bool(const SweepValue&)> allowed;
};

// 2^53: what every table of results can hold.
inline constexpr std::int64_t kLargestSeed = std::int64_t{1} << 53;

SweepParameter whole(std::string name, std::int64_t standard, std::int64_t least, std::int64_t most,
                     std::string meaning);
// In (above, most).
SweepParameter real(std::string name, double standard, double above, double most, std::string meaning);
// In [0, most).
SweepParameter non_negative(std::string name, double standard, double most, std::string meaning);
SweepParameter word(std::string name, std::string standard, std::vector<std::string> words,
                    std::string meaning);
SweepParameter text(std::string name, std::string standard, std::string meaning);

class Coordinates {
 public:
  Coordinates(const std::vector<SweepParameter>& parameters, std::vector<SweepValue> values)
      : parameters_(&parameters), values_(std::move(values)) {}

  const SweepValue& operator[](std::string_view name) const;
  std::int64_t whole(std::string_view name) const { return std::get<std::int64_t>((*this)[name]); }
  double real(std::string_view name) const { return std::get<double>((*this)[name]); }
  const std::string& word(std::string_view name) const { return std::get<std::string>((*this)[name]); }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(whole("seed")); }

 private:
  const std::vector<SweepParameter>* parameters_;
  std::vector<SweepValue> values_;  // in their order
};

}  // namespace dln::tools
