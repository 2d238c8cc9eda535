#include "validation/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "validation/proof_overview.hpp"

namespace dln::validation {

std::vector<const ClaimRecord*> Report::claims() const& {
  std::vector<const ClaimRecord*> found;
  for (const Section& section : sections)
    for (const Block& block : section.blocks)
      if (const auto* record = std::get_if<ClaimRecord>(&block)) found.push_back(record);
  return found;
}

const Figure* Report::figure(const std::string& id) const& {
  const auto found = std::ranges::find(figures, id, &Figure::id);
  return found == figures.end() ? nullptr : &*found;
}

VerdictText text_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return {"✓", "holds"};
    case Verdict::refuted_as_printed:
      return {"≠", "refuted as printed"};
    case Verdict::fails:
      return {"✗", "fails"};
    case Verdict::not_run:
      return {"–", "not run"};
  }
  return {};
}

Tally tally(const std::vector<const ClaimRecord*>& claims) {
  Tally count;
  for (const ClaimRecord* claim : claims) switch (claim->verdict()) {
      case Verdict::holds:
        ++count.holds;
        break;
      case Verdict::refuted_as_printed:
        ++count.refuted_as_printed;
        break;
      case Verdict::fails:
        ++count.fails;
        break;
      case Verdict::not_run:
        ++count.not_run;
        break;
    }
  return count;
}

std::string summary(const Tally& tally) {
  const int all = tally.holds + tally.refuted_as_printed + tally.fails + tally.not_run;
  std::string sentence =
      fmt::format("Of {} claim{}, {} hold{}, {} {} refuted as printed and hold{} when corrected, {} fail{}",
                  all, all == 1 ? "" : "s", tally.holds, tally.holds == 1 ? "s" : "",
                  tally.refuted_as_printed, tally.refuted_as_printed == 1 ? "is" : "are",
                  tally.refuted_as_printed == 1 ? "s" : "", tally.fails, tally.fails == 1 ? "s" : "");
  if (tally.not_run > 0) sentence += fmt::format(", {} did not run", tally.not_run);
  return sentence + ".";
}

std::string why_not(const ClaimRecord& claim) {
  if (claim.stands()) return "";
  std::vector<std::string> causes;
  for (const Check& check : claim.checks)
    if (!check.passed())
      causes.push_back(fmt::format("{} = {:.6g}, wanted {}; bound {:.6g}, expected {:.6g}", check.quantity,
                                   check.measured, name_of(check.relation), check.bound, check.expected));
  for (const auto& derivation : claim.derivations)
    if (derivation.outcome != Outcome::proven)
      causes.push_back(fmt::format("the derivation {} is {}", derivation.name, name_of(derivation.outcome)));
  if (!claim.trouble.empty()) causes.push_back("it did not run to its end: " + claim.trouble);
  if (!claim.unjudged.empty()) causes.push_back("neither confirmed nor refuted: " + claim.unjudged);
  if (causes.empty())
    causes.emplace_back(claim.checks.empty() ? "it has no checks"
                                             : "only one half of an erratum was examined");
  return fmt::format("{}", fmt::join(causes, "; "));
}

std::string first_answer(const std::vector<const ClaimRecord*>& claims) {
  std::vector<std::string> failed, open;
  for (const ClaimRecord* claim : claims) {
    if (claim->verdict() == Verdict::fails) failed.push_back(claim->info.id);
    if (claim->verdict() == Verdict::not_run) open.push_back(claim->info.id);
  }
  const auto also = open.empty() ? std::string() : fmt::format("; not decided: {}", fmt::join(open, ", "));
  if (!failed.empty())
    return fmt::format("Does the theory hold? Not all of it: {} fail{}{}.", fmt::join(failed, ", "),
                       failed.size() == 1 ? "s" : "", also);
  if (!open.empty()) return fmt::format("Does the theory hold? Not decided: {}.", fmt::join(open, ", "));
  const int corrected = tally(claims).refuted_as_printed;
  if (corrected == 0) return "Does the theory hold? Yes: every claim examined holds.";
  return fmt::format(
      "Does the theory hold? Yes: every claim examined stands, {} of them only when corrected.",
      corrected == static_cast<int>(claims.size()) ? "all" : std::to_string(corrected));
}

namespace {

const char* kSectionTitles[] = {"", "General learning dynamics of gradient descent",
                                "Deeper multilayer dynamics", "Efficacy of greedy unsupervised pretraining",
                                "Abstract, talks and discussion"};

Section conventions() {
  return {"conventions",
          "Conventions",
          {Prose{"N_{l} layers of units have L = N_{l} − 1 weight matrices; a three-layer network has L = 2, "
                 "a shallow one "
                 "L = 1. The error is E = ½ Σ_{μ} ‖y − W^{L}…W^{1}x‖^{2}; its factor 2 is absorbed in the "
                 "learning rate λ. "
                 "Σ^{11} = Σ_{μ} x x^{T} and Σ^{31} = Σ_{μ} y x^{T} are plain sums over the P examples, and "
                 "t counts epochs "
                 "(batch iterations), so that τ = 1/λ. Modes are α = 1 … rank Σ^{31}, with singular "
                 "values s in "
                 "descending order. Whitened means Σ^{11} = I in these sums."},
           Prose{"Witnesses: T closed form, S derivation by computer algebra, F reduced ODE, N full network "
                 "trained by its "
                 "gradient flow or by descent, G gradient descent where its finite steps are the matter, D "
                 "data. T, S, F and N "
                 "share no formula; F and N share the ODE driver, N and G the network's gradient, which C1 "
                 "holds against the "
                 "plain sum over the examples. A claim holds only when every one of its checks passes; a "
                 "check with a NaN or an "
                 "empty sample never does. Every claim has a variant in which something is made wrong on "
                 "purpose, and the tests "
                 "require that it fails."}}};
}

}  // namespace

Report compose_report(std::vector<ClaimRecord> records, std::vector<Figure> figures, Provenance provenance) {
  Report report{"dln: what holds of the theory of deep linear networks",
                {conventions()},
                std::move(figures),
                std::move(provenance)};
  Section proofs = proof_overview(records);
  std::set<int> numbers;
  for (const ClaimRecord& record : records) numbers.insert(record.info.section);
  for (int number : numbers) {
    const char* title = number >= 1 && number <= 4 ? kSectionTitles[number] : "Beyond the paper";
    Section section{fmt::format("section-{}", number),
                    number >= 1 && number <= 3 ? fmt::format("Section {}: {}", number, title) : title,
                    {}};
    for (ClaimRecord& record : records)
      if (record.info.section == number) section.blocks.emplace_back(std::move(record));
    report.sections.push_back(std::move(section));
  }
  report.sections.push_back(std::move(proofs));
  if (!report.figures.empty()) {
    Section section{"figures", "Figures", {}};
    for (const Figure& figure : report.figures) section.blocks.emplace_back(FigureReference{figure.id});
    report.sections.push_back(std::move(section));
  }
  return report;
}

}  // namespace dln::validation
