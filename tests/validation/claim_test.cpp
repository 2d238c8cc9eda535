// What a check passes, what a verdict takes, and that neither a NaN nor an empty sample ever passes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/run_store.hpp"
#include "validation/claim.hpp"
#include "validation/context.hpp"
#include "validation/ledger.hpp"

namespace dln::validation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Check check(Relation relation, double measured, double expected, double bound,
            Subject subject = Subject::claim) {
  return {.quantity = "q",
          .measured = measured,
          .expected = expected,
          .relation = relation,
          .bound = bound,
          .bound_reason = "first sentence",
          .wide_reason = "Second sentence",
          .witness_pair = "TF",
          .subject = subject};
}

ClaimRecord record(Kind kind, std::vector<Check> checks) {
  ClaimRecord r{};
  r.info.kind = kind;
  r.info.witnesses = "STFN";
  r.checks = std::move(checks);
  return r;
}

TEST(Check, PassesByItsRelation) {
  EXPECT_TRUE(check(Relation::within, 1.05, 1, 0.1).passed());
  EXPECT_FALSE(check(Relation::within, 1.2, 1, 0.1).passed());
  EXPECT_TRUE(check(Relation::at_most, 0.1, 0, 0.1).passed());
  EXPECT_FALSE(check(Relation::at_most, 0.11, 0, 0.1).passed());
  EXPECT_TRUE(check(Relation::at_least, 3, 2, 2).passed());
  EXPECT_FALSE(check(Relation::at_least, 1.9, 2, 2).passed());
}

TEST(Check, NeverPassesWithANaN) {
  for (Relation relation : {Relation::within, Relation::at_most, Relation::at_least}) {
    EXPECT_FALSE(check(relation, kNaN, 1, 1).passed());
    EXPECT_FALSE(check(relation, 1, kNaN, 1).passed());
    EXPECT_FALSE(check(relation, 1, 1, kNaN).passed());
    EXPECT_FALSE(check(relation, 1, 1, kInf).passed()) << "an infinite bound bounds nothing";
  }
  EXPECT_TRUE(check(Relation::at_least, kInf, 0, 1).passed()) << "a divergence exceeds any bound";
}

TEST(Check, ExplainsABoundMoreThanAHundredTimesWhatWasMeasured) {
  EXPECT_FALSE(check(Relation::at_most, 1e-3, 0, 0.1).is_wide());
  EXPECT_TRUE(check(Relation::at_most, 0.9e-3, 0, 0.1).is_wide());
  EXPECT_TRUE(check(Relation::within, 1, 1, 0.1).is_wide());
  EXPECT_FALSE(check(Relation::at_least, 1e9, 0, 0.1).is_wide());
  EXPECT_EQ(check(Relation::at_most, 1e-9, 0, 0.1).full_reason(), "first sentence. Second sentence");
  EXPECT_EQ(check(Relation::at_most, 0.05, 0, 0.1).full_reason(), "first sentence");
}

TEST(Check, CountsDigitsOfAgreement) {
  EXPECT_NEAR(*check(Relation::within, 2.0002, 2, 1).digits(), 4, 1e-6);
  EXPECT_NEAR(*check(Relation::at_most, 1e-7, 0, 1).digits(), 7, 1e-12);
  EXPECT_EQ(*check(Relation::within, 2, 2, 1).digits(), 17);
  EXPECT_EQ(*check(Relation::within, 50, 2, 1).digits(), 0);
  EXPECT_FALSE(check(Relation::at_least, 3, 2, 1).digits());
  EXPECT_FALSE(check(Relation::at_most, 0, 0, 0).digits())
      << "a count that must be met exactly has no digits";
  EXPECT_FALSE(check(Relation::at_most, kNaN, 0, 1).digits());
}

TEST(Verdict, HoldsOnlyWhenEveryCheckPasses) {
  const Check good = check(Relation::at_most, 0, 0, 1), bad = check(Relation::at_most, 2, 0, 1);
  EXPECT_EQ(record(Kind::claim, {good, good}).verdict(), Verdict::holds);
  EXPECT_EQ(record(Kind::claim, {good, bad}).verdict(), Verdict::fails);
  EXPECT_EQ(record(Kind::claim, {}).verdict(), Verdict::not_run);
  auto troubled = record(Kind::claim, {good});
  troubled.trouble = "it stopped";
  EXPECT_EQ(troubled.verdict(), Verdict::fails);
}

TEST(Verdict, RefutesAnErratumOnlyWithBothHalves) {
  const Check printed = check(Relation::at_least, 2, 0, 1, Subject::printed);
  const Check corrected = check(Relation::at_most, 0, 0, 1, Subject::corrected);
  const Check stands = check(Relation::at_least, 0, 0, 1, Subject::printed);
  EXPECT_EQ(record(Kind::error, {printed, corrected}).verdict(), Verdict::refuted_as_printed);
  EXPECT_EQ(record(Kind::error, {printed}).verdict(), Verdict::fails);
  EXPECT_EQ(record(Kind::error, {corrected}).verdict(), Verdict::fails);
  EXPECT_EQ(record(Kind::error, {stands, corrected}).verdict(), Verdict::fails);
}

TEST(ClaimRecord, NamesTheWitnessesThatRanAndThoseThatDidNot) {
  const auto r = record(Kind::claim, {check(Relation::at_most, 0, 0, 1)});
  EXPECT_EQ(r.witnesses_run(), "TF");
  EXPECT_EQ(r.witnesses_not_run(), "SN");
}

TEST(Examine, TurnsTroubleIntoAFailureAndLetsBadDataThrough) {
  experiments::MemoryRunStore store;
  base::SilentProgress progress;
  Context context({}, store, progress);
  auto examined = [&](auto thrown) {
    return examine(
        {}, [thrown](Context&) -> std::vector<Check> { throw thrown; }, context);
  };
  for (const auto& record : {examined(base::NumericalError("stuck")), examined(base::DomainError("stuck")),
                             examined(std::runtime_error("stuck"))}) {
    EXPECT_EQ(record.verdict(), Verdict::fails);
    EXPECT_EQ(record.trouble, "stuck");
  }
  EXPECT_THROW(examined(base::DataError("damaged")), base::DataError);
}

TEST(Ledger, HasUniqueIdsInOrder) {
  std::vector<std::string> ids;
  for (const auto& claim : ledger()) ids.push_back(claim.info.id);
  EXPECT_EQ(ids, (std::vector<std::string>{
                     "C1",  "C2",  "C3",  "C4",  "C5",  "C6",  "C7",  "C8",  "C9",  "C10", "C11",
                     "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21", "C22",
                     "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31", "C32", "C33",
                     "C34", "C35", "C36", "C37", "C38", "C39", "C40", "C41", "C42", "C43", "C44",
                     "C45", "C46", "C47", "C48", "C49", "C50", "C51", "C52", "C53", "C54", "X1",
                     "X2",  "X3",  "X4",  "X5",  "X6",  "X7",  "X8",  "X9",  "X10", "X11", "X12"}));
}

TEST(Ledger, SelectsByIdAndSectionAndRefusesTheUnknown) {
  EXPECT_EQ(select(ledger(), {{"C12", "X1"}, 0}).size(), 2u);
  std::size_t in_sections = 0;
  for (const int section : {1, 2, 3, 4, 5}) in_sections += select(ledger(), {{}, section}).size();
  EXPECT_EQ(in_sections, ledger().size());
  EXPECT_THROW(select(ledger(), {{"C999"}, 0}), base::DomainError);
  EXPECT_THROW(select(ledger(), {{"C12"}, 2}), base::DomainError);
}

}  // namespace
}  // namespace dln::validation
