// dln derive: the paper's algebra, step by step, each identity reduced to zero by computer algebra.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "dln/base/error.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/strict_text.hpp"
#ifdef DLN_WITH_SYMBOLIC
#include "dln/symbolic/depth_solution.hpp"
#include "dln/symbolic/derivations.hpp"
#include "tools/derivation_latex.hpp"
#endif

namespace dln::tools {
namespace {

struct DeriveOptions {
  std::vector<std::string> names;
  bool all = false, list = false, text = false, latex = false, json = false;
  std::optional<std::string> depth;
};

#ifdef DLN_WITH_SYMBOLIC

using symbolic::Decision;
using symbolic::Derivation;
using symbolic::Entry;
using symbolic::Role;
using symbolic::Step;
using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

// ---------------------------------------------------------------------------------------------------- as
// text

std::string verdict_text(const Step& step) {
  if (step.decision == Decision::proven) return "lhs - rhs = 0: proven\n";
  return fmt::format("lhs - rhs = {}: {}\n", step.difference.text, name_of(step.decision));
}

std::string as_text(const Step& step, std::size_t number) {
  std::string out =
      fmt::format("  {}. {}{}\n", number, step.role == Role::printed ? "As printed: " : "", step.text);
  if (!step.lhs.empty()) out += fmt::format("       {} = {}\n", step.lhs.text, step.rhs.text);
  if (step.role == Role::identity || step.role == Role::printed) out += "       " + verdict_text(step);
  return out;
}

std::string as_text(const Derivation& d) {
  std::string out = fmt::format("{} ({}{}{}): {}\n  {}\n", d.name, d.equation, d.claims.empty() ? "" : "; ",
                                joined(d.claims, ", "), name_of(d.decision()), d.title);
  for (const std::string& assumption : d.assumptions) out += fmt::format("  Given: {}\n", assumption);
  for (std::size_t i = 0; i < d.steps.size(); ++i) out += as_text(d.steps[i], i + 1);
  return out + "\n";
}

// ----------------------------------------------------------------------------------------------------- as
// JSON

Json as_json(const symbolic::Formula& formula) {
  return {{"text", formula.text}, {"latex", formula.latex}};
}

const symbolic::Formula kZero{"0", "0"};

Json as_json(const Step& step) {
  Json json{{"role", name_of(step.role)}, {"text", step.text}};
  if (!step.lhs.empty()) {
    json["lhs"] = as_json(step.lhs);
    json["rhs"] = as_json(step.rhs);
  }
  if (step.role != Role::identity && step.role != Role::printed) return json;
  json["decision"] = name_of(step.decision);
  json["difference"] = as_json(step.difference.empty() ? kZero : step.difference);
  return json;
}

Json as_json(const Derivation& d) {
  Json json{{"name", d.name},
            {"equation", d.equation},
            {"title", d.title},
            {"claims", d.claims},
            {"decision", name_of(d.decision())},
            {"identically_zero", d.identically_zero()},
            {"assumptions", d.assumptions},
            {"lhs", as_json(d.lhs())},
            {"rhs", as_json(d.rhs())}};
  json["difference"] = as_json(d.identically_zero() ? kZero : d.difference());
  json["steps"] = Json::array();
  for (const Step& step : d.steps) json["steps"].push_back(as_json(step));
  return json;
}

// ------------------------------------------------------------------------------------------------ the
// command

// A name, or the claim that derivations serve.
bool answers_to(const Entry& entry, const std::string& word) {
  return entry.name == word || std::ranges::find(entry.claims, word) != entry.claims.end();
}

// "eq1" is the beginning of eq1-gradient, "c12" a claim in small letters.
std::string meant_by(const std::string& word) {
  std::vector<std::string> known, longer;
  for (const Entry& entry : symbolic::derivations()) {
    if (entry.name.starts_with(word + "-")) longer.push_back(entry.name);
    known.push_back(entry.name);
    known.insert(known.end(), entry.claims.begin(), entry.claims.end());
  }
  return longer.empty() ? suggestion(word, known) : fmt::format("; did you mean {}?", joined(longer, ", "));
}

std::vector<const Entry*> chosen_entries(const DeriveOptions& options) {
  const auto& all = symbolic::derivations();
  for (const std::string& word : options.names)
    if (std::ranges::none_of(all, [&](const Entry& e) { return answers_to(e, word); }))
      throw base::DomainError(fmt::format("derivation '{}': unknown{}; 'dln derive --list' names them all",
                                          word.substr(0, 60), meant_by(word)));
  std::vector<const Entry*> chosen;
  for (const Entry& entry : all)
    if (options.all ||
        std::ranges::any_of(options.names, [&](auto& word) { return answers_to(entry, word); }))
      chosen.push_back(&entry);
  return chosen;
}

void print_list(bool as_json) {
  Json json = Json::array();
  for (const Entry& e : symbolic::derivations())
    if (as_json)
      json.push_back({{"name", e.name}, {"equation", e.equation}, {"claims", e.claims}, {"title", e.title}});
    else
      print(fmt::format("{}\t{}\t{}\t{}\n", e.name, e.equation, joined(e.claims, " "), e.title));
  if (as_json) print(json.dump(2) + "\n");
}

int derive_and_print(const std::vector<const Entry*>& entries, const DeriveOptions& options) {
  Json json = Json::array();
  std::size_t proven = 0;
  ProgressLine progress;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    progress.report(entries[i]->name, static_cast<double>(i) / static_cast<double>(entries.size()));
    const Derivation derivation = derive(*entries[i]);
    proven += derivation.identically_zero();
    progress.clear();
    if (options.json)
      json.push_back(as_json(derivation));
    else
      print(options.latex ? as_latex(derivation) : as_text(derivation));
  }
  if (options.json) print(json.dump(2) + "\n");
  if (!options.json && !options.latex && entries.size() > 1)
    print(fmt::format("{} of {} derivations proven\n", proven, entries.size()));
  return proven == entries.size() ? 0 : 1;
}

base::Depth whole_depth(const std::string& text) {
  int layers = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, trouble] = std::from_chars(text.data(), end, layers);
  if (trouble != std::errc() || stop != end || layers < 2 || layers > symbolic::kDeepestSolution)
    throw base::DomainError(
        fmt::format("--depth = '{}': expected a whole number from 2 to {}, the layers N_l; the proof for {} "
                    "takes some ten "
                    "seconds, for more minutes. 'dln eval eq15.t' has the time at every depth",
                    text.substr(0, 60), symbolic::kDeepestSolution, symbolic::kDeepestSolution));
  return base::Depth::from_layers(layers);
}

