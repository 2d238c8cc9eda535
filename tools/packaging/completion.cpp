// Bash completion of dln: what each subcommand takes, and what each of its words may be.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "tools/packaging/command_line.hpp"

namespace dln::packaging {
namespace {

// What the value of an option or a positional may be: words, or names that completion.bash asks for or makes.
// An option that is not here takes a number or words of its own, and is completed to nothing.
const std::map<std::string, std::string> kKinds{
    {"--about", "@experiments"},
    {"--claim", "@claims"},
    {"--digits", "17 50"},
    {"--effort", "quick standard full"},
    {"--first-layer", "active all"},
    {"--held-out", "@files"},
    {"--images", "@files"},
    {"--inputs", "raw centred white"},
    {"--journal", "@files"},
    {"--jsonl", "@files"},
    {"--labels", "@files"},
    {"--network", "@files"},
    {"--out", "@files"},
    {"--rate", "auto"},
    {"--section", "1 2 3 4 5"},
    {"--start", "@files random decoupled orthogonal pretrained"},
    {"--strengths", "@files"},
    {"--targets", "@files"},
    {"--u0", "auto"},
    {"DATA", "@files"},
    {"FILE", "@files"},
    {"file", "@files"},
    {"id", "@figures"},
    {"names", "@derivations @claims"},
    {"quantity", "@quantities"},
    {"parameters", "@parameters"},
    {"what", "claims figures quantities experiments"},
    {"rate --scale", "raw unit-variance white"},
};

std::string kind(const std::string& command, const std::string& name) {
  for (const auto& key : {command + " " + name, name})
    if (const auto found = kKinds.find(key); found != kKinds.end()) return found->second;
  return "";
}

using Rows = std::vector<std::pair<std::string, std::string>>;

struct Tables {
  Rows commands, options, values, positionals;
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

void add(Tables& tables, const CLI::App& app, const std::string& command) {
  std::vector<std::string> parts, options, positionals;
  for (const CLI::App* part : subcommands(app)) parts.push_back(part->get_name());
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name(option->get_positional());
    if (option->get_positional()) {
      tables.values.emplace_back(command + " " + name, kind(command, name));
      positionals.push_back(name + (option->get_expected_max() > 1 ? "+" : ""));
      continue;
    }
    for (const auto& word : option->get_lnames()) {
      options.push_back("--" + word);
      if (!is_flag(*option))
        tables.values.emplace_back(command + " --" + word,
                                   (option->get_expected_max() > 1 ? "+ " : "") + kind(command, "--" + word));
    }
  }
  tables.commands.emplace_back(command, joined(parts));
  tables.options.emplace_back(command, joined(options));
  tables.positionals.emplace_back(command, joined(positionals));
  for (const CLI::App* part : subcommands(app))
    add(tables, *part, command.empty() ? part->get_name() : command + " " + part->get_name());
}

// A function that prints what the table says of $1, and fails when it has no such row.
std::string table_function(const std::string& name, const Rows& rows) {
  std::string text = fmt::format("{}() {{\n  case $1 in\n", name);
  for (const auto& [key, words] : rows) text += fmt::format("    '{}') echo '{}' ;;\n", key, words);
  return text + "    *) return 1 ;;\n  esac\n}\n\n";
}

}  // namespace

std::string completion(const CLI::App& app, const std::string& code) {
  Tables tables;
  add(tables, app, "");
  return "# Bash completion of dln. Made from its command line when it was built.\n\n" +
         table_function("_dln_subcommands", tables.commands) +
         table_function("_dln_options", tables.options) +
         table_function("_dln_positionals", tables.positionals) +
         table_function("_dln_values", tables.values) + code;
}

}  // namespace dln::packaging
