// What dln analyze refuses: in one sentence, with the documented exit code and nothing left behind.
#include <gtest/gtest.h>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kData =
    "a,b,c,p,q\n3,0,0,3,0\n-3,0,0,-3,0\n0,2,0,0,1\n0,-2,0,0,-1\n0,0,1,0,0\n0,0,-1,0,0\n";

class AnalyzeRefusals : public testing::Test {
 protected:
  AnalyzeRefusals()
      : folder(
            scratch(std::string("analyze-") + testing::UnitTest::GetInstance()->current_test_info()->name())),
        data(folder / "a.csv") {
    spill(data, kData);
  }

  // The code and what stands in the one sentence.
  void refuses(int code, const Words& more, const std::string& sentence) const {
    Words arguments{"analyze", data.string(), "--target-columns", "p,q", "--out", (folder / "out").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(more) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(sentence), std::string::npos) << testing::PrintToString(more) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(folder / "out")) << testing::PrintToString(more);
  }

  fs::path folder, data;
};

TEST_F(AnalyzeRefusals, NonsenseOnTheCommandLine) {
  refuses(2, {"--depth", "1"}, "--depth = 1: expected whole numbers of layers N_l from 2 to 100");
  refuses(2, {"--depth", "101"}, "from 2 to 100");
  refuses(2, {"--depth", "3.5"}, "--depth = 3.5");
  refuses(2, {"--depth", "3,3"}, "3 is named twice");
  refuses(2, {"--depth", "3,,4"}, "--depth");
  refuses(2, {"--depth", "deep"}, "--depth");
  refuses(2, {"--depth", ""}, "--depth");
  refuses(2, {"--depth", "2,3,4,5,6,7,8"}, "7 depths; expected at most 6");
  refuses(2, {"--hidden", "0"}, "--hidden");
  refuses(2, {"--hidden", "4097"}, "from 1 to 4096");
  refuses(2, {"--hidden", "1e2"}, "--hidden");
  refuses(2, {"--u0", "0"}, "--u0");
  refuses(2, {"--u0", "nan"}, "--u0");
  refuses(2, {"--rate", "-1"}, "--rate");
  refuses(2, {"--rate", "inf"}, "--rate");
  refuses(2, {"--rate", "fast"}, "--rate");
  refuses(2, {"--inputs", "grey"}, "expected raw, centred or white");
  refuses(2, {"--held-out", "1"}, "--held-out = 1");
  refuses(2, {"--held-out", "-0.1"}, "--held-out");
  refuses(2, {"--held-out", "nowhere.csv"}, "expected a share from 0 to 0.9, or a file");
  refuses(2, {"--at-most", "0"}, "--at-most");
  refuses(2, {"--seed", "-1"}, "--seed");
  refuses(2, {"--image", "28"}, "expected rows x columns, as in 28x28");
  refuses(2, {"--image", "2x2"}, "4 pixels; expected 3, the inputs of");
  refuses(2, {"--start", "randon"}, "did you mean random?");
  refuses(2, {"--start", "pretrained", "--depth", "2"}, "expected 3 or more layers for --start pretrained");
}

TEST_F(AnalyzeRefusals, NetworksThatDoNotComposeWithTheData) {
  const auto start = folder / "w.json";
  const auto with = [&](const std::string& weights) {
    spill(start, weights);
    return start.string();
  };
  refuses(3, {"--start", with(R"({"W0": [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]})")},
          "inputs of the network = 2: expected 3");
  refuses(3, {"--start", with(R"({"W0": [[[1, 0, 0], [0, 1, 0]], [[1, 0]]]})")},
          "outputs of the network = 1: expected 2");
  refuses(3, {"--start", with(R"({"W0": [[[1, 0, 0]], [[1, 0], [0, 1]]]})")}, "W2 has 2 columns; expected 1");
  refuses(3, {"--start", with(R"({"W0": "none"})")}, "W0: expected an array of matrices");
  refuses(3, {"--start", with("not JSON")}, "not valid JSON");
  refuses(3, {"--start", with(R"({"W0": [[[1e200, 0, 0], [0, 1, 0]], [[1e200, 0], [0, 1]]]})")},
          "so large that their product overflows");
  refuses(2, {"--hidden", "7", "--start", with(R"({"W0": [[[1, 0, 0], [0, 1, 0]], [[1, 0], [0, 1]]]})")},
          "has hidden layers of its own");
  refuses(2, {"--depth", "4", "--start", with(R"({"W0": [[[1, 0, 0], [0, 1, 0]], [[1, 0], [0, 1]]]})")},
          "expected 3, the layers of the network in");
}

TEST_F(AnalyzeRefusals, DataThatTeachNothing) {
  spill(data, "a,b,p,q\n1,2,0,0\n2,1,0,0\n3,3,0,0\n");
  refuses(3, {}, "cannot use " + data.string());
  spill(data, "a,b,p,q\n1,2,1,0\n1,2,1,0\n1,2,1,0\n");
  refuses(3, {"--inputs", "centred", "--held-out", "0"}, "inputs are the same in every example");
  spill(data, "a,b,p,q\n0,0,1,0\n0,0,0,1\n0,0,1,1\n");
  refuses(3, {"--held-out", "0"}, "inputs are all zero");
  spill(data, "a,b,p,q\n1e300,0,1,0\n0,1e300,0,1\n");
  refuses(3, {"--held-out", "0"}, "scale them down");
  spill(data, "a,b,p,q\n1e-150,0,1,0\n0,1e-150,0,1\n");
  refuses(3, {"--held-out", "0"}, "scale them up");
  spill(data, kData);
  spill(folder / "other.csv", "b,a,c,p,q\n1,2,3,4,5\n");
  refuses(3, {"--held-out", (folder / "other.csv").string()},
          "its input columns are b, a, c; expected a, b, c");
  spill(data, "a,b,p,q\n1,nan,1,0\n");
  refuses(3, {}, "'nan' is not a finite number");
  spill(data, "");
  refuses(3, {}, data.string());
  fs::remove(data);
  refuses(3, {}, "no such file");
}

TEST_F(AnalyzeRefusals, AFolderThatCannotBeWritten) {
  spill(folder / "file", "");
  const auto outcome =
      dln({"analyze", data.string(), "--target-columns", "p,q", "--out", (folder / "file").string()});
  EXPECT_EQ(outcome.code, 5) << outcome.err;
  EXPECT_TRUE(fs::is_regular_file(folder / "file"));
}

}  // namespace
}  // namespace dln::tools
