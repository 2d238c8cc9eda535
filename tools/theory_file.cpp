#include "tools/theory_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <tuple>

#include "dln/base/error.hpp"
#include "tools/bounded_file.hpp"
#include "tools/claim_reader.hpp"
#include "tools/strict_text.hpp"
#include "tools/strict_toml.hpp"

namespace dln::tools {

using validation::Place;
using validation::Problem;
using validation::Theory;
using validation::Written;

namespace {

constexpr std::size_t kMostParameters = 40, kMostStates = 20, kMostClaims = 200;

const std::vector<std::string> kSections = {"title", "symbols", "assume", "time", "system", "start", "claim"};

class TheoryReader {
 public:
  TheoryReader(const toml::table& root, const std::filesystem::path& path)
      : root_(root), reader_(theory_, problems_) {
    theory_.file = path.filename().string();
    theory_.title = theory_.file;
  }

  Theory read(std::vector<Problem>& problems) {
    reader_.refuse_unknown(root_, "", kSections);
    if (const auto title = reader_.text(root_, "title")) theory_.title = *title;
    read_symbols();
    name_states();
    name_time();
    read_system();
    read_span();
    read_assumptions();
    read_claims();
    problems = std::move(problems_);
    return std::move(theory_);
  }

 private:
  // A table of the file, empty when it is missing.
  const toml::table& section(const char* name) {
    static const toml::table nothing;
    const toml::node* node = root_.get(name);
    if (!node) return nothing;
    if (const auto* table = node->as_table()) return *table;
    reader_.complain(*node, fmt::format("{}: expected a table, [{}]", name, name));
    return nothing;
  }

  bool is_new_name(const toml::key& key) {
    const std::string name(key.str());
    const Place place = place_of(key.source());
    if (!symbolic::is_symbol_name(name)) {
      reader_.complain(
          place, fmt::format("'{}': expected a name of letters, digits and _, a letter first, at most 40 "
                             "characters, other than pi and the functions",
                             name.substr(0, 60)));
      return false;
    }
    if (!names_.insert(name).second) {
      reader_.complain(place, fmt::format("'{}' is declared twice: expected a name for each thing", name));
      return false;
    }
    return true;
  }

  void read_symbols() {
    for (const auto& [key, node] : in_order(section("symbols"))) {
      if (!is_new_name(*key)) continue;
      if (theory_.parameters.size() == kMostParameters)
        return reader_.complain(*node, fmt::format("more than {} symbols: expected fewer", kMostParameters));
      // A bad domain is told once; the symbol is known all the same.
      const auto domain = read_domain(*key, *node);
      theory_.parameters.push_back({std::string(key->str()), domain.first, domain.second,
                                    place_of(key->source()), !node->is_string()});
    }
  }

  std::pair<double, double> read_domain(const toml::key& key, const toml::node& node) {
    constexpr const char* kWanted =
        "expected a domain: \"positive\" (0.5 to 2), \"negative\" (-2 to -0.5), \"real\" (-2 to 2), or a "
        "range [low, high]";
    if (const auto* text = node.as_string()) {
      if (text->get() == "positive") return {0.5, 2};
      if (text->get() == "negative") return {-2, -0.5};
      if (text->get() == "real") return {-2, 2};
      reader_.complain(node, fmt::format("{} = '{}': {}{}", key.str(), text->get().substr(0, 40), kWanted,
                                         suggestion(text->get(), {"positive", "negative", "real"})));
      return {1, 2};
    }
    const auto* range = node.as_array();
    if (!range || range->size() != 2 || !(*range)[0].is_number() || !(*range)[1].is_number()) {
      reader_.complain(node, fmt::format("{}: {}", key.str(), kWanted));
      return {1, 2};
    }
    const double low = *(*range)[0].value<double>(), high = *(*range)[1].value<double>();
    if (!(std::isfinite(low) && std::isfinite(high) && low <= high &&
          std::max(std::abs(low), std::abs(high)) <= 1e100)) {
      reader_.complain(
          node, fmt::format("{} = [{}, {}]: expected finite numbers, low <= high, of size 1e100 at most",
                            key.str(), low, high));
      return {1, 2};
    }
    return {low, high};
  }

  void name_states() {
    for (const auto& [key, node] : in_order(section("system"))) {
      if (!is_new_name(*key)) continue;
      if (theory_.states.size() == kMostStates)
        return reader_.complain(*node, fmt::format("more than {} states: expected fewer", kMostStates));
      theory_.states.push_back({std::string(key->str()), {}, {}});
    }
  }

  void name_time() {
    const auto& time = section("time");
    reader_.refuse_unknown(time, "[time]", {"symbol", "span"});
    const auto name = reader_.text(time, "symbol");
    if (name) theory_.time = *name;
    const toml::node* node = time.get("symbol");
    const Place place = node ? place_of(node->source()) : Place{1, 1};
    if (!symbolic::is_symbol_name(theory_.time))
      reader_.complain(place, fmt::format("time symbol '{}': expected a name of letters, digits and _",
                                          theory_.time.substr(0, 40)));
    else if (!names_.insert(theory_.time).second)
      reader_.complain(
          place,
          fmt::format("'{}' is declared, and is the time too; name the time by symbol = \"...\" in [time]",
                      theory_.time));
  }

