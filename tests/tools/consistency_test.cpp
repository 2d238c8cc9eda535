// dln consistency and dln data info on data of one's own.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

// Inputs along the axes with variances 18, 8 and 2, targets along the first two: consistent by hand.
constexpr const char* kConsistent =
    "a,b,c,p,q\n"
    "3,0,0,3,0\n-3,0,0,-3,0\n0,2,0,0,1\n0,-2,0,0,-1\n0,0,1,0,0\n0,0,-1,0,0\n";
// The same with a target along (1, 1, 0): neither.
constexpr const char* kViolated =
    "a,b,c,p\n"
    "3,0,0,0.3333333333333333\n-3,0,0,-0.3333333333333333\n0,2,0,0.5\n0,-2,0,-0.5\n0,0,1,0\n0,0,-1,0\n";

// Cells by "inputs set".
std::map<std::string, std::vector<std::string>> rows_of(const std::string& out) {
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream in(out);
  for (std::string line; std::getline(in, line) && !line.empty();) {
    std::istringstream cells(line + '\t');
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    rows[row.at(0) + " " + row.at(1)] = row;
  }
  return rows;
}

TEST(ConsistencyCommand, PrintsResidualsAndAVerdictPerMode) {
  const auto folder = scratch("consistency");
  spill(folder / "a.csv", kConsistent);
  const auto outcome = dln({"consistency", (folder / "a.csv").string(), "--target-columns", "p,q", "--out",
                            (folder / "t.tsv").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto rows = rows_of(outcome.out);
  for (const char* inputs : {"raw", "centred"}) {
    const std::string name = inputs;
    const auto& first = rows.at(name + " mode 1");
    EXPECT_EQ(first.at(8), "consistent");
    EXPECT_NEAR(std::stod(first.at(2)), 18, 1e-14);  // s = sum p a
    EXPECT_NEAR(std::stod(first.at(3)), 18, 1e-14);  // d = sum a^2
    EXPECT_EQ(rows.at(name + " mode 2").at(7), "2");
    EXPECT_LE(std::stod(rows.at(name + " all modes").at(5)), 1e-15);
    EXPECT_TRUE(rows.contains(name + " without mode 1") && rows.contains(name + " random columns") &&
                rows.contains(name + " Sigma11"));
  }
  EXPECT_NE(outcome.out.find("\nInputs as they are: of 2 modes, 2 consistent"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("targets: 2 numbers"), std::string::npos);
  const std::string table = slurp(folder / "t.tsv");
  EXPECT_TRUE(outcome.out.starts_with(table + "\n"));
}

TEST(ConsistencyCommand, TellsAModeThatIsNoComponent) {
  const auto folder = scratch("consistency-violated");
  spill(folder / "a.csv", kViolated);
  const auto outcome = dln({"consistency", (folder / "a.csv").string(), "--centred"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto rows = rows_of(outcome.out);
  EXPECT_FALSE(rows.contains("raw mode 1"));
  // Sigma11 = diag(18, 8, 2), v = (1, 1, 0)/sqrt 2: d = 13, ||Sigma11 v - d v|| = 5. One mode alone is a
  // diagonal block: the printed check says nothing, and passes nothing.
  EXPECT_EQ(rows.at("centred mode 1").at(8), "violated");
  for (const char* row : {"centred mode 1", "centred all modes", "centred random columns"})
    EXPECT_EQ(rows.at(row).at(4), "") << row;
  EXPECT_NE(outcome.out.find("the printed check is empty with one mode"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("random columns by"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("misleading"), std::string::npos) << outcome.out;
  EXPECT_NEAR(std::stod(rows.at("centred mode 1").at(5)), 5.0 / 13, 1e-14);
}

TEST(ConsistencyCommand, WithoutTheFirstOfTwoModesTheCheckIsEmpty) {
  const auto folder = scratch("consistency-two");
  spill(folder / "a.csv", kConsistent);
  const auto outcome = dln({"consistency", (folder / "a.csv").string(), "--target-columns", "p,q"});
  EXPECT_EQ(rows_of(outcome.out).at("raw without mode 1").at(4), "");
  EXPECT_EQ(outcome.out.find("without mode 1,"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("random columns by"), std::string::npos) << outcome.out;
}

// x = diag(1, 2) Q, y = diag(1, 1/2) with Q a turn of 3-4-5: Sigma31 = Q, both s are 1.
TEST(ConsistencyCommand, JudgesModesOfEqualSAsASubspaceAndSaysSo) {
  const auto folder = scratch("consistency-equal");
  spill(folder / "a.csv", "0.6,0.8,1,0\n-1.6,1.2,0,0.5\n");
  const auto outcome = dln({"consistency", (folder / "a.csv").string(), "--target-columns", "3,4"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto rows = rows_of(outcome.out);
  for (const char* mode : {"raw mode 1", "raw mode 2"}) {
    EXPECT_EQ(rows.at(mode).at(8), "consistent");
    EXPECT_EQ(rows.at(mode).at(9), "2");
    EXPECT_NEAR(std::stod(rows.at(mode).at(6)), 1, 1e-14);
  }
  EXPECT_NE(outcome.out.find("2 modes share their s"), std::string::npos) << outcome.out;
}

TEST(ConsistencyCommand, SaysWhatIsUnusualAndAcceptsIt) {
  const auto folder = scratch("consistency-notes");
  spill(folder / "a.csv", "1,7,2,0,0\n2,7,1,4,1\n0,7,5,2,0\n");
  const auto outcome = dln({"consistency", (folder / "a.csv").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("1 of 4 inputs has the same value"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("More inputs (4) than examples (3)"), std::string::npos) << outcome.out;
  const auto info = dln({"data", "info", (folder / "a.csv").string()});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_NE(info.out.find("note\t\tMore inputs"), std::string::npos) << info.out;
}

TEST(ConsistencyCommand, SaysHowManyClassesHaveNoExample) {
  const auto folder = scratch("consistency-classes");
  spill(folder / "a.csv", "1,2,250\n2,1,100\n0,3,17\n4,4,99\n");
  const auto path = (folder / "a.csv").string();
  const std::string remark = "251 classes, 247 of them without an example; --classes 0 reads";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"consistency", path}, {"data", "info", path}}) {
    const auto outcome = dln(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find(remark), std::string::npos) << outcome.out;
    auto as_numbers = words;
    as_numbers.insert(as_numbers.end(), {"--classes", "0"});
    EXPECT_EQ(dln(as_numbers).out.find("without an example"), std::string::npos);
  }
  spill(folder / "b.csv", "1,2,0\n2,1,2\n0,3,1\n4,4,1\n");
  EXPECT_EQ(dln({"data", "info", (folder / "b.csv").string()}).out.find("without an example"),
            std::string::npos);
  EXPECT_NE(dln({"data", "info", (folder / "b.csv").string(), "--classes", "4"})
                .out.find("4 classes, 1 of them without an example."),
            std::string::npos);
}

TEST(ConsistencyCommand, RefusesBadDataWithExitCode3AndWritesNothing) {
  const auto folder = scratch("consistency-bad");
  for (const std::string& text :
       {std::string(), std::string("a,b\n"), std::string("1,2,0\n3,4\n"), std::string("1;2;0\n3;4;1\n"),
        std::string("1,nan,0\n3,4,1\n"), std::string("1,inf,0\n3,4,1\n"), std::string("1,\xFF,0\n3,4,1\n"),
        std::string("\"1,5\",2,0\n3,4,1\n"), std::string("1,2,1\n3,5,1\n"), std::string("1,2,0\n1,2,1\n"),
        std::string("1\n2\n"), std::string("1e200,2,0\n3e200,4,1\n"), std::string(2 << 20, '1'),
        std::string("\x93NUMPY\x01"), std::string("PK\x03\x04 no archive"), std::string("\0\0\x08\x03", 4)}) {
    spill(folder / "bad", text);
    const auto outcome =
        dln({"consistency", (folder / "bad").string(), "--out", (folder / "t.tsv").string()});
    EXPECT_EQ(outcome.code, 3) << text.substr(0, 60) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_NE(outcome.err.find((folder / "bad").string()), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(fs::exists(folder / "t.tsv"));
  }
}

TEST(ConsistencyCommand, RefusesBadValuesWithExitCode2) {
  const auto folder = scratch("consistency-values");
  spill(folder / "a.csv", kConsistent);
  for (const std::vector<std::string>& extra : {std::vector<std::string>{"--classes", "-1"},
                                                {"--classes", "257"},
                                                {"--scale", "0"},
                                                {"--scale", "nan"},
                                                {"--seed", "x"},
                                                {"--target-columns", "p,"},
                                                {"--targets", "y", "--labels", "z"},
                                                {"--tolerance", "1"}}) {
    std::vector<std::string> arguments{"consistency", (folder / "a.csv").string()};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 2) << extra[0] << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  for (const char* classes : {"-1", "257", "x", "99999999999999999999"}) {
    const auto outcome = dln({"consistency", (folder / "a.csv").string(), "--classes", classes});
    EXPECT_NE(outcome.err.find("expected a whole number from 0 to 256"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(dln({"consistency", (folder / "a.csv").string(), "--out", "/nonexistent/t.tsv"}).code, 5);
  EXPECT_EQ(
      dln({"consistency", (folder / "a.csv").string(), "--out", (folder / "." / "a.csv").string()}).code, 2);
  EXPECT_EQ(slurp(folder / "a.csv"), kConsistent);
}

}  // namespace
}  // namespace dln::tools
