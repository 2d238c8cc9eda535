// Every claim of the ledger at quick effort, as it is and with one witness made wrong on purpose: a claim
// whose verdict does not flip is no test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <ostream>

#include "validation/context.hpp"
#include "validation/ledger.hpp"

namespace dln::validation {

// How GoogleTest names a parameter.
void PrintTo(const Claim& claim, std::ostream* out) {
  *out << claim.info.id;
}

namespace {

ContextOptions at_quick_effort() {
  ContextOptions options;
  options.effort = Effort::quick;
  return options;
}

// What a claim's checks hold it to, a line each: its bound cannot grow, nor its expected value or exact count
// change, unseen.
std::string agreement(const ClaimRecord& record) {
  std::string lines = fmt::format("{}\tsection {}\n", record.info.id, record.info.section);
  for (const Check& check : record.checks) {
    const bool is_count = check.measured != 0 && check.measured == std::round(check.measured);
    lines += fmt::format("{}\t{}\t{}\t{}\t{}\t{:.4g}\t{:.4g}\t{}\n", record.info.id, check.dataset,
                         check.quantity, check.witness_pair, name_of(check.relation), check.expected,
                         check.bound, is_count ? fmt::format("{:g}", check.measured) : "");
  }
  return lines;
}

// The lines of that claim in agreed_checks.tsv.
std::string agreed_before(const std::string& id) {
  std::ifstream in(DLN_SOURCE_DIR "/tests/validation/agreed_checks.tsv");
  std::string lines;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(id + '\t')) lines += line + '\n';
  return lines;
}

class EveryClaim : public testing::TestWithParam<Claim> {
 protected:
  EveryClaim() : context(at_quick_effort(), store, progress) {
    if (GetParam().info.needs_images) context.require_images();
  }
  experiments::MemoryRunStore store;
  base::SilentProgress progress;
  Context context;
};

TEST_P(EveryClaim, HasItsVerdict) {
  const Claim& claim = GetParam();
  const auto record = examine(claim, claim.evaluate, context);
  EXPECT_EQ(record.verdict(), claim.info.kind == Kind::claim ? Verdict::holds : Verdict::refuted_as_printed)
      << record.trouble;
  EXPECT_FALSE(record.witnesses_run().empty());
  const bool has_s = record.witnesses_run().find('S') != std::string::npos;
  EXPECT_EQ(has_s, claim.info.algebra != Algebra::none && symbolic_witness_is_built_in());
  EXPECT_EQ(record.standing == Standing::proven, claim.info.algebra == Algebra::whole && has_s);
  for (const Check& check : record.checks) {
    EXPECT_TRUE(check.passed()) << check.quantity << " = " << check.measured << ", bound " << check.bound;
    EXPECT_FALSE(check.bound_reason.empty()) << check.quantity;
    if (check.relation == Relation::at_most) {
      EXPECT_LE(check.expected, check.bound) << check.quantity << ": what is expected must itself pass";
    }
    EXPECT_FALSE(check.is_wide() && check.wide_reason.empty())
        << check.quantity << " = " << check.measured << ": the bound " << check.bound
        << " needs a second sentence";
    for (char witness : check.witness_pair)
      EXPECT_NE(claim.info.witnesses.find(witness), std::string::npos)
          << check.quantity << " calls the unlisted witness " << witness;
  }
  EXPECT_EQ(agreement(record), agreed_before(claim.info.id))
      << "what is right now belongs into tests/validation/agreed_checks.tsv, its reason into the commit";
}

TEST_P(EveryClaim, FailsWhenAWitnessIsMadeWrong) {
  const Claim& claim = GetParam();
  EXPECT_FALSE(claim.wrong_variant.empty());
  const auto record = examine(claim, claim.evaluate_wrong, context);
  EXPECT_EQ(record.verdict(), Verdict::fails) << claim.wrong_variant;
  EXPECT_EQ(record.trouble, "") << "it must be refuted, not merely stumble";
  EXPECT_EQ(record.standing, Standing::tested);
}

INSTANTIATE_TEST_SUITE_P(Ledger, EveryClaim, testing::ValuesIn(ledger()),
                         [](const auto& instance) { return instance.param.info.id; });

}  // namespace
}  // namespace dln::validation
