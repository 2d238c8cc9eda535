// dln data on graphs: modes beside the Laplacian's, features as a table, and files of edges with a slip.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <sstream>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Words = std::vector<std::string>;

std::vector<std::vector<double>> rows_of(const std::string& out) {
  std::vector<std::vector<double>> rows;
  std::istringstream lines(out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "mode\ts\ts_in_expectation\tlaplacian_eigenvalue\tmultiplicity\toverlap_with_eigenspace");
  while (std::getline(lines, line)) {
    std::istringstream numbers(line);
    rows.emplace_back();
    for (double number = 0; numbers >> number;) rows.back().push_back(number);
    EXPECT_EQ(rows.back().size(), 6u) << line;
  }
  return rows;
}

TEST(GraphData, PrintsModesBesideTheLaplaciansEigenvalues) {
  const auto outcome = dln({"data", "ring", "--items", "8", "--sigma", "2", "--features", "4000"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto rows = rows_of(outcome.out);
  ASSERT_EQ(rows.size(), 8u);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const double lambda = 2 - 2 * std::cos(2 * std::numbers::pi * static_cast<double>((k + 1) / 2) / 8);
    EXPECT_EQ(rows[k][0], static_cast<double>(k + 1));
    EXPECT_NEAR(rows[k][3], lambda, 1e-13);
    EXPECT_NEAR(rows[k][2], std::sqrt(4000 / (lambda + 0.25)), 1e-9);
    EXPECT_EQ(rows[k][4], k == 0 || k == 7 ? 1 : 2);
    // An eigenvalue of the sampled covariance is off by a few times sqrt(8/4000) of itself.
    EXPECT_NEAR(rows[k][1] / rows[k][2], 1, 0.1);
    EXPECT_GE(rows[k][5], 0.9);
    EXPECT_LE(rows[k][5], 1);
  }
}

TEST(GraphData, KnowsEveryKind) {
  const std::pair<Words, std::size_t> kinds[] = {{{"chain", "--items", "5"}, 5},
                                                 {{"grid", "--rows", "2", "--columns", "3"}, 6},
                                                 {{"clusters", "--clusters", "2", "--size", "3"}, 6},
                                                 {{"clusters", "--size", "2", "--between", "0"}, 8},
                                                 {{"gaussian-tree", "--levels", "2"}, 7},
                                                 {{"edgeless", "--items", "4"}, 4}};
  for (const auto& [words, modes] : kinds) {
    Words arguments{"data"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 0) << words[0] << ": " << outcome.err;
    EXPECT_EQ(rows_of(outcome.out).size(), modes) << words[0];
  }
  EXPECT_EQ(dln({"data", "chain"}).out, dln({"data", "chain", "--seed", "1"}).out);
  EXPECT_NE(dln({"data", "chain"}).out, dln({"data", "chain", "--seed", "2"}).out);
}

TEST(GraphData, ReadsAGraphAndWritesItsFeatures) {
  const auto folder = scratch("graph-data");
  spill(folder / "birds.txt", "# who resembles whom\nrobin canary\ncanary ostrich 0.5\nperch salmon\n");
  const auto outcome = dln({"data", "graph", (folder / "birds.txt").string(), "--features", "20", "--out",
                            (folder / "features.tsv").string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto rows = rows_of(outcome.out);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0][4], 2) << "two pieces, two eigenvalues 0";
  std::istringstream table(slurp(folder / "features.tsv"));
  std::string line;
  std::getline(table, line);
  EXPECT_TRUE(line.starts_with("item\tfeature_1\tfeature_2\t"));
  double squares = 0;
  for (const char* name : {"robin", "canary", "ostrich", "perch", "salmon"}) {
    std::getline(table, line);
    std::istringstream cells(line);
    std::string item;
    cells >> item;
    EXPECT_EQ(item, name);
    int count = 0;
    for (double value = 0; cells >> value; ++count) squares += value * value;
    EXPECT_EQ(count, 20);
  }
  double power = 0;
  for (const auto& row : rows) power += row[1] * row[1];
  EXPECT_NEAR(squares / power, 1, 1e-12) << "the table holds what the modes are of";
}

TEST(GraphData, NamesTheFileAndThePlaceOfATroubleAndWritesNothing) {
  const auto folder = scratch("graph-trouble");
  const auto file = folder / "graph.txt", out = folder / "features.tsv";
  for (const auto& [text, place] : {std::pair{"a b\nb b\n", ":2:3: "},
                                    {"a b 1\nb a 2\n", ":2:1: "},
                                    {"a b nan\n", ":1:5: "},
                                    {"a b -2\n", ":1:5: "},
                                    {"a\nb\na b\na c\n", ":4:3: "},
                                    {"a\nb\n", ":2:1: no edge"},
                                    {"a b 1 2\n", ":1:7: "}}) {
    spill(file, text);
    const auto outcome = dln({"data", "graph", file.string(), "--out", out.string()});
    EXPECT_EQ(outcome.code, 3) << text;
    EXPECT_EQ(outcome.out, "") << text;
    EXPECT_NE(outcome.err.find(file.string() + place), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(out)) << text;
  }
  EXPECT_EQ(dln({"data", "graph", (folder / "missing").string()}).code, 3);
  EXPECT_EQ(dln({"data", "graph", folder.string()}).code, 3);
}

TEST(GraphData, RefusesBadWordsWithExitCode2AndBadPlacesWith5) {
  for (const Words& words : {Words{"chain", "--items", "1"},
                             {"chain", "--items", "2001"},
                             {"chain", "--items", "2.5"},
                             {"ring", "--items", "2"},
                             {"grid", "--rows", "0"},
                             {"clusters", "--between", "-1"},
                             {"clusters", "--between", "nan"},
                             {"gaussian-tree", "--levels", "10"},
                             {"chain", "--sigma", "0"},
                             {"chain", "--sigma", "inf"},
                             {"chain", "--features", "0"},
                             {"chain", "--seed", "-1"},
                             {"graph"},
                             {"hypercube"}}) {
    Words arguments{"data"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 2) << words[0] << ' ' << words.back();
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  EXPECT_EQ(dln({"data", "chain", "--items", "3", "--out", "/proc/no/such"}).code, 5);
}

TEST(GraphData, SkipsAHeadingAndSaysSoBelowTheTable) {
  const auto folder = scratch("graph-heading");
  spill(folder / "a.csv", "Source,Target\nrobin,canary\n");
  const auto with = dln({"data", "graph", (folder / "a.csv").string()});
  ASSERT_EQ(with.code, 0) << with.err;
  const std::string remark =
      "\nThe line 'Source,Target' was taken for a heading and skipped: it names no edge.\n";
  ASSERT_TRUE(with.out.ends_with(remark)) << with.out;
  EXPECT_EQ(rows_of(with.out.substr(0, with.out.size() - remark.size())).size(), 2u);
  spill(folder / "b.csv", "robin,canary\n");
  EXPECT_EQ(dln({"data", "graph", (folder / "b.csv").string()}).out + remark, with.out);
}

TEST(GraphData, NamesTheOptionAndItsLimits) {
  const std::pair<Words, const char*> cases[] = {
      {{"chain", "--items", "x"}, "--items = 'x': expected a whole number from 2 to 2000"},
      {{"ring", "--items", "2"}, "--items = '2': expected a whole number from 3 to 2000"},
      {{"edgeless", "--items", "-1"}, "--items = '-1': expected a whole number from 2 to 2000"},
      {{"grid", "--rows", "0"}, "--rows = '0': expected a whole number from 1 to 2000"},
      {{"clusters", "--size", "0"}, "--size = '0': expected a whole number from 1 to 2000"},
      {{"clusters", "--clusters", "99999999999"},
       "--clusters = '99999999999': expected a whole number from 1"},
      {{"clusters", "--between", "-1"}, "--between = -1: expected a number from 0 to 1e12"},
      {{"chain", "--sigma", "0"}, "--sigma = 0: expected a number from 1e-6 to 1e6"},
      {{"gaussian-tree", "--levels", "10"}, "--levels = '10': expected a whole number from 1 to 9"},
      {{"tree", "--levels", "13"}, "--levels = '13': expected a whole number from 1 to 12"},
      {{"tree", "--features", "1.5"}, "--features = '1.5': expected a whole number from 1 to 1000000"}};
  for (const auto& [words, sentence] : cases) {
    Words arguments{"data"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find(sentence), std::string::npos) << outcome.err;
  }
}

TEST(GraphData, HelpShowsAnExampleOfItsOwn) {
  for (const char* word :
       {"tree", "chain", "ring", "grid", "clusters", "gaussian-tree", "edgeless", "graph", "info"}) {
    const auto outcome = dln({"data", word, "--help"});
    EXPECT_EQ(outcome.code, 0);
    const auto example = outcome.out.rfind("Example");
    ASSERT_NE(example, std::string::npos) << word;
    EXPECT_TRUE(outcome.out.substr(example).starts_with("Example: dln data " + std::string(word) + " "))
        << outcome.out;
  }
  EXPECT_NE(dln({"data", "--help"}).out.find("dln data graph mine.txt"), std::string::npos);
}

TEST(Verify, ExaminesTheClaimsOfAbstractAndTalks) {
  const auto folder = scratch("verify-talks");
  const auto outcome = dln({"verify", "--effort", "quick", "--section", "4", "--out", folder.string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("C42 holds"), std::string::npos);
  EXPECT_NE(outcome.out.find("C43 holds"), std::string::npos);
  const std::string html = slurp(folder / "report.html");
  EXPECT_NE(html.find("Abstract, talks and discussion"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder / "figures/stages.svg"));
  EXPECT_TRUE(fs::exists(folder / "figures/differentiation.tsv"));
}

}  // namespace
}  // namespace dln::tools
