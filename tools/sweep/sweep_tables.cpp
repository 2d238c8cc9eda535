#include "tools/sweep/sweep_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "dln/data/npz.hpp"

namespace dln::tools {
namespace {

constexpr std::size_t kBlock = 1 << 20;  // bytes handed on at once

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
  const auto parameters = parameter_names(), columns = column_names();
  std::string text = "index";
  for (const auto& name : parameters) text += "," + name;
  text += ",outcome";
  for (const auto& name : columns) text += "," + name;
  text += ",message\n";
  for (std::uint64_t run = 0; run < records_.size(); ++run) {
    const auto& record = records_[run];
    const auto at = plan_.at(run);
    fmt::format_to(std::back_inserter(text), "{}", run);
    for (const auto& name : parameters) text += "," + csv_value(at[name]);
    fmt::format_to(std::back_inserter(text), ",{}", name_of(record.state));
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (i < record.values.size())
        fmt::format_to(std::back_inserter(text), ",{}", record.values[i]);
      else
        text += ',';
    text += ',' + csv_text(record.message) + '\n';
    if (text.size() < kBlock) continue;
    sink(text);
    text.clear();
  }
  sink(text);
}

void SweepTables::write_jsonl(const Sink& sink) const {
  const auto parameters = parameter_names();
  const auto &columns = plan_.experiment().columns, &mode_columns = plan_.experiment().mode_columns;
  std::string text;
  const auto out = std::back_inserter(text);
  for (std::uint64_t run = 0; run < records_.size(); ++run) {
    const auto& [state, values, message] = records_[run];
    const auto at = plan_.at(run);
    fmt::format_to(out, "{{\"index\":{},\"parameters\":{{", run);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      fmt::format_to(out, "{}\"{}\":{}", i == 0 ? "" : ",", parameters[i], json_value(at[parameters[i]]));
    fmt::format_to(out, "}},\"outcome\":\"{}\"", name_of(state));
    if (!values.empty()) {
      for (std::size_t i = 0; i < columns.size(); ++i)
        fmt::format_to(out, ",\"{}\":{}", columns[i].name, json_number(values[i]));
      for (std::size_t c = 0; c < mode_columns.size(); ++c) {
        fmt::format_to(out, ",\"{}\":[", mode_columns[c].name);
        for (std::size_t i = columns.size() + c; i < values.size(); i += mode_columns.size())
          fmt::format_to(out, "{}{}", i < columns.size() + mode_columns.size() ? "" : ",",
                         json_number(values[i]));
        text += ']';
      }
    }
    if (!message.empty()) fmt::format_to(out, ",\"message\":{}", json_text(message));
    text += "}\n";
    if (text.size() < kBlock) continue;
    sink(text);
    text.clear();
  }
  sink(text);
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
    const auto at = plan_.at(run);
    for (const auto& name : parameters) {
      const auto& value = at[name];
      if (const auto* word = std::get_if<std::string>(&value))
        words[name].push_back(*word);
      else if (const auto* n = std::get_if<std::int64_t>(&value))
        numbers[name].values.push_back(static_cast<double>(*n));
      else
        numbers[name].values.push_back(std::get<double>(value));
    }
    words["outcome"].emplace_back(name_of(records_[run].state));
    for (std::size_t i = 0; i < records_[run].values.size(); ++i)
      (*targets[i])[run] = records_[run].values[i];
  }
  for (auto& [name, array] : numbers) array.shape = {array.values.size()};
  return data::npz_bytes(numbers, words);
}

}  // namespace dln::tools
