#include "tools/claim_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/strict_text.hpp"

namespace dln::tools {

using validation::Place;
using validation::StateValues;
using validation::Written;

namespace {

// A string whose characters stand in the file as they are: one line, no escapes, one quote on either side.
bool is_in_line(const toml::source_region& source, const std::string& text) {
  return source.begin.line == source.end.line && source.end.column == source.begin.column + text.size() + 2;
}

bool is_fit_to_show(const std::string& text) {
  return text.size() <= 2000 &&
         std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
}

std::string listed(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

Place place_of(const toml::source_region& source) {
  return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

std::vector<std::pair<const toml::key*, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (auto it = table.begin(); it != table.end(); ++it) entries.emplace_back(&it->first, &it->second);
  std::ranges::sort(entries, {}, [](const auto& entry) {
    const Place place = place_of(entry.first->source());
    return std::pair(place.line, place.column);
  });
  return entries;
}

void ClaimReader::complain(const Place& place, std::string sentence) {
  problems_.push_back({place, std::move(sentence)});
}
void ClaimReader::complain(const toml::node& node, std::string sentence) {
  complain(place_of(node.source()), std::move(sentence));
}

void ClaimReader::refuse_unknown(const toml::table& table, std::string_view where,
                                 const std::vector<std::string>& known) {
  for (const auto& [key, node] : in_order(table))
    if (std::ranges::find(known, key->str()) == known.end())
      complain(place_of(key->source()),
               fmt::format("unknown key '{}'{}{}; expected {}", key->str().substr(0, 40),
                           where.empty() ? "" : fmt::format(" in {}", where), suggestion(key->str(), known),
                           listed(known)));
}

std::optional<std::string> ClaimReader::text(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (!node) return std::nullopt;
  const auto* string = node->as_string();
  if (!string) {
    complain(*node, fmt::format("{}: expected text in quotes", key));
    return std::nullopt;
  }
  if (!is_fit_to_show(string->get())) {
    complain(*node, fmt::format("{}: expected at most 2000 printable characters", key));
    return std::nullopt;
  }
  return string->get();
}

// ------------------------------------------------------------------------------------------ expressions

Written ClaimReader::expression(const toml::node& node, std::string_view name, Speaks speaks) {
  Written written{{}, {}, place_of(node.source()), true};
  if (const auto* string = node.as_string()) {
    written.text = string->get();
    written.is_in_line = is_in_line(node.source(), written.text);
    if (written.is_in_line) ++written.place.column;  // after the quote
  } else if (node.is_number()) {
    written.text = node.is_integer() ? fmt::format("{}", *node.value<std::int64_t>())
                                     : fmt::format("{}", *node.value<double>());
  } else {
    complain(node, fmt::format("{}: expected a formula in quotes, or a number", name));
    return written;
  }
  std::vector<symbolic::Trouble> troubles;
  const auto symbols = theory_.symbols();
  auto expression = symbolic::parse(written.text, symbols, troubles);
  std::vector<std::string> known;
  for (const auto& symbol : symbols) known.push_back(symbol.name);
  for (const auto& [at, sentence, unknown] : troubles)
    complain(written.place_of(at),
             fmt::format("{}: {}{}{}", name, sentence, unknown.empty() ? "" : suggestion(unknown, known),
                         written.is_in_line ? "" : fmt::format(" (character {} of the formula)", at + 1)));
  if (!troubles.empty()) return written;
  const std::size_t first_unspoken =
      speaks == Speaks::of_everything ? symbols.size() : theory_.parameters.size();
  const auto found = symbolic::symbols_in(expression, symbols.size());
  for (std::size_t k = first_unspoken; k < symbols.size(); ++k) {
    if (!found[k] || (speaks == Speaks::of_parameters_and_time && k == theory_.time_place())) continue;
    complain(written.place,
             fmt::format("{}: speaks of {}; expected a formula of {}", name, symbols[k].name,
                         speaks == Speaks::of_parameters ? "symbols only" : "symbols and the time"));
    return written;
  }
  written.expression = std::move(expression);
  return written;
}

Written ClaimReader::inequality(const toml::node& node) {
  const auto* string = node.as_string();
  const std::string text = string ? string->get() : "";
  const auto mark = text.find_first_of("<>");
  if (mark == std::string::npos || text.find_first_of("<>=", mark + 1) != std::string::npos) {
    complain(node, "assume: expected an inequality with one < or >, such as \"u0 < s\"");
    return {};
  }
  std::vector<symbolic::Trouble> troubles;
  const auto symbols = theory_.symbols();
  const auto left = symbolic::parse(text.substr(0, mark), symbols, troubles);
  const std::size_t of_left = troubles.size();
  const auto right = symbolic::parse(text.substr(mark + 1), symbols, troubles);
  Written written{{}, text, place_of(node.source()), is_in_line(node.source(), text)};
  for (std::size_t i = 0; i < troubles.size(); ++i)
    complain(written.place_of(troubles[i].at + 1 + (i < of_left ? 0 : mark + 1)),
             "assume: " + troubles[i].sentence);
  if (!troubles.empty()) return {};
  written.expression = text[mark] == '<' ? right - left : left - right;
  const auto found = symbolic::symbols_in(written.expression, symbols.size());
  if (std::find(found.begin() + static_cast<std::ptrdiff_t>(theory_.parameters.size()), found.end(), true) !=
      found.end()) {
    complain(node, "assume: speaks of a state or the time; expected symbols only");
    return {};
  }
  return written;
}

Written ClaimReader::written(const toml::table& table, std::string_view key, Speaks speaks) {
  const toml::node* node = table.get(key);
  if (node) return expression(*node, key, speaks);
  complain(place_of(table.source()), fmt::format("the claim has no {}: expected {} = \"...\"", key, key));
  return {};
}

// --------------------------------------------------------------------------------------- parts of claims

std::optional<std::size_t> ClaimReader::one_state(const toml::table& table) {
  std::vector<std::string> names;
  for (const auto& state : theory_.states) names.push_back(state.name);
  const auto name = text(table, "of");
  if (!name) {
    if (names.size() == 1 && !table.get("of")) return 0;
    if (!table.get("of"))
      complain(place_of(table.source()),
               names.empty() ? "the claim speaks of a state, and there is no [system]"
                             : fmt::format("which state does the claim speak of? expected of = one of {}",
                                           listed(names)));
    return std::nullopt;
  }
  const auto found = std::ranges::find(names, *name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  complain(*table.get("of"),
           fmt::format("of = '{}': expected a state{}", name->substr(0, 40), suggestion(*name, names)));
  return std::nullopt;
}

StateValues ClaimReader::state_values(const toml::table& table, std::string_view key, Speaks speaks) {
  const toml::node* node = table.get(key);
  StateValues values;
  if (node && node->is_table()) {
    std::vector<std::string> names;
    for (const auto& state : theory_.states) names.push_back(state.name);
    for (const auto& [name, formula] : in_order(*node->as_table())) {
      const auto found = std::ranges::find(names, name->str());
      if (found == names.end())
        complain(place_of(name->source()),
                 fmt::format("{}: '{}' is not a state{}", key, name->str().substr(0, 40),
                             suggestion(name->str(), names)));
      else
        values.emplace_back(static_cast<std::size_t>(found - names.begin()),
                            expression(*formula, name->str(), speaks));
    }
    if (node->as_table()->empty())
      complain(*node, fmt::format("{}: an empty table; expected a formula a state", key));
  } else {
    const auto state = one_state(table);
    Written one = written(table, key, speaks);
    if (state) values.emplace_back(*state, std::move(one));
  }
  require_closed(table, values);
  return values;
}

// The rates of the states named must not need another state.
void ClaimReader::require_closed(const toml::table& table, const StateValues& values) {
  for (const auto& [state, formula] : values) {
    const auto& rate = theory_.states[state].rate;
    if (rate.empty()) continue;
    const auto found = symbolic::symbols_in(rate.expression, theory_.symbol_count());
    for (std::size_t k = 0; k < theory_.states.size(); ++k)
      if (found[theory_.state_place(k)] &&
          std::ranges::find(values, k, &StateValues::value_type::first) == values.end())
        return complain(place_of(table.source()),
                        fmt::format("the rate of {} depends on {}: expected formulas for both, as {{ {} = "
                                    "\"...\", {} = \"...\" }}",
                                    theory_.states[state].name, theory_.states[k].name,
                                    theory_.states[state].name, theory_.states[k].name));
  }
}

std::optional<std::size_t> ClaimReader::parameter(const toml::table& table, std::string_view key) {
  std::vector<std::string> names;
  for (const auto& p : theory_.parameters) names.push_back(p.name);
  const auto name = text(table, key);
  if (!name) {
    if (!table.get(key))
      complain(place_of(table.source()),
               fmt::format("the claim has no {}: expected one of the symbols", key));
    return std::nullopt;
  }
  const auto found = std::ranges::find(names, *name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  complain(*table.get(key), fmt::format("{} = '{}': expected one of the symbols{}", key, name->substr(0, 40),
                                        suggestion(*name, names)));
  return std::nullopt;
}

std::optional<double> ClaimReader::number(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (!node) return std::nullopt;
  if (node->is_number() && std::isfinite(*node->value<double>())) return node->value<double>();
  complain(*node, fmt::format("{}: expected a finite number", key));
  return std::nullopt;
}

}  // namespace dln::tools
