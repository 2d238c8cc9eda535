// The kinds of claims: which keys each has, and what becomes of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/claim_reader.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {

using validation::StateValues;
using validation::Written;

template <class Value>
std::optional<Value> ClaimReader::choice(const toml::table& table, std::string_view key,
                                         const std::vector<std::pair<std::string, Value>>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  const auto word = text(table, key);
  if (word)
    for (const auto& [name, value] : choices)
      if (name == *word) return value;
  if (word)
    complain(*table.get(key),
             fmt::format("{} = '{}': expected one of {}{}", key, word->substr(0, 40),
                         fmt::format("{}", fmt::join(names, ", ")), suggestion(*word, names)));
  else if (!table.get(key))
    complain(place_of(table.source()), fmt::format("the claim has no {}: expected one of {}", key,
                                                   fmt::format("{}", fmt::join(names, ", "))));
  return std::nullopt;
}

namespace {

std::string joined(const validation::Theory& theory, const StateValues& values, std::string_view time) {
  std::string text;
  for (const auto& [state, written] : values)
    text +=
        fmt::format("{}{}{} = {}", text.empty() ? "" : ", ", theory.states[state].name, time, written.text);
  return text;
}

}  // namespace

void ClaimReader::solution(const toml::table& table, Claim& claim) {
  StateValues is = state_values(table, "is", Speaks::of_parameters_and_time);
  claim.formula = joined(theory_, is, "(" + theory_.time + ")");
  claim.content = validation::SolutionClaim{std::move(is)};
}

void ClaimReader::implicit(const toml::table& table, Claim& claim) {
  const auto state = one_state(table);
  Written time = written(table, "time", Speaks::of_everything);
  if (!state) return;
  claim.formula = fmt::format("{}({}) = {}", theory_.time, theory_.states[*state].name, time.text);
  if (!time.empty()) {
    const auto found = symbolic::symbols_in(time.expression, theory_.symbol_count());
    for (std::size_t k = theory_.parameters.size(); k < found.size(); ++k)
      if (found[k] && k != theory_.state_place(*state))
        complain(time.place,
                 fmt::format("time: expected a formula of symbols and {}", theory_.states[*state].name));
  }
  if (!theory_.states[*state].rate.empty()) {
    const auto found = symbolic::symbols_in(theory_.states[*state].rate.expression, theory_.symbol_count());
    for (std::size_t k = theory_.parameters.size(); k < found.size(); ++k)
      if (found[k] && k != theory_.state_place(*state))
        complain(place_of(table.source()),
                 fmt::format("the rate of {} depends on more than {} itself: it has no {}({})",
                             theory_.states[*state].name, theory_.states[*state].name, theory_.time,
                             theory_.states[*state].name));
  }
  claim.content = validation::ImplicitClaim{*state, std::move(time)};
}

void ClaimReader::conserved(const toml::table& table, Claim& claim) {
  Written is = written(table, "is", Speaks::of_everything);
  claim.formula = fmt::format("d({})/d{} = 0", is.text, theory_.time);
  claim.content = validation::ConservedClaim{std::move(is)};
}

void ClaimReader::fixed_point(const toml::table& table, Claim& claim) {
  using validation::Stability;
  StateValues at = state_values(table, "at", Speaks::of_parameters);
  const auto stability = choice<Stability>(table, "stability",
                                           {{"stable", Stability::stable},
                                            {"unstable", Stability::unstable},
                                            {"saddle", Stability::saddle},
                                            {"centre", Stability::centre}});
  claim.formula = fmt::format("{}: {}", joined(theory_, at, ""), text(table, "stability").value_or(""));
  if (stability == Stability::centre && at.size() != 2)
    complain(place_of(table.source()), "stability = 'centre': expected two states");
  claim.content = validation::FixedPointClaim{std::move(at), stability.value_or(Stability::stable)};
}

void ClaimReader::identity(const toml::table& table, Claim& claim) {
  Written of = written(table, "of", Speaks::of_everything), is = written(table, "is", Speaks::of_everything);
  claim.formula = fmt::format("{} = {}", of.text, is.text);
  claim.content = validation::IdentityClaim{std::move(of), std::move(is)};
}

void ClaimReader::limit(const toml::table& table, Claim& claim) {
  limit_or_asymptote(table, claim, false);
}
void ClaimReader::asymptote(const toml::table& table, Claim& claim) {
  limit_or_asymptote(table, claim, true);
}

void ClaimReader::limit_or_asymptote(const toml::table& table, Claim& claim, bool is_relative) {
  Written of = written(table, "of", Speaks::of_parameters), is = written(table, "is", Speaks::of_parameters);
  const auto p = parameter(table, "parameter");
  std::optional<double> to;
  if (const toml::node* node = table.get("to"); node && node->is_number())
    to = number(table, "to");
  else
    choice<int>(table, "to", {{"infinity", 0}});
  const auto order = number(table, "order");
  if (order && !(*order == std::floor(*order) && *order >= 1 && *order <= 10))
    complain(*table.get("order"),
             "order: expected a whole number from 1 to 10, the power with which the difference vanishes, or "
             "no order where it vanishes otherwise");
  if (!p) return;
  const std::string& name = theory_.parameters[*p].name;
  claim.formula = fmt::format("{} {} {} as {} -> {}", of.text, is_relative ? "~" : "->", is.text, name,
                              to ? fmt::format("{:g} from above", *to) : "infinity");
  if (order && to) claim.formula += fmt::format(", up to O(({} - ({:g}))^{})", name, *to, *order);
  if (order && !to) claim.formula += fmt::format(", up to O({}^-{})", name, *order);
  const auto power = order ? std::optional(static_cast<int>(*order)) : std::nullopt;
  claim.content = validation::LimitClaim{std::move(of), std::move(is), *p, to, power, is_relative};
}

