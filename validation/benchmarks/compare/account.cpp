#include "validation/benchmarks/compare/account.hpp"

#include <fmt/format.h>

#include <cmath>

namespace dln::compare {
namespace {

std::string milliseconds(double seconds) {
  return std::isnan(seconds) ? "-" : fmt::format("{:.3g}", 1e3 * seconds);
}
std::string small(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.1e}", value);
}
std::string plain(double value) {
  return std::isnan(value) ? "-" : value < 100 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::ordered_json row_json(const Row& row) {
  nlohmann::ordered_json json{{"workload", row.workload},
                              {"title", row.title},
                              {"peer", row.peer},
                              {"threads", row.threads},
                              {"clock", row.clock()},
                              {"seconds", number(row.our_seconds)},
                              {"error", number(row.our_error)},
                              {"error_bound", number(row.error_bound)},
                              {"peer_seconds", number(row.peer_seconds)},
                              {"peer_error", number(row.peer_error)},
                              {"ratio", number(row.ratio())},
                              {"target", row.target ? nlohmann::json(*row.target) : nlohmann::json()},
                              {"verdict", row.verdict()}};
  if (!row.note.empty()) json["note"] = row.note;
  return json;
}

nlohmann::ordered_json panel_json(const GrowthPanel& panel) {
  nlohmann::ordered_json json{{"name", panel.name}, {"against", panel.horizontal}};
  for (const GrowthCurve& curve : panel.curves) {
    nlohmann::ordered_json points = nlohmann::ordered_json::array();
    for (const auto& [x, y] : curve.points) points.push_back({x, y});
    json["curves"].push_back({{"name", curve.name}, {"seconds", points}});
  }
  return json;
}

}  // namespace

std::string table_text(const Bench& bench) {
  std::string text = fmt::format("{:<46} {:<31} {:>9} {:>8} {:>9} {:>8} {:>8} {:>7}  {}\n", "workload",
                                 "peer", "ours ms", "error", "peer ms", "error", "ratio", "target", "");
  for (const Row& row : bench.rows)
    text += fmt::format("{:<46} {:<31} {:>9} {:>8} {:>9} {:>8} {:>8} {:>7}  {}{}{}\n", row.title, row.peer,
                        milliseconds(row.our_seconds), small(row.our_error), milliseconds(row.peer_seconds),
                        small(row.peer_error), plain(row.ratio()),
                        row.target ? fmt::format("{:g}", *row.target) : "-", row.verdict(),
                        row.threads > 1 ? fmt::format(" (wall, {} threads)", row.threads) : "",
                        row.note.empty() ? "" : ": " + row.note);
  for (const LimitRow& row : bench.limit_rows)
    text += fmt::format(
        "{}: {} ms where the machine allows {} ms: {:.1f} % of its limit, target {:.0f} %: {}\n",
        row.workload, milliseconds(row.seconds), milliseconds(row.limit_seconds), 100 * row.share(),
        100 * row.target.value_or(NAN), row.share() >= row.target.value_or(NAN) ? "met" : "missed");
  return text;
}

std::string summary_text(Bench& bench) {
  int met = 0, missed = 0, open = 0;
  const auto count = [&](bool judged, bool reached) { ++(!judged ? open : reached ? met : missed); };
  for (const Row& row : bench.rows)
    if (row.target) count(row.verdict() == "met" || row.verdict() == "missed", row.verdict() == "met");
  for (const LimitRow& row : bench.limit_rows) count(true, row.share() >= row.target.value_or(NAN));
  std::string text;
  if (met + missed + open > 0)
    text = fmt::format("{} targets met, {} missed, {} not judged for want of a peer\n", met, missed, open);
  std::string peers;
  const nlohmann::json versions = bench.versions();
  for (const auto& [name, version] : versions.items())
    if (name != "program")
      peers += fmt::format("{}{} {}", peers.empty() ? "" : ", ", name,
                           version.is_string() ? version.get<std::string>() : "not installed");
  return text + fmt::format("peers: {}\n", peers.empty() ? "no Python" : peers);
}

std::string rows_tsv(const Bench& bench) {
  std::string tsv =
      "workload\tpeer\tthreads\tclock\tseconds\terror\tpeer_seconds\tpeer_"
      "error\tratio\ttarget\tverdict\tnote\n";
  for (const Row& row : bench.rows)
    tsv += fmt::format("{}\t{}\t{}\t{}\t{:.6g}\t{:.3g}\t{:.6g}\t{:.3g}\t{:.4g}\t{}\t{}\t{}\n", row.workload,
                       row.peer, row.threads, row.clock(), row.our_seconds, row.our_error, row.peer_seconds,
                       row.peer_error, row.ratio(), row.target ? fmt::format("{:g}", *row.target) : "none",
                       row.verdict(), row.note);
  return tsv;
}

nlohmann::ordered_json account_json(Bench& bench, const std::vector<GrowthPanel>& growth) {
  nlohmann::ordered_json json;
  json["peers"] = bench.versions();
  json["limits"] = {{"fused_operations_per_second", number(bench.limits().fused_rate())},
                    {"product_operations_per_second", number(bench.limits().product_rate())}};
  json["quick"] = bench.quick();
  json["workloads"] = nlohmann::ordered_json::array();
  for (const Row& row : bench.rows) json["workloads"].push_back(row_json(row));
  for (const LimitRow& row : bench.limit_rows)
    json["of_limit"].push_back({{"workload", row.workload},
                                {"seconds", row.seconds},
                                {"limit_seconds", row.limit_seconds},
                                {"share", row.share()},
                                {"target", row.target.value_or(NAN)}});
  for (const GrowthPanel& panel : growth) json["growth"].push_back(panel_json(panel));
  return json;
}

}  // namespace dln::compare
