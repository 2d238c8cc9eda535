// Claims and expressions of a theory's TOML file, with the line and column of whatever is wrong.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "validation/own_theory/theory.hpp"

namespace dln::tools {

validation::Place place_of(const toml::source_region& source);
// The entries of a table as they stand in the file.
std::vector<std::pair<const toml::key*, const toml::node*>> in_order(const toml::table& table);

// Which symbols an expression may speak of.
enum class Speaks { of_parameters, of_parameters_and_time, of_everything };

class ClaimReader {
 public:
  // Speaks of what `theory` declares by then; adds to `problems`, both of which must outlive it.
  ClaimReader(const validation::Theory& theory, std::vector<validation::Problem>& problems)
      : theory_(theory), problems_(problems) {}

  void complain(const validation::Place& place, std::string sentence);
  void complain(const toml::node& node, std::string sentence);
  // A key that is none of `known` gets a suggestion.
  void refuse_unknown(const toml::table& table, std::string_view where,
                      const std::vector<std::string>& known);

  // Nothing when the key is missing; complains about another type, or about text that is not fit to be shown.
  std::optional<std::string> text(const toml::table& table, std::string_view key);
  // A string or a number. Empty with a problem noted.
  validation::Written expression(const toml::node& node, std::string_view name, Speaks speaks);
  // "left < right" or "left > right", as the difference that is positive.
  validation::Written inequality(const toml::node& node);

  // The claim that stands at `number` in the file, from 1.
  validation::WrittenClaim claim(const toml::table& table, std::size_t number);

 private:
  using Claim = validation::WrittenClaim;
  validation::Written written(const toml::table& table, std::string_view key, Speaks speaks);
  validation::StateValues state_values(const toml::table& table, std::string_view key, Speaks speaks);
  void require_closed(const toml::table& table, const validation::StateValues& values);
  std::optional<std::size_t> one_state(const toml::table& table);
  std::optional<std::size_t> parameter(const toml::table& table, std::string_view key);
  std::optional<double> number(const toml::table& table, std::string_view key);
  template <class Value>
  std::optional<Value> choice(const toml::table& table, std::string_view key,
                              const std::vector<std::pair<std::string, Value>>& choices);

  void solution(const toml::table& table, Claim& claim);
  void implicit(const toml::table& table, Claim& claim);
  void conserved(const toml::table& table, Claim& claim);
  void fixed_point(const toml::table& table, Claim& claim);
  void identity(const toml::table& table, Claim& claim);
  void limit(const toml::table& table, Claim& claim);
  void asymptote(const toml::table& table, Claim& claim);
  void limit_or_asymptote(const toml::table& table, Claim& claim, bool is_relative);
  void scaling(const toml::table& table, Claim& claim);
  void monotone(const toml::table& table, Claim& claim);

  struct Kind {
    std::string name;
    std::vector<std::string> keys;  // beside id, kind, sentence and source
    void (ClaimReader::*read)(const toml::table&, Claim&);
  };
  static const std::vector<Kind>& kinds();

  const validation::Theory& theory_;
  std::vector<validation::Problem>& problems_;
};

}  // namespace dln::tools
