// dln eval: one scalar quantity of the theory, or many of them as JSON Lines.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "dln/base/error.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/quantities.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

struct EvalOptions {
  std::optional<std::string> quantity;
  std::vector<std::string> assignments;
  std::optional<std::string> jsonl;
};

std::size_t index_of(const Quantity& quantity, std::string_view parameter) {
  const auto& names = quantity.parameters;
  const auto found = std::ranges::find(names, parameter, &Parameter::name);
  if (found == names.end())
    throw base::DomainError(fmt::format("parameter '{}': {} takes {}", parameter.substr(0, 60), quantity.name,
                                        quantity.shown_parameters(", ")));
  return static_cast<std::size_t>(found - names.begin());
}

// One value a parameter, none twice, none missing.
class Arguments {
 public:
  explicit Arguments(const Quantity& quantity) : quantity_(quantity), values_(quantity.parameters.size()) {}

  void set(std::string_view parameter, std::vector<double> value) {
    auto& slot = values_[index_of(quantity_, parameter)];
    if (!slot.empty()) throw base::DomainError(fmt::format("parameter '{}': given twice", parameter));
    slot = std::move(value);
  }
  double evaluate() const {
    for (std::size_t i = 0; i < values_.size(); ++i)
      if (values_[i].empty())
        throw base::DomainError(fmt::format("{}: parameter {} is missing; expected {}", quantity_.name,
                                            quantity_.parameters[i].name, quantity_.shown_parameters(", ")));
    return tools::evaluate(quantity_, Values(values_));
  }

 private:
  const Quantity& quantity_;
  std::vector<std::vector<double>> values_;  // empty: not given
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> parse_value(const Parameter& parameter, std::string_view text) {
  if (parameter.kind == ParameterKind::list) return strict_list(parameter.name, text);
  if (parameter.kind == ParameterKind::depth && text == "inf") return {kInfinity};
  try {
    return {strict_number(parameter.name, text)};
  } catch (const base::DomainError& error) {
    if (parameter.kind != ParameterKind::depth) throw;
    throw base::DomainError(fmt::format("{}, or inf", error.what()));
  }
}

std::vector<double> json_value(const Parameter& parameter, const Json& value) {
  if (parameter.kind == ParameterKind::list && value.is_array() && !value.empty() &&
      std::ranges::all_of(value, [](const Json& entry) { return entry.is_number(); }))
    return value.get<std::vector<double>>();
  if (parameter.kind == ParameterKind::depth && value == "inf") return {kInfinity};
  if (!value.is_number() || parameter.kind == ParameterKind::list)
    throw base::DomainError(fmt::format("{}: expected {}, got {}", parameter.name,
                                        parameter.kind == ParameterKind::list    ? "an array of numbers"
                                        : parameter.kind == ParameterKind::depth ? "a number or \"inf\""
                                                                                 : "a number",
                                        value.type_name()));
  return {value.get<double>()};
}

double evaluate_assignments(const EvalOptions& options) {
  Arguments arguments(find_quantity(*options.quantity));
  for (const std::string& assignment : options.assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos)
      throw base::DomainError(fmt::format("'{}': expected name=value, such as s=1", assignment));
    const std::string name = assignment.substr(0, equals);
    const Quantity& quantity = find_quantity(*options.quantity);
    const auto index = index_of(quantity, name);  // an unknown name matters more than its value
    arguments.set(name,
                  parse_value(quantity.parameters[index], std::string_view(assignment).substr(equals + 1)));
  }
  return arguments.evaluate();
}

double evaluate_json(const Json& line, std::string& quantity_name) {
  if (!line.is_object()) throw base::DomainError("expected an object {\"quantity\": ..., \"params\": {...}}");
  const auto quantity = line.find("quantity"), params = line.find("params");
  if (quantity == line.end() || !quantity->is_string())
    throw base::DomainError("\"quantity\": expected a string");
  quantity_name = quantity->get<std::string>();
  Arguments arguments(find_quantity(quantity_name));
  if (params == line.end() || !params->is_object()) throw base::DomainError("\"params\": expected an object");
  for (const auto& [key, member] : line.items())
    if (key != "quantity" && key != "params")
      throw base::DomainError(
          fmt::format("'{}': expected only \"quantity\" and \"params\"", key.substr(0, 60)));
  for (const auto& [name, value] : params->items()) {
    const Quantity& known = find_quantity(quantity_name);
    arguments.set(name, json_value(known.parameters[index_of(known, name)], value));
  }
  return arguments.evaluate();
}

// The line's answer; an error is an answer too.
std::string answer(std::string_view line) {
  std::string quantity;
  std::string error;
  try {
    const double value = evaluate_json(Json::parse(line), quantity);
    return fmt::format("{{\"quantity\": {}, \"value\": {:.17g}}}\n", Json(quantity).dump(), value);
  } catch (const Json::out_of_range&) {
    error = "a number is too large for a double";
  } catch (const Json::parse_error& trouble) {
    error = fmt::format("not valid JSON from byte {} on", trouble.byte);
  } catch (const Json::exception&) {
    error = "not valid JSON";
  } catch (const base::Error& trouble) {
    error = trouble.what();
  }
  auto text = [](const std::string& s) {
    return Json(s).dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  return fmt::format("{{\"quantity\": {}, \"error\": {}}}\n", quantity.empty() ? "null" : text(quantity),
                     text(error));
}

// Answers every line as soon as it is complete, so that a program may ask and wait however it buffers.
void evaluate_lines(int descriptor, const std::string& name) {
  std::vector<char> block(1 << 16);
  std::string pending, answers;
  for (;;) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw base::DataError(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    if (got == 0) break;
    std::size_t begin = 0, searched = pending.size();
    pending.append(block.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = pending.find('\n', searched)) != std::string::npos;
         begin = searched = end + 1)
      answers += answer(std::string_view(pending).substr(begin, end - begin));
    pending.erase(0, begin);
    print(answers);
    flush_output();
    answers.clear();
  }
  if (!pending.empty()) print(answer(pending));
}

int run_eval(const EvalOptions& options) {
  if (options.jsonl && options.quantity)
    throw base::DomainError(
        fmt::format("'{}': expected either a quantity or --jsonl, not both", *options.quantity));
  if (!options.jsonl && !options.quantity)
    throw base::DomainError(
        "expected a quantity, such as eq12.u, or --jsonl; 'dln list quantities' names them all");
  if (!options.jsonl) {
    print(fmt::format("{:.17g}\n", evaluate_assignments(options)));
    return 0;
  }
  if (*options.jsonl == "-") {
    evaluate_lines(STDIN_FILENO, "standard input");
    return 0;
  }
  const int file = ::open(options.jsonl->c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw base::DataError(
        fmt::format("cannot read {}: {}; expected a file of JSON Lines, or - for standard input",
                    *options.jsonl, std::strerror(errno)));
  evaluate_lines(file, *options.jsonl);
  ::close(file);
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Evaluate a quantity of the theory to 17 digits");
  command->add_option("quantity", options->quantity, "Its name; 'dln list quantities' shows all");
  command->add_option("parameters", options->assignments, "name=value for each of its parameters");
  command->add_option(
      "--jsonl", options->jsonl,
      "Read {\"quantity\": q, \"params\": {...}} lines from this file (- for standard input) and answer each "
      "with {\"quantity\": q, \"value\": x} or {\"quantity\": q, \"error\": ...}");
  command->footer("Example: dln eval eq11.t u0=1e-6 uf=40 s=80 tau=2000");
  command->callback([options, &chosen] { chosen = [options] { return run_eval(*options); }; });
}

}  // namespace dln::tools