  // Every state has a rate and a start, every start a state.
  void read_system() {
    const auto &system = section("system"), &start = section("start");
    for (auto& state : theory_.states) {
      const auto* rate = system.get(state.name);
      state.rate = reader_.expression(*rate, state.name, Speaks::of_everything);
      if (const auto* node = start.get(state.name))
        state.start = reader_.expression(*node, state.name, Speaks::of_parameters);
      else
        reader_.complain(
            *rate, fmt::format("{} has no start: expected {} = ... in [start]", state.name, state.name));
    }
    std::vector<std::string> states;
    for (const auto& state : theory_.states) states.push_back(state.name);
    for (const auto& [key, node] : in_order(start))
      if (std::ranges::find(states, key->str()) == states.end())
        reader_.complain(place_of(key->source()),
                         fmt::format("start of '{}': expected a state of [system]{}",
                                     key->str().substr(0, 40), suggestion(key->str(), states)));
  }

  void read_span() {
    const auto& time = section("time");
    const toml::node* node = time.get("span");
    if (!node) {
      if (!theory_.states.empty())
        reader_.complain(
            root_.get("time") ? place_of(root_.get("time")->source())
                              : place_of(root_.get("system")->source()),
            "the system has no span of time: expected span = [0, \"10*tau\"], or the like, in [time]");
      return;
    }
    const auto* span = node->as_array();
    if (!span || span->size() != 2)
      return reader_.complain(*node, "span: expected two times, [begin, end], numbers or formulas");
    theory_.begin = reader_.expression((*span)[0], "span", Speaks::of_parameters);
    theory_.end = reader_.expression((*span)[1], "span", Speaks::of_parameters);
  }

  void read_assumptions() {
    const toml::node* node = root_.get("assume");
    if (!node) return;
    const auto* list = node->as_array();
    if (!list)
      return reader_.complain(*node, "assume: expected a list of inequalities, such as [\"u0 < s\"]");
    for (const auto& each : *list) {
      Written assumption = reader_.inequality(each);
      if (!assumption.empty()) theory_.assumptions.push_back(std::move(assumption));
    }
  }

  void read_claims() {
    const toml::node* node = root_.get("claim");
    const auto* list = node ? node->as_array() : nullptr;
    if (!list || list->empty()) {
      reader_.complain(node ? place_of(node->source()) : Place{1, 1},
                       "no claims: expected at least one table [[claim]]");
      return;
    }
    if (list->size() > kMostClaims)
      return reader_.complain(*node,
                              fmt::format("{} claims: expected at most {}", list->size(), kMostClaims));
    std::set<std::string> ids;
    for (const auto& each : *list) {
      const auto* table = each.as_table();
      if (!table) {
        reader_.complain(each, "claim: expected tables, [[claim]]");
        continue;
      }
      auto claim = reader_.claim(*table, theory_.claims.size() + 1);
      if (!ids.insert(claim.id).second)
        reader_.complain(claim.place,
                         fmt::format("id '{}' names two claims: expected a name for each", claim.id));
      theory_.claims.push_back(std::move(claim));
    }
  }

  const toml::table& root_;
  Theory theory_;
  std::vector<Problem> problems_;
  ClaimReader reader_;
  std::set<std::string> names_;
};

std::string content_of(const std::filesystem::path& path) {
  const auto status = std::filesystem::status(path);
  if (!std::filesystem::exists(status))
    throw base::DataError(fmt::format("{}: there is no such file", path.string()));
  if (std::filesystem::is_directory(status))
    throw base::DataError(fmt::format("{}: is a folder; expected a TOML file", path.string()));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw base::DataError(fmt::format("{}: cannot be opened", path.string()));
  // Whatever the size that the file claims to have.
  auto text = read_bounded(in, kLargestTheoryFile);
  if (text.size() > kLargestTheoryFile)
    throw base::DataError(fmt::format("{}: larger than {} bytes; expected a TOML file written by hand",
                                      path.string(), kLargestTheoryFile));
  if (text.find('\0') != std::string::npos)
    throw base::DataError(fmt::format("{}: holds a byte 0; expected a TOML file", path.string()));
  return text;
}

}  // namespace

std::vector<Problem> in_order(std::vector<Problem> problems) {
  const auto key = [](const Problem& p) { return std::tuple(p.place.line, p.place.column, p.sentence); };
  std::ranges::sort(problems, {}, key);
  const auto same = [&](const Problem& a, const Problem& b) { return key(a) == key(b); };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
  return problems;
}

TheoryFile read_theory(const std::filesystem::path& path) {
  const std::string text = content_of(path);
  try {
    const toml::table root = parse_toml(text, path.string());
    TheoryFile file;
    file.theory = TheoryReader(root, path).read(file.problems);
    file.problems = in_order(std::move(file.problems));
    return file;
  } catch (const toml::parse_error& error) {
    return {{}, {{place_of(error.source()), fmt::format("not TOML: {}", error.description())}}};
  }
}

}  // namespace dln::tools
