// The TOML file of a sweep, read strictly: the first thing that is wrong, with its line.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "dln/base/error.hpp"
#include "tools/strict_text.hpp"
#include "tools/strict_toml.hpp"
#include "tools/sweep/sweep_plan.hpp"

namespace dln::tools {
namespace {

std::vector<std::pair<const toml::key*, const toml::node*>> as_written(const toml::table& table) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
  std::ranges::sort(entries, {}, [](const auto& entry) {
    const auto& at = entry.first->source().begin;
    return std::pair(at.line, at.column);
  });
  return entries;
}

// As it stands in the file, but for its length.
std::string shown(const toml::node& node) {
  std::string text;
  node.visit([&](const auto& value) {
    std::ostringstream out;
    if constexpr (!toml::is_table<decltype(value)>) out << value;
    text = std::move(out).str();
  });
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return text.size() > 60 ? text.substr(0, 60) + "..." : text.empty() ? "{...}" : text;
}

}  // namespace

class SweepReader {
 public:
  SweepReader(const toml::table& root, const std::string& name) : root_(root), name_(name) {}

  SweepPlan read() {
    refuse_unknown(root_, {"experiment", "parameters", "grid", "list"}, "");
    choose_experiment();
    plan_.fixed_.resize(parameters().size());
    for (std::size_t i = 0; i < parameters().size(); ++i) plan_.fixed_[i] = parameters()[i].standard;
    read_parameters();
    read_list();
    read_grid();
    if (plan_.axes_.empty())
      fail(root_, "nothing to sweep: expected [grid] or [[list]] with values for at least one parameter");
    return std::move(plan_);
  }

 private:
  const std::vector<SweepParameter>& parameters() const { return plan_.experiment_->parameters; }

  [[noreturn]] void fail(const toml::source_region& at, std::string_view what) const {
    throw base::DataError(fmt::format("{}, line {}: {}", name_, at.begin.line, what));
  }
  [[noreturn]] void fail(const toml::node& node, std::string_view what) const { fail(node.source(), what); }

  void refuse_unknown(const toml::table& table, const std::vector<std::string>& known,
                      std::string_view where) const {
    for (const auto& [key, node] : as_written(table)) {
      const std::string word(key->str());
      if (std::ranges::find(known, word) == known.end())
        fail(key->source(), fmt::format("'{}'{}: expected {}{}", word.substr(0, 60), where,
                                        fmt::join(known, ", "), suggestion(word, known)));
    }
  }

  void choose_experiment() {
    std::vector<std::string> names;
    for (const auto& experiment : sweep_experiments()) names.push_back(experiment.name);
    const auto wanted = fmt::format("expected experiment = one of {}", fmt::join(names, ", "));
    const toml::node* node = root_.get("experiment");
    if (!node) throw base::DataError(fmt::format("{}: no experiment is named; {}", name_, wanted));
    const auto name = node->value<std::string>();
    if (!node->is_string()) fail(*node, wanted);
    for (const auto& experiment : sweep_experiments())
      if (experiment.name == *name) plan_.experiment_ = &experiment;
    if (!plan_.experiment_)
      fail(*node,
           fmt::format("experiment = \"{}\": {}{}", name->substr(0, 60), wanted, suggestion(*name, names)));
  }

  // A parameter that has not been given yet.
  std::size_t parameter(const toml::key& key) {
    const std::string name(key.str());
    std::vector<std::string> known;
    for (const auto& parameter : parameters()) known.push_back(parameter.name);
    const auto found = std::ranges::find(known, name);
    if (found == known.end())
      fail(key.source(),
           fmt::format("'{}' is no parameter of {}: expected one of {}{}", name.substr(0, 60),
                       plan_.experiment_->name, fmt::join(known, ", "), suggestion(name, known)));
    if (!given_.insert(name).second)
      fail(key.source(), fmt::format("{} is given twice: expected it in one place", name));
    return static_cast<std::size_t>(found - known.begin());
  }

  SweepValue value(std::size_t which, const toml::node& node) const {
    const auto& parameter = parameters()[which];
    const auto value = converted(parameter, node);
    if (!value || !parameter.allowed(*value))
      fail(node, fmt::format("{} = {}: expected {}", parameter.name, shown(node), parameter.wanted));
    return *value;
  }

  static std::optional<SweepValue> converted(const SweepParameter& parameter, const toml::node& node) {
    if (std::holds_alternative<std::string>(parameter.standard)) {
      if (!node.is_string()) return {};
      return *node.value<std::string>();
    }
    if (!node.is_number()) return {};
    const double real = *node.value<double>();
    if (std::holds_alternative<double>(parameter.standard)) return real;
    if (node.is_integer()) return *node.value<std::int64_t>();
    if (real != std::floor(real) || !(std::abs(real) <= 0x1p53)) return {};
    return static_cast<std::int64_t>(real);  // 1e6 is a whole number to its reader
  }

  void read_parameters() {
    const toml::node* node = root_.get("parameters");
    if (!node) return;
    if (!node->is_table()) fail(*node, "parameters: expected a table, [parameters]");
    for (const auto& [key, entry] : as_written(*node->as_table())) {
      const auto which = parameter(*key);
      plan_.fixed_[which] = value(which, *entry);
    }
  }

