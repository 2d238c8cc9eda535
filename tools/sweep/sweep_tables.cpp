#include "tools/sweep/sweep_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "dln/data/npz.hpp"

namespace dln::tools {
namespace {

// As RFC 4180 has it.
std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string csv_value(const SweepValue& value) {
  if (const auto* word = std::get_if<std::string>(&value)) return csv_text(*word);
  if (const auto* n = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *n);
  return fmt::format("{}", std::get<double>(value));
}

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_value(const SweepValue& value) {
  if (const auto* word = std::get_if<std::string>(&value)) return json_text(*word);
  return csv_value(value);
}

// JSON has no name for what is not finite.
std::string json_number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

}  // namespace

// Text on its way out, a megabyte at a time.
class SweepTables::Block {
 public:
  explicit Block(const Sink& sink) : sink_(sink) {}
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(fmt::appender(text_), format, std::forward<Values>(values)...);
    if (text_.size() >= 1 << 20) hand_on();
  }
  void hand_on() {
    sink_({text_.data(), text_.size()});
    text_.clear();
  }

 private:
  const Sink& sink_;
  fmt::memory_buffer text_;
};

SweepTables::SweepTables(const SweepPlan& plan, const std::vector<SweepRecord>& records)
    : plan_(plan), records_(records), varied_(plan.varied()) {
  const auto& experiment = plan.experiment();
  for (const auto& record : records)
    if (!experiment.mode_columns.empty() && record.values.size() > experiment.columns.size())
      modes_ = std::max(modes_,
                        (record.values.size() - experiment.columns.size()) / experiment.mode_columns.size());
}

std::vector<std::string> SweepTables::parameter_names() const {
  std::vector<std::string> names;
  for (auto which : varied_) names.push_back(plan_.experiment().parameters[which].name);
  return names;
}

std::vector<std::string> SweepTables::column_names() const {
  std::vector<std::string> names;
  for (const auto& column : plan_.experiment().columns) names.push_back(column.name);
  for (std::size_t mode = 1; mode <= modes_; ++mode)
    for (const auto& column : plan_.experiment().mode_columns)
      names.push_back(fmt::format("{}_{}", column.name, mode));
  return names;
}

void SweepTables::write_csv(const Sink& sink) const {
  const auto columns = column_names();
  Block block(sink);
  block.add("index");
  for (const auto& name : parameter_names()) block.add(",{}", name);
  block.add(",outcome");
  for (const auto& name : columns) block.add(",{}", name);
  block.add(",message\n");
  for (std::uint64_t run = 0; run < records_.size(); ++run) {
    const auto& [state, values, message] = records_[run];
    block.add("{}", run);
    for (const auto& value : plan_.varied_at(run)) block.add(",{}", csv_value(value));
    block.add(",{}", name_of(state));
    for (double value : values) block.add(",{}", value);
    for (std::size_t i = values.size(); i < columns.size(); ++i) block.add(",");
    block.add(",{}\n", csv_text(message));
  }
  block.hand_on();
}

void SweepTables::write_jsonl(const Sink& sink) const {
  const auto parameters = parameter_names();
  Block block(sink);
  for (std::uint64_t run = 0; run < records_.size(); ++run) {
    const auto& record = records_[run];
    const auto at = plan_.varied_at(run);
    block.add("{{\"index\":{},\"parameters\":{{", run);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      block.add("{}\"{}\":{}", i == 0 ? "" : ",", parameters[i], json_value(at[i]));
    block.add("}},\"outcome\":\"{}\"", name_of(record.state));
    add_values(block, record.values);
    if (!record.message.empty()) block.add(",\"message\":{}", json_text(record.message));
    block.add("}}\n");
  }
  block.hand_on();
}

// The columns by name, each mode column as a list.
void SweepTables::add_values(Block& block, const std::vector<double>& values) const {
  if (values.empty()) return;
  const auto &columns = plan_.experiment().columns, &mode_columns = plan_.experiment().mode_columns;
  for (std::size_t i = 0; i < columns.size(); ++i)
    block.add(",\"{}\":{}", columns[i].name, json_number(values[i]));
  for (std::size_t c = 0; c < mode_columns.size(); ++c) {
    block.add(",\"{}\":[", mode_columns[c].name);
    for (std::size_t i = columns.size() + c; i < values.size(); i += mode_columns.size())
      block.add("{}{}", i < columns.size() + mode_columns.size() ? "" : ",", json_number(values[i]));
    block.add("]");
  }
}

std::string SweepTables::npz() const {
  data::NamedArrays numbers;
  data::NamedTexts words;
  const auto rows = records_.size();
  const auto parameters = parameter_names(), columns = column_names();
  for (const auto& name : columns)
    numbers[name] = {{rows}, std::vector<double>(rows, std::numeric_limits<double>::quiet_NaN())};
  std::vector<std::vector<double>*> targets;
  for (const auto& name : columns) targets.push_back(&numbers[name].values);
  for (std::uint64_t run = 0; run < rows; ++run) {
    const auto at = plan_.varied_at(run);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto& [name, value] = std::pair(parameters[i], at[i]);
      if (const auto* word = std::get_if<std::string>(&value))
        words[name].push_back(*word);
      else if (const auto* n = std::get_if<std::int64_t>(&value))
        numbers[name].values.push_back(static_cast<double>(*n));
      else
        numbers[name].values.push_back(std::get<double>(value));
    }
    numbers["index"].values.push_back(static_cast<double>(run));
    words["message"].push_back(records_[run].message);
    words["outcome"].emplace_back(name_of(records_[run].state));
    for (std::size_t i = 0; i < records_[run].values.size(); ++i)
      (*targets[i])[run] = records_[run].values[i];
  }
  for (auto& [name, array] : numbers) array.shape = {array.values.size()};
  return data::npz_bytes(numbers, words);
}

}  // namespace dln::tools
