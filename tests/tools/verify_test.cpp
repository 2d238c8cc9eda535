// dln verify: the whole report and nothing else, the same from run to run, on one core, and without gnuplot.
#include <gtest/gtest.h>
#include <sched.h>

#include <nlohmann/json.hpp>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

TEST(Verify, WritesTheWholeReportAndNothingElse) {
  const auto folder = scratch("verify-some");
  const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C13", "C9", "--out", folder.string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("C13 holds"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("Of 2 claims, 2 hold"), std::string::npos);
  EXPECT_EQ(outcome.err, "") << "no progress where there is no terminal";
  EXPECT_EQ(files_in(folder),
            (std::vector<std::string>{"figures/2.gp", "figures/2.svg", "figures/2.tsv", "report.html",
                                      "report.json", "report.md", "report.xml"}));
  const auto json = Json::parse(slurp(folder / "report.json"));
  EXPECT_EQ(json.at("claims").size(), 2u);
  EXPECT_EQ(json.at("figures").at(0).at("status"), "drawn");
  EXPECT_EQ(json.at("provenance").at("options").at("effort"), "quick");
}

TEST(Verify, GivesTheSameReportFromRunToRunButForItsProvenance) {
  const auto folder = scratch("verify-twice");
  std::vector<Json> reports;
  for (const char* run : {"a", "b"}) {
    dln({"verify", "--effort", "quick", "--claim", "C9", "C14", "C18", "C19", "--out",
         (folder / run).string(), "--seed", "5"});
    reports.push_back(Json::parse(slurp(folder / run / "report.json")));
    reports.back().erase("provenance");
  }
  EXPECT_EQ(reports[0].dump(), reports[1].dump());
  for (const char* figure : {"2.svg", "3l.svg", "3w.svg", "3l.tsv", "3w.gp"})
    EXPECT_EQ(slurp(folder / "a/figures" / figure), slurp(folder / "b/figures" / figure)) << figure;
}

// One core gives one thread; what runs on several elsewhere says the same.
TEST(Verify, GivesTheSameReportOnOneCore) {
  cpu_set_t everywhere;
  const auto folder = scratch("verify-one-core");
  const auto claims = [&](const char* run) {
    const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C18", "C31", "C43", "C50", "--out",
                              (folder / run).string()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    auto report = Json::parse(slurp(folder / run / "report.json"));
    EXPECT_EQ(report["provenance"]["threads"] == 1,
              std::string_view(run) == "one" || CPU_COUNT(&everywhere) == 1);
    report.erase("provenance");
    return report.dump();
  };
  cpu_set_t one;
  CPU_ZERO(&one);
  ASSERT_EQ(::sched_getaffinity(0, sizeof everywhere, &everywhere), 0);
  for (int core = 0; CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &everywhere)) CPU_SET(core, &one);
  const auto on_all = claims("all");
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  const auto on_one = claims("one");
  ::sched_setaffinity(0, sizeof everywhere, &everywhere);
  EXPECT_EQ(on_one, on_all);
  for (const char* figure : {"3w.tsv", "stages.tsv"}) {
    EXPECT_FALSE(slurp(folder / "all/figures" / figure).empty()) << figure;
    EXPECT_EQ(slurp(folder / "one/figures" / figure), slurp(folder / "all/figures" / figure)) << figure;
  }
}

TEST(Verify, WritesTheReportWithoutGnuplotAndNamesTheMissingFigures) {
  const auto folder = scratch("verify-without-gnuplot");
  const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C9", "--out", folder.string()},
                           {.environment = {"PATH=/nonexistent"}});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("gnuplot-nox"), std::string::npos) << outcome.err;
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"figures/2.gp", "figures/2.tsv", "report.html",
                                                        "report.json", "report.md", "report.xml"}));
  const auto json = Json::parse(slurp(folder / "report.json"));
  EXPECT_TRUE(json.at("figures").at(0).at("status").get<std::string>().starts_with("missing: "));
  EXPECT_EQ(json.at("provenance").at("software").at("gnuplot"), "not installed");
  EXPECT_NE(slurp(folder / "report.html").find("Figure 2 is missing"), std::string::npos);
}

}  // namespace
}  // namespace dln::tools