  void read_list() {
    const toml::node* node = root_.get("list");
    if (!node) return;
    const auto* list = node->as_array();
    if (!list || !std::ranges::all_of(*list, [](const auto& entry) { return entry.is_table(); }))
      fail(*node, "list: expected tables, [[list]]");
    if (list->empty()) fail(*node, "list is empty: expected at least one [[list]]");
    SweepAxis axis;
    for (const auto& entry : *list) {
      const auto& table = *entry.as_table();
      if (table.empty()) fail(entry, "[[list]] is empty: expected a value for at least one parameter");
      if (axis.entries.empty())
        for (const auto& [key, unused] : as_written(table)) axis.parameters.push_back(parameter(*key));
      axis.entries.push_back(list_entry(axis, table));
    }
    plan_.axes_.push_back(std::move(axis));
    plan_.listed_ = true;
  }

  std::vector<SweepValue> list_entry(const SweepAxis& axis, const toml::table& table) const {
    std::vector<SweepValue> values;
    std::vector<std::string> names;
    for (auto which : axis.parameters) names.push_back(parameters()[which].name);
    refuse_unknown(table, names, " in [[list]]");
    for (std::size_t i = 0; i < names.size(); ++i) {
      const toml::node* node = table.get(names[i]);
      if (!node) fail(table, fmt::format("[[list]] without {}: expected it, as in the first", names[i]));
      values.push_back(value(axis.parameters[i], *node));
    }
    return values;
  }

  void read_grid() {
    const toml::node* node = root_.get("grid");
    if (!node) return;
    if (!node->is_table()) fail(*node, "grid: expected a table, [grid]");
    if (node->as_table()->empty())
      fail(*node, "[grid] is empty: expected at least one parameter with its values");
    for (const auto& [key, entry] : as_written(*node->as_table())) {
      const auto which = parameter(*key);
      plan_.axes_.push_back(axis(which, *entry));
    }
  }

  SweepAxis axis(std::size_t which, const toml::node& node) const {
    SweepAxis axis{.parameters = {which}, .entries = {}};
    const auto& name = parameters()[which].name;
    if (const auto* table = node.as_table()) {
      axis.range = range(which, *table);
      return axis;
    }
    const auto* array = node.as_array();
    if (!array)
      fail(node, fmt::format("{} = {}: expected values in [ ] or a range {{ from = ..., to = ... }}; one "
                             "value for all runs belongs in [parameters]",
                             name, shown(node)));
    if (array->empty()) fail(node, fmt::format("{} = []: expected at least one value", name));
    std::set<SweepValue> seen;
    for (const auto& entry : *array) {
      axis.entries.push_back({value(which, entry)});
      if (!seen.insert(axis.entries.back().front()).second)
        fail(entry, fmt::format("{} has {} twice: expected every value once", name, shown(entry)));
    }
    return axis;
  }

  SweepAxis::Range range(std::size_t which, const toml::table& table) const {
    const auto& name = parameters()[which].name;
    const bool real = std::holds_alternative<double>(parameters()[which].standard);
    if (std::holds_alternative<std::string>(parameters()[which].standard))
      fail(table, fmt::format("{} is a word: expected values in [ ], not a range", name));
    refuse_unknown(table,
                   real ? std::vector<std::string>{"from", "to", "count", "spacing"}
                        : std::vector<std::string>{"from", "to", "step"},
                   fmt::format(" in the range of {}", name));
    const auto end = [&](const char* word) {
      const toml::node* node = table.get(word);
      if (!node)
        fail(table,
             fmt::format("the range of {} has no {}: expected {{ from = ..., to = ... }}", name, word));
      return value(which, *node);
    };
    SweepAxis::Range range{.from = end("from"), .to = end("to")};
    if (real ? !(range.from < range.to) : range.to < range.from)
      fail(table, fmt::format("the range of {} ends before it begins: expected from < to", name));
    if (real)
      read_points(table, name, range);
    else if (const toml::node* step = table.get("step"))
      range.step = count(*step, fmt::format("step in the range of {}", name), 1);
    return range;
  }

  void read_points(const toml::table& table, const std::string& name, SweepAxis::Range& range) const {
    const toml::node* number = table.get("count");
    if (!number)
      fail(table, fmt::format("the range of {} has no count: expected how many values, 2 or more", name));
    range.count = count(*number, fmt::format("count in the range of {}", name), 2);
    const toml::node* spacing = table.get("spacing");
    if (!spacing) return;
    const auto word = spacing->is_string() ? *spacing->value<std::string>() : std::string();
    if (word != "linear" && word != "log")
      fail(*spacing, fmt::format("spacing = {}: expected \"linear\" or \"log\"", shown(*spacing)));
    range.logarithmic = word == "log";
    if (range.logarithmic && !(std::get<double>(range.from) > 0))
      fail(table,
           fmt::format("the range of {} starts at {}: expected a number greater than 0 for spacing = \"log\"",
                       name, std::get<double>(range.from)));
  }

  std::int64_t count(const toml::node& node, const std::string& what, std::int64_t least) const {
    const auto number = node.is_integer() ? *node.value<std::int64_t>() : least - 1;
    if (number < least)
      fail(node, fmt::format("{} = {}: expected a whole number, {} or more", what, shown(node), least));
    return number;
  }

  const toml::table& root_;
  std::string name_;
  SweepPlan plan_;
  std::set<std::string> given_;
};

SweepPlan SweepPlan::parse(const std::string& text, const std::string& name) {
  toml::table root;
  try {
    root = parse_toml(text, name);
  } catch (const toml::parse_error& error) {
    throw base::DataError(
        fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description()));
  }
  return SweepReader(root, name).read();
}

}  // namespace dln::tools
