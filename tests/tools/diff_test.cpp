// dln diff: what changed between two reports.
#include <gtest/gtest.h>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

std::string report(const std::string& claims, const std::string& provenance = R"({"seed": 1})") {
  return R"({"provenance": )" + provenance + R"(, "claims": [)" + claims + R"(], "figures": []})";
}
std::string claim(const std::string& id, const std::string& verdict, const std::string& measured) {
  return R"({"id": ")" + id + R"(", "verdict": ")" + verdict +
         R"(", "checks": [{"quantity": "q", "measured": )" + measured + "}]}";
}

class Diff : public testing::Test {
 protected:
  Outcome between(const std::string& before, const std::string& after) {
    spill(folder / "a.json", before);
    spill(folder / "b.json", after);
    return dln({"diff", (folder / "a.json").string(), (folder / "b.json").string()});
  }
  fs::path folder =
      scratch(std::string("diff-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Diff, OfAReportWithItselfIsNothing) {
  const auto same = report(claim("C1", "holds", "0.5") + "," + claim("C2", "fails", "\"nan\""));
  const auto outcome = between(same, same);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "0 verdicts changed; numbers differ in 0 of 2 claims.\n");
}

TEST_F(Diff, TellsVerdictsNumbersAndClaims) {
  const auto outcome = between(
      report(claim("C1", "holds", "0.5") + "," + claim("C2", "holds", "1") + "," + claim("C3", "holds", "1"),
             R"({"seed": 1, "options": {"effort": "quick", "out": "x"}})"),
      report(claim("C1", "fails", "0.5") + "," + claim("C2", "holds", "\"nan\"") + "," +
                 claim("C4", "holds", "1"),
             R"({"seed": 2, "options": {"effort": "full", "out": "y"}})"));
  EXPECT_EQ(outcome.code, 1) << "C1 stood";
  EXPECT_EQ(
      outcome.out,
      "seed\t1, now 2\n"
      "options/effort\t\"quick\", now \"full\"\n"
      "C3\tholds, now gone\n"
      "C1\tholds, now fails\n"
      "C2\t1 of 1 numbers differ, most of all q: 1, now nan\n"
      "C4\tnew: holds\n"
      "1 verdict changed, 1 claim gone, 1 new, for the worse; numbers differ in 1 of 2 claims in both.\n");
  EXPECT_EQ(between(report(claim("C1", "fails", "1")), report(claim("C1", "holds", "1"))).code, 0)
      << "for the better";
}

TEST_F(Diff, RefusesWhatIsNoReport) {
  const auto good = report(claim("C1", "holds", "1"));
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("{\"claims\": 3}"),
        std::string("{\"claims\": [3]}"), std::string("{\"claims\": [{\"id\": 1}]}"),
        std::string("{\"claims\": [{\"id\": \"a\", \"verdict\": \"holds\", \"checks\": [1]}]}"),
        std::string(1000, '\0')}) {
    const auto outcome = between(good, bad);
    EXPECT_EQ(outcome.code, 3) << bad;
    EXPECT_NE(outcome.err.find("b.json: expected a report.json"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(dln({"diff", "none.json", (folder / "a.json").string()}).code, 3);
  EXPECT_EQ(dln({"diff", folder.string(), (folder / "a.json").string()}).code, 3);
  EXPECT_EQ(dln({"diff", (folder / "a.json").string()}).code, 2);
}

// What a verification writes is what diff reads, and a second one is the same.
TEST_F(Diff, OfTwoVerifications) {
  for (const char* out : {"1", "2"})
    ASSERT_EQ(
        dln({"verify", "--claim", "C12", "X1", "--effort", "quick", "--out", (folder / out).string()}).code,
        0);
  const auto outcome =
      dln({"diff", (folder / "1/report.json").string(), (folder / "2/report.json").string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "0 verdicts changed; numbers differ in 0 of 2 claims.\n");
  for (const char* name : {"report.md", "report.xml", "report.html"})
    EXPECT_TRUE(fs::exists(folder / "1" / name)) << name;
}

}  // namespace
}  // namespace dln::tools
