// dln diff: what changed between two reports, report.json each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "dln/base/error.hpp"
#include "tools/bounded_file.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/strict_json.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kLargestReport = 256u << 20;  // bytes

struct DiffOptions {
  std::string before, after;
};

Json read_report(const std::string& path) {
  auto in = open_bounded(path, kLargestReport, "a report.json");
  const auto shallow = [](int depth, Json::parse_event_t event, const Json&) {
    require_shallow<Json>(depth, event);
    return true;
  };
  Json report;
  try {
    report = Json::parse(in, shallow, false);
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("cannot use {}: {}", path, error.what()));
  }
  const auto is_claim = [](const Json& claim) {
    return claim.is_object() && claim.value("id", Json()).is_string() &&
           claim.value("verdict", Json()).is_string() && claim.value("checks", Json()).is_array() &&
           std::ranges::all_of(claim["checks"], [](const Json& check) { return check.is_object(); });
  };
  if (!report.is_object() || !report.contains("claims") || !report["claims"].is_array() ||
      !std::ranges::all_of(report["claims"], is_claim))
    throw base::DataError(
        fmt::format("cannot use {}: expected a report.json of 'dln verify' or 'dln check'", path));
  return report;
}

std::map<std::string, const Json*> by_id(const Json& report) {
  std::map<std::string, const Json*> claims;
  for (const Json& claim : report["claims"])
    if (const auto id = claim["id"].get<std::string>(); !claims.emplace(id, &claim).second)
      throw base::DataError(
          fmt::format("claim '{}' stands twice in a report; expected each once", id.substr(0, 60)));
  return claims;
}

// A line for people, whatever a file holds.
void tell(std::string line) {
  std::ranges::replace_if(
      line, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, '?');
  print(line + "\n");
}

bool stands(const std::string& verdict) {
  return verdict == "holds" || verdict == "refuted_as_printed";
}

std::string text_at(const Json& object, const char* key) {
  if (!object.contains(key) || object[key].is_null()) return "none";
  return object[key].is_string() ? object[key].get<std::string>() : object[key].dump();
}

// Of two measurements, relative to the larger; infinite where one is no number and they differ.
double change(const Json& before, const Json& after) {
  const Json a = before.value("measured", Json()), b = after.value("measured", Json());
  if (a == b) return 0;
  if (!a.is_number() || !b.is_number()) return std::numeric_limits<double>::infinity();
  const double x = a.get<double>(), y = b.get<double>();
  return std::abs(x - y) / std::max(std::abs(x), std::abs(y));
}

struct Changes {
  bool worse = false;
  int verdicts = 0, numbers = 0;
};

// The checks of one claim, in their order where there are as many.
void tell_numbers(const std::string& id, const Json& before, const Json& after, Changes& changes) {
  const auto &a = before["checks"], &b = after["checks"];
  if (a.size() != b.size()) {
    ++changes.numbers;
    return tell(fmt::format("{}\t{} checks, now {}", id, a.size(), b.size()));
  }
  std::size_t changed = 0, most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (change(a[i], b[i]) == 0) continue;
    ++changed;
    if (change(a[i], b[i]) >= change(a[most], b[most])) most = i;
  }
  if (changed == 0) return;
  ++changes.numbers;
  tell(fmt::format("{}\t{} of {} numbers differ, most of all {}: {}, now {}", id, changed, a.size(),
                   text_at(b[most], "quantity"), text_at(a[most], "measured"), text_at(b[most], "measured")));
}

void tell_claim(const std::string& id, const Json& before, const Json& after, Changes& changes) {
  const auto was = text_at(before, "verdict"), is = text_at(after, "verdict");
  if (was != is) {
    ++changes.verdicts;
    changes.worse |= stands(was) && !stands(is);
    tell(fmt::format("{}\t{}, now {}", id, was, is));
  }
  if (text_at(before, "standing") != text_at(after, "standing"))
    tell(fmt::format("{}\t{}, now {}", id, text_at(before, "standing"), text_at(after, "standing")));
  tell_numbers(id, before, after, changes);
}

bool is_told(const std::string& key) {
  return key != "/options/out" &&
         (key == "/seed" || key.starts_with("/options/") || key.starts_with("/software/"));
}

// What each run was told and made with, where they differ.
void tell_provenance(const Json& before, const Json& after) {
  const Json a = before.value("provenance", Json::object()).flatten(),
             b = after.value("provenance", Json::object()).flatten();
  for (const auto& [key, value] : b.items())
    if (is_told(key) && (!a.contains(key) || a[key] != value))
      tell(fmt::format("{}\t{}, now {}", key.substr(1), a.contains(key) ? a[key].dump() : "none",
                       value.dump()));
  for (const auto& [key, value] : a.items())
    if (is_told(key) && !b.contains(key)) tell(fmt::format("{}\t{}, now none", key.substr(1), value.dump()));
}

int run_diff(const DiffOptions& options) {
  const Json before = read_report(options.before), after = read_report(options.after);
  const auto old_claims = by_id(before), new_claims = by_id(after);
  Changes changes;
  tell_provenance(before, after);
  std::size_t gone = 0;
  for (const auto& [id, claim] : old_claims)
    if (!new_claims.contains(id)) {
      ++gone;
      changes.worse |= stands(text_at(*claim, "verdict"));
      tell(fmt::format("{}\t{}, now gone", id, text_at(*claim, "verdict")));
    }
  for (const Json& claim : after["claims"]) {
    const auto id = claim["id"].get<std::string>();
    if (const auto found = old_claims.find(id); found != old_claims.end())
      tell_claim(id, *found->second, claim, changes);
    else
      tell(fmt::format("{}\tnew: {}", id, text_at(claim, "verdict")));
  }
  const std::size_t both = old_claims.size() - gone, added = new_claims.size() - both;
  std::string sentence =
      fmt::format("{} verdict{} changed", changes.verdicts, changes.verdicts == 1 ? "" : "s");
  if (gone > 0) sentence += fmt::format(", {} claim{} gone", gone, gone == 1 ? "" : "s");
  if (added > 0) sentence += fmt::format(", {} new", added);
  if (changes.worse) sentence += ", for the worse";
  print(fmt::format("{}; numbers differ in {} of {} claims{}.\n", sentence, changes.numbers, both,
                    gone + added > 0 ? " in both" : ""));
  return changes.worse ? 1 : 0;
}

}  // namespace

void add_diff(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "Show what changed between two reports");
  command->add_option("before", options->before, "report.json of 'dln verify' or 'dln check'")->required();
  command->add_option("after", options->after, "The other one")->required();
  command->footer(
      "Exit code 1 when a claim stood and stands no longer, or is gone.\nExample: dln diff "
      "report-1/report.json "
      "report-2/report.json");
  command->callback([options, &chosen] { chosen = [options] { return run_diff(*options); }; });
}

}  // namespace dln::tools