int solve_and_print(const DeriveOptions& options) {
  const auto solution = symbolic::solve_depth(whole_depth(*options.depth));
  const Derivation& derivation = solution.derivation;
  if (options.json) {
    Json json = as_json(derivation);
    json["F"] = as_json(solution.antiderivative);
    json["t"] = as_json(solution.time);
    json["cpp"] = solution.cpp;
    print(json.dump(2) + "\n");
  } else {
    print(options.latex ? as_latex(derivation) : as_text(derivation));
    if (!options.latex)
      print(fmt::format("F(y) = {}\nt = {}\n\n", solution.antiderivative.text, solution.time.text));
    print(as_latex(solution));
    if (!options.latex) print("\n" + solution.cpp);
  }
  return derivation.identically_zero() ? 0 : 1;
}

int run_derive(const DeriveOptions& options) {
  if (options.text + options.latex + options.json > 1)
    throw base::DomainError("expected one of --text, --latex and --json");
  if (options.all + options.list + !options.names.empty() + options.depth.has_value() != 1)
    throw base::DomainError(
        "expected names of derivations, or one of --all, --list and --depth; 'dln derive --list' names them "
        "all");
  if (options.list) {
    if (options.latex) throw base::DomainError("--list: expected --json or --text with it, not --latex");
    print_list(options.json);
    return 0;
  }
  if (options.depth) return solve_and_print(options);
  return derive_and_print(chosen_entries(options), options);
}

#else

int run_derive(const DeriveOptions&) {
  throw base::ExternalProgramError(
      "this dln was built without computer algebra; install GiNaC (Debian: libginac-dev) and build again");
}

#endif

}  // namespace

void add_derive(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DeriveOptions>();
  CLI::App* command =
      app.add_subcommand("derive", "Derive the paper's equations step by step by computer algebra");
  command->add_option("names", options->names, "Derivations, or claims such as C12 that they serve");
  command->add_flag("--all", options->all, "All of them");
  command->add_flag("--list", options->list, "Name them: name, equation, claims, sentence");
  command->add_option(
      "--depth", options->depth,
      "Eq 15 solved for N_l layers, a whole number from 2 to 42 (beyond, its proof takes minutes), as LaTeX "
      "and as C++");
  command->add_flag("--text", options->text, "Readable on a terminal (the default)");
  command->add_flag("--latex", options->latex,
                    "As LaTeX, to include in a document with \\usepackage{amsmath}");
  command->add_flag("--json", options->json, "As JSON");
  command->footer("Example: dln derive eq12");
  command->callback([options, &chosen] { chosen = [options] { return run_derive(*options); }; });
}

}  // namespace dln::tools
