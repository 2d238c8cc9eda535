#include "validation/report_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace dln::validation {
namespace {

using Json = nlohmann::ordered_json;

Json number(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  return x;
}

Json letters(const Witnesses& witnesses) {
  Json list = Json::array();
  for (char witness : witnesses) list.push_back(std::string(1, witness));
  return list;
}

const char* name_of_subject(Subject subject) {
  switch (subject) {
    case Subject::claim:
      return "claim";
    case Subject::printed:
      return "printed";
    case Subject::corrected:
      return "corrected";
  }
  return "unknown";
}

std::string pair_with_dash(const Witnesses& pair) {
  std::string out;
  for (char witness : pair) out += (out.empty() ? "" : "-") + std::string(1, witness);
  return out;
}

Json check_json(const Check& check) {
  const auto digits = check.digits();
  return {{"quantity", check.quantity},
          {"measured", number(check.measured)},
          {"beside", check.beside},
          {"expected", number(check.expected)},
          {"relation", name_of(check.relation)},
          {"bound", number(check.bound)},
          {"bound_reason", check.full_reason()},
          {"digits", digits ? Json(*digits) : Json()},
          {"witness_pair", pair_with_dash(check.witness_pair)},
          {"dataset", check.dataset},
          {"subject", name_of_subject(check.subject)},
          {"passed", check.passed()}};
}

Json formula_json(const Formula& formula) {
  return {{"text", formula.text}, {"latex", formula.latex}};
}

Json step_json(const DerivationStep& step) {
  Json json = {{"role", step.role}, {"text", step.text}};
  if (!step.lhs.text.empty()) {
    json["lhs"] = formula_json(step.lhs);
    json["rhs"] = formula_json(step.rhs);
  }
  if (!step.is_decided()) return json;
  json["decision"] = name_of(step.outcome);
  if (!step.difference.text.empty()) json["difference"] = formula_json(step.difference);
  return json;
}

Json derivation_json(const DerivationRecord& derivation) {
  Json json = {{"name", derivation.name},
               {"equation", derivation.equation},
               {"title", derivation.title},
               {"decision", name_of(derivation.outcome)},
               {"assumptions", derivation.assumptions},
               {"lhs", formula_json(derivation.lhs)},
               {"rhs", formula_json(derivation.rhs)},
               {"steps", Json::array()}};
  if (!derivation.difference.text.empty()) json["difference"] = formula_json(derivation.difference);
  for (const DerivationStep& step : derivation.steps) json["steps"].push_back(step_json(step));
  return json;
}

Json claim_json(const ClaimRecord& record) {
  Json checks = Json::array();
  for (const Check& check : record.checks) checks.push_back(check_json(check));
  Json derivations = Json::array();
  for (const DerivationRecord& derivation : record.derivations)
    derivations.push_back(derivation_json(derivation));
  Json claim = {{"id", record.info.id},
                {"kind", name_of(record.info.kind)},
                {"section", record.info.section},
                {"sentence", record.info.sentence},
                {"source", record.info.source},
                {"formula", record.info.formula},
                {"printed", record.info.printed},
                {"corrected", record.info.corrected},
                {"witnesses_run", letters(record.witnesses_run())},
                {"witnesses_not_run", letters(record.witnesses_not_run())},
                {"verdict", name_of(record.verdict())},
                {"algebra", name_of(record.info.algebra)},
                {"checks", std::move(checks)},
                {"derivations", std::move(derivations)},
                {"figures", record.info.figures},
                {"wrong_variant", record.wrong_variant}};
  if (record.stands()) claim["standing"] = name_of(record.standing);
  if (!record.standing_note.empty()) claim["standing_note"] = record.standing_note;
  if (!record.counterexample.empty()) claim["counterexample"] = record.counterexample;
  if (!record.trouble.empty()) claim["trouble"] = record.trouble;
  if (!record.unjudged.empty()) claim["unjudged"] = record.unjudged;
  return claim;
}

Json pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [key, value] : pairs) object[key] = value;
  return object;
}

Json provenance_json(const Report& report) {
  const Provenance& p = report.provenance;
  Json seconds = Json::object(), derivation_seconds = Json::object();
  for (const ClaimRecord* claim : report.claims()) {
    seconds[claim->info.id] = number(claim->seconds);
    for (const DerivationRecord& d : claim->derivations) derivation_seconds[d.name] = number(d.seconds);
  }
  Json inputs = Json::array();
  for (const InputData& input : p.inputs) {
    Json files = Json::array();
    for (const InputFile& file : input.files)
      files.push_back(
          {{"path", file.path}, {"bytes", file.bytes}, {"crc32", fmt::format("{:08x}", file.crc32)}});
    inputs.push_back({{"name", input.name},
                      {"inputs", input.inputs},
                      {"outputs", input.outputs},
                      {"modes", input.modes},
                      {"examples", input.examples},
                      {"whiteness_residual", number(input.whiteness_residual)},
                      {"crc32", fmt::format("{:08x}", input.crc32)},
                      {"files", std::move(files)}});
  }
  Json object = {{"software", pairs_json(p.software)},
                 {"cpu", p.cpu},
                 {"threads", p.threads},
                 {"started", p.started},
                 {"seed", p.seed},
                 {"options", pairs_json(p.options)},
                 {"inputs", std::move(inputs)},
                 {"seconds", std::move(seconds)},
                 {"derivation_seconds", std::move(derivation_seconds)}};
  return object;
}

}  // namespace

std::string render_json(const Report& report) {
  Json claims = Json::array(), figures = Json::array();
  for (const ClaimRecord* claim : report.claims()) claims.push_back(claim_json(*claim));
  for (const Figure& figure : report.figures)
    figures.push_back({{"id", figure.id},
                       {"title", figure.title},
                       {"alt", figure.alternative_text},
                       {"svg", figure.svg_file},
                       {"tsv", figure.tsv_file},
                       {"gp", figure.gp_file},
                       {"status", figure.status}});
  const Json json = {{"provenance", provenance_json(report)},
                     {"claims", std::move(claims)},
                     {"figures", std::move(figures)}};
  // Names of files may hold any bytes; those that are not UTF-8 are replaced rather than refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dln::validation
