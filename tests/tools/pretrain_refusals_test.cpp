// What dln pretrain refuses: in one sentence, with nothing left behind.
#include <gtest/gtest.h>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kData =
    "a,b,c,p,q\n"
    "3,0,0,3,0\n-3,0,0,-3,0\n0,2,0,0,1\n0,-2,0,0,-1\n0,0,1,0,0\n0,0,-1,0,0\n";

Outcome pretrain(const fs::path& data, const Words& more) {
  Words arguments{"pretrain", data.string(), "--target-columns", "p,q"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return dln(arguments);
}

class PretrainRefusals : public testing::Test {
 protected:
  PretrainRefusals()
      : folder(scratch(std::string("pretrain-") +
                       testing::UnitTest::GetInstance()->current_test_info()->name())),
        data(folder / "a.csv"),
        npz(folder / "start.npz") {
    spill(data, kData);
  }

  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder), {}); }

  fs::path folder, data, npz;
};

TEST_F(PretrainRefusals, RefusesBadValuesWithOneSentenceAndExitCode2) {
  for (const Words& more : {Words{"--units", ""},
                            {"--units", "0"},
                            {"--units", "-2"},
                            {"--units", "2.5"},
                            {"--units", "3,,2"},
                            {"--units", "3 2"},
                            {"--units", "100001"},
                            {"--units", "nan"},
                            {"--sigma", "0"},
                            {"--sigma", "-0.1"},
                            {"--sigma", "nan"},
                            {"--sigma", "small"},
                            {"--rate", "0"},
                            {"--rate", "-1"},
                            {"--rate", "inf"},
                            {"--rate", "fast"},
                            {"--epochs", "0"},
                            {"--epochs", "-5"},
                            {"--epochs", "1.5"},
                            {"--epochs", "1000000001"},
                            {"--seed", "-1"},
                            {"--seed", "x"},
                            {"--seed", "18446744073709551616"},
                            {"--below", "0"},
                            {"--below", "-1"},
                            {"--below", "low"},
                            {"--at-most", "0"},
                            {"--at-most", "many"},
                            {"--classes", "257"},
                            {"--scale", "0"},
                            {"--targets", "y", "--labels", "z"},
                            {"--layers", "5"},
                            {"--out"},
                            {"more.csv"}}) {
    Words arguments = more;
    if (more.size() > 1) arguments.insert(arguments.end(), {"--out", npz.string()});
    const auto outcome = pretrain(data, arguments);
    EXPECT_EQ(outcome.code, 2) << testing::PrintToString(more) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_NE(outcome.err.find(more[0]), std::string::npos) << "names what is wrong: " << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(dln({"pretrain"}).code, 2);
  const auto onto = pretrain(data, {"--out", (folder / "." / "a.csv").string()});
  EXPECT_EQ(onto.code, 2) << onto.err;
  EXPECT_EQ(slurp(data), kData) << "the data are still there";
  EXPECT_EQ(files(), 1) << "and nothing else";
}

TEST_F(PretrainRefusals, RefusesBadDataWithExitCode3) {
  for (const std::string& text :
       {std::string(), std::string("a,b\n"), std::string("1,2,0\n3,4\n"), std::string("1,nan,0\n3,4,1\n"),
        std::string("1e200,2,0\n3e200,4,1\n"), std::string("0,0,0.5\n0,0,1.5\n"),
        std::string("1,2,0.0,0.0\n2,1,0.0,0.0\n"), std::string("\x93NUMPY\x01"),
        std::string("PK\x03\x04 no archive")}) {
    spill(folder / "bad", text);
    Words arguments{"pretrain", (folder / "bad").string(), "--out", npz.string()};
    if (text.starts_with("1,2,0.0")) arguments.insert(arguments.end(), {"--target-columns", "3,4"});
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 3) << text.substr(0, 60) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_NE(outcome.err.find((folder / "bad").string()), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err.find("its inputs are all zero") != std::string::npos, text.starts_with("0,0"));
  }
  // Every example the same: nothing is left once it is centred.
  spill(folder / "bad", "1,2,0.5\n1,2,0.5\n");
  EXPECT_EQ(dln({"pretrain", (folder / "bad").string(), "--centred", "--out", npz.string()}).code, 3);
  EXPECT_EQ(dln({"pretrain", (folder / "none.csv").string(), "--out", npz.string()}).code, 3);
  EXPECT_EQ(files(), 2) << "a.csv and the last bad one";
}

TEST_F(PretrainRefusals, LeavesNothingBehindWhereItDivergesOrCannotWrite) {
  for (const Words& more : {Words{"--rate", "1"}, {"--rate", "1e200"}, {"--sigma", "1e200"}}) {
    Words arguments{"--units", "3", "--out", npz.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = pretrain(data, arguments);
    EXPECT_EQ(outcome.code, 4) << testing::PrintToString(more) << outcome.err;
    EXPECT_NE(outcome.err.find("autoencoder 1 diverged"), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << "no table of what is none";
  }
  const auto outcome = pretrain(data, {"--units", "3", "--out", (folder / "absent" / "start.npz").string()});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(pretrain(data, {"--units", "3", "--out", folder.string()}).code, 5);
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace dln::tools