void ClaimReader::scaling(const toml::table& table, Claim& claim) {
  const bool needs_name = theory_.states.size() != 1;
  Written of = table.get("of") || needs_name ? written(table, "of", Speaks::of_everything) : Written{};
  if (!table.get("of") && !needs_name)
    of = {symbolic::Expression::symbol(theory_.state_place(0)), theory_.states[0].name,
          place_of(table.source()), false};
  Written level = written(table, "level", Speaks::of_parameters);
  const auto p = parameter(table, "parameter");
  const auto power = number(table, "power"), tolerance = number(table, "tolerance");
  if (!power && !table.get("power"))
    complain(place_of(table.source()), "the claim has no power: expected power = -1, or the like");
  if (tolerance && !(*tolerance > 0 && *tolerance <= 0.5))
    complain(*table.get("tolerance"), "tolerance: expected a number above 0, at most 0.5");
  std::vector<std::pair<std::size_t, Written>> with;
  if (const toml::node* node = table.get("with")) {
    if (!node->is_table())
      complain(*node, "with: expected a table, such as { u0 = \"s/1000\" }");
    else
      for (const auto& [name, formula] : in_order(*node->as_table())) {
        const auto found = std::ranges::find(theory_.parameters, name->str(), &validation::Parameter::name);
        if (found == theory_.parameters.end())
          complain(place_of(name->source()),
                   fmt::format("with: '{}' is not a symbol with a domain", name->str().substr(0, 40)));
        else if (name->str() == text(table, "parameter").value_or(""))
          complain(place_of(name->source()),
                   fmt::format("with: '{}' is the parameter itself, which goes through its domain",
                               name->str().substr(0, 40)));
        else
          with.emplace_back(static_cast<std::size_t>(found - theory_.parameters.begin()),
                            expression(*formula, name->str(), Speaks::of_parameters));
      }
  }
  if (!p) return;
  const auto& range = theory_.parameters[*p];
  if (!(range.low > 0 && range.high > range.low))
    complain(
        *table.get("parameter"),
        fmt::format("parameter = '{}': expected a positive symbol with a range to scale over", range.name));
  claim.formula =
      fmt::format("time to {} = {} ~ {}^{:g}", of.text, level.text, range.name, power.value_or(0));
  for (const auto& [k, written] : with)
    claim.formula += fmt::format(", with {} = {}", theory_.parameters[k].name, written.text);
  claim.content = validation::ScalingClaim{std::move(of),     std::move(level),         *p,
                                           power.value_or(0), tolerance.value_or(1e-6), std::move(with)};
}

void ClaimReader::monotone(const toml::table& table, Claim& claim) {
  Written of = written(table, "of", Speaks::of_everything);
  const auto rising = choice<bool>(table, "direction", {{"increasing", true}, {"decreasing", false}});
  claim.formula = fmt::format("{} is {}", of.text, rising.value_or(true) ? "increasing" : "decreasing");
  claim.content = validation::MonotoneClaim{std::move(of), rising.value_or(true)};
}

const std::vector<ClaimReader::Kind>& ClaimReader::kinds() {
  static const std::vector<Kind> all = {
      {"solution", {"of", "is"}, &ClaimReader::solution},
      {"implicit", {"of", "time"}, &ClaimReader::implicit},
      {"conserved", {"is"}, &ClaimReader::conserved},
      {"fixed_point", {"of", "at", "stability"}, &ClaimReader::fixed_point},
      {"identity", {"of", "is"}, &ClaimReader::identity},
      {"limit", {"of", "is", "parameter", "to", "order"}, &ClaimReader::limit},
      {"asymptote", {"of", "is", "parameter", "to", "order"}, &ClaimReader::asymptote},
      {"scaling", {"of", "level", "parameter", "power", "tolerance", "with"}, &ClaimReader::scaling},
      {"monotone", {"of", "direction"}, &ClaimReader::monotone}};
  return all;
}

validation::WrittenClaim ClaimReader::claim(const toml::table& table, std::size_t number) {
  Claim claim;
  claim.place = place_of(table.source());
  claim.id = text(table, "id").value_or(fmt::format("claim-{}", number));
  if (claim.id.empty() || claim.id.size() > 40 || claim.id.find_first_of(" \t\n") != std::string::npos)
    complain(claim.place, "id: expected 1 to 40 characters without blanks");
  claim.source = text(table, "source").value_or("");
  std::vector<std::pair<std::string, const Kind*>> choices;
  for (const Kind& kind : kinds()) choices.emplace_back(kind.name, &kind);
  const auto kind = choice<const Kind*>(table, "kind", choices);
  if (kind) {
    std::vector<std::string> keys = {"id", "kind", "sentence", "source"};
    keys.insert(keys.end(), (*kind)->keys.begin(), (*kind)->keys.end());
    refuse_unknown(table, fmt::format("a claim of kind {}", (*kind)->name), keys);
    const bool needs_system =
        (*kind)->name != "identity" && (*kind)->name != "limit" && (*kind)->name != "asymptote";
    if (needs_system && theory_.states.empty())
      complain(claim.place,
               fmt::format("a claim of kind {}: expected a [system] to hold it against", (*kind)->name));
    else
      (this->*(*kind)->read)(table, claim);
  }
  claim.sentence = text(table, "sentence").value_or(claim.formula);
  return claim;
}

}  // namespace dln::tools
