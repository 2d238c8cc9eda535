// What derivations do to a claim: they can prove it, they can fail it whatever the numbers say, and where
// they did not run nothing is called proven.
#include "validation/symbolic_witness.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "dln/experiments/run_store.hpp"
#include "validation/context.hpp"
#include "validation/ledger.hpp"
#include "validation/proof_overview.hpp"

namespace dln::validation {
namespace {

Check check_of(Subject subject, double measured) {
  return {.quantity = "q",
          .measured = measured,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1,
          .bound_reason = "reason",
          .witness_pair = "TF",
          .subject = subject};
}

// Numbers that pass for claims and errata alike, so that only the derivations decide.
std::vector<Check> passing(Context&) {
  return {check_of(Subject::printed, 0.5), check_of(Subject::corrected, 0.5)};
}

std::vector<Check> not_passing(Context&) {
  return {check_of(Subject::claim, 2)};
}

SymbolicWitness saying(std::vector<Outcome> outcomes) {
  return [=](const std::string&) {
    std::vector<DerivationRecord> derivations;
    for (Outcome outcome : outcomes)
      derivations.push_back({.name = "eq" + std::to_string(derivations.size()), .outcome = outcome});
    return derivations;
  };
}

Claim claim_with(Algebra algebra) {
  Claim claim{};
  claim.info.id = "own";
  claim.info.witnesses = algebra == Algebra::none ? "TF" : "STF";
  claim.info.algebra = algebra;
  return claim;
}

class SymbolicWitnessTest : public testing::Test {
 protected:
  ClaimRecord examined(const Claim& claim, const Evaluation& evaluation, const SymbolicWitness& derive) {
    return examine(claim, evaluation, context, derive);
  }
  experiments::MemoryRunStore store;
  base::SilentProgress progress;
  Context context{{}, store, progress};
};

TEST_F(SymbolicWitnessTest, ProvesWhereItCarriesTheWholeSentence) {
  const auto record = examined(claim_with(Algebra::whole), passing, saying({Outcome::proven}));
  EXPECT_EQ(record.verdict(), Verdict::holds);
  EXPECT_EQ(record.standing, Standing::proven);
  EXPECT_EQ(record.witnesses_run(), "STF");
}

TEST_F(SymbolicWitnessTest, OnlyTestsWhereItCarriesAPart) {
  const auto record = examined(claim_with(Algebra::part), passing, saying({Outcome::proven}));
  EXPECT_EQ(record.verdict(), Verdict::holds);
  EXPECT_EQ(record.standing, Standing::tested);
  EXPECT_EQ(record.witnesses_run(), "STF");
}

TEST_F(SymbolicWitnessTest, FailsAClaimThatItRefutes) {
  for (Algebra algebra : {Algebra::part, Algebra::whole}) {
    const auto record =
        examined(claim_with(algebra), passing, saying({Outcome::proven, Outcome::refuted, Outcome::proven}));
    EXPECT_EQ(record.verdict(), Verdict::fails);
    EXPECT_EQ(record.standing, Standing::tested);
    EXPECT_EQ(record.standing_note, "computer algebra refutes eq1");
  }
}

TEST_F(SymbolicWitnessTest, FailsAClaimThatItLeavesUndecidedAndDoesNotTestify) {
  const auto record = examined(claim_with(Algebra::whole), passing, saying({Outcome::undecided}));
  EXPECT_EQ(record.verdict(), Verdict::fails);
  EXPECT_EQ(record.standing, Standing::tested);
  EXPECT_EQ(record.witnesses_run(), "TF");
  EXPECT_EQ(record.witnesses_not_run(), "S");
  EXPECT_NE(record.standing_note.find("did not testify"), std::string::npos) << record.standing_note;
}

TEST_F(SymbolicWitnessTest, LeavesAClaimTestedWhereItDidNotRun) {
  const auto record = examined(claim_with(Algebra::whole), passing, saying({}));
  EXPECT_EQ(record.verdict(), Verdict::holds);
  EXPECT_EQ(record.standing, Standing::tested);
  EXPECT_EQ(record.witnesses_not_run(), "S");
  EXPECT_NE(record.standing_note.find("did not run"), std::string::npos) << record.standing_note;
}

TEST_F(SymbolicWitnessTest, DoesNotOutvoteNumbersThatDisagree) {
  const auto record = examined(claim_with(Algebra::whole), not_passing, saying({Outcome::proven}));
  EXPECT_EQ(record.verdict(), Verdict::fails);
  EXPECT_EQ(record.standing, Standing::tested);
  EXPECT_FALSE(record.stands());
}

TEST_F(SymbolicWitnessTest, StumblesInTheOpen) {
  const auto record = examined(
      claim_with(Algebra::whole), passing,
      [](const std::string&) -> std::vector<DerivationRecord> { throw std::runtime_error("no memory"); });
  EXPECT_EQ(record.verdict(), Verdict::fails);
  EXPECT_EQ(record.trouble, "no memory");
}

// The ledger itself.

TEST_F(SymbolicWitnessTest, IsNamedByTheClaimsThatDerivationsServeAndByNoOthers) {
  for (const Claim& claim : ledger()) {
    const bool named = claim.info.witnesses.find('S') != std::string::npos;
    EXPECT_EQ(named, claim.info.algebra != Algebra::none) << claim.info.id;
    if (symbolic_witness_is_built_in()) {
      EXPECT_EQ(named, !derivations_for(claim.info.id).empty()) << claim.info.id;
    }
  }
}

TEST_F(SymbolicWitnessTest, TellsEveryRightDerivationFromTheWrongOne) {
  if (!symbolic_witness_is_built_in()) GTEST_SKIP() << "built without computer algebra";
  int served = 0;
  for (const Claim& claim : ledger()) {
    if (claim.info.algebra == Algebra::none) continue;
    ++served;
    const auto right = examined(claim, passing, derivations_for);
    EXPECT_TRUE(right.stands()) << claim.info.id << ": " << right.standing_note;
    EXPECT_EQ(right.standing == Standing::proven, claim.info.algebra == Algebra::whole) << claim.info.id;
    const auto wrong = examined(claim, passing, wrong_derivations_for);
    EXPECT_EQ(wrong.verdict(), Verdict::fails) << claim.info.id;
    EXPECT_EQ(wrong.trouble, "") << claim.info.id << ": it must be refuted, not merely stumble";
    EXPECT_EQ(wrong.derivations.size(), right.derivations.size()) << claim.info.id;
    for (const DerivationRecord& derivation : wrong.derivations) {
      EXPECT_EQ(derivation.outcome, Outcome::refuted) << claim.info.id << " " << derivation.name;
      EXPECT_FALSE(derivation.difference.text.empty()) << claim.info.id << " " << derivation.name;
    }
  }
  EXPECT_GE(served, 30);
}

TEST(StandingSummary, CountsProvenTestedAndPartlyProven) {
  auto record = [](Standing standing, std::vector<DerivationRecord> derivations, double measured) {
    ClaimRecord r{};
    r.checks = {check_of(Subject::claim, measured)};
    r.standing = standing;
    r.derivations = std::move(derivations);
    return r;
  };
  const DerivationRecord proof{.outcome = Outcome::proven};
  const auto proven = record(Standing::proven, {proof}, 0), part = record(Standing::tested, {proof}, 0),
             tested = record(Standing::tested, {}, 0), failed = record(Standing::tested, {proof}, 2);
  EXPECT_TRUE(standing_summary({&proven, &part, &tested, &failed})
                  .starts_with("Of the 3 that stand, 1 is proven by computer algebra and 2 are tested, 1 of "
                               "them with a part that is proven."));
  EXPECT_EQ(standing_summary({&tested}).find("built without computer algebra") == std::string::npos,
            symbolic_witness_is_built_in());
}

}  // namespace
}  // namespace dln::validation
