// dln figure: what it tabulates, and what it leaves behind without gnuplot.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

TEST(Figure, NeedsGnuplotAndLeavesNothingWithoutIt) {
  const auto folder = scratch("figure-without-gnuplot");
  EXPECT_EQ(dln({"figure", "2", "--out", folder.string()}, {.environment = {"PATH=/nonexistent"}}).code, 6);
  EXPECT_TRUE(files_in(folder).empty());
  EXPECT_EQ(dln({"figure", "2", "--out", folder.string()}).code, 0);
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"2.gp", "2.svg", "2.tsv"}));
}

TEST(Figure, ThreeLeftTabulatesTheTheorysHalfTimesTo12Digits) {
  const auto folder = scratch("figure-3l");
  ASSERT_EQ(dln({"figure", "3l", "--effort", "quick", "--out", folder.string()}).code, 0);
  std::istringstream lines(slurp(folder / "3l.tsv"));
  std::string line;
  std::getline(lines, line);
  int halves = 0;
  // lambda = 0.5e-3 scaled to the small tree's s_1, so tau is read off the first mode and must serve all
  // others.
  double tau = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string mode, s, curve, epoch;
    for (std::string* cell : {&mode, &s, &curve, &epoch}) std::getline(cells, *cell, '\t');
    if (curve != "theory half") continue;
    const double unit = std::log(std::stod(s) / 1e-6 - 1) / (2 * std::stod(s));
    if (halves++ == 0) tau = std::stod(epoch) / unit;
    EXPECT_NEAR(std::stod(epoch) / (tau * unit), 1, 1e-12);
  }
  EXPECT_EQ(halves, 5);
}

// Those of Fig 4 take a while even so: tests/plots and the report draw them.
TEST(Figure, EveryOneIsDrawnWithItsData) {
  const auto folder = scratch("figure-every");
  std::istringstream lines(dln({"list", "figures"}).out);
  int drawn = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto id = line.substr(0, line.find('\t'));
    if (id.starts_with('4')) continue;
    const auto outcome = dln({"figure", id, "--effort", "quick", "--out", folder.string()});
    EXPECT_EQ(outcome.code, 0) << id << ": " << outcome.err;
    EXPECT_NE(slurp(folder / (id + ".svg")).find("</svg>"), std::string::npos) << id;
    EXPECT_GT(std::ranges::count(slurp(folder / (id + ".tsv")), '\n'), 1) << id;
    EXPECT_NE(slurp(folder / (id + ".gp")).find("plot"), std::string::npos) << id;
    ++drawn;
  }
  EXPECT_EQ(drawn, 21);
}

}  // namespace
}  // namespace dln::tools
