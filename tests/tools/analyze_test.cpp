// dln analyze: what it says of data of one's own, as sentences, as JSON and as a report.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "dln/base/random.hpp"
#include "dln/data/npz.hpp"
#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

// Inputs a, b, c of variance 1 each, independent; p follows a, q half as much b, with a little noise.
std::string csv(int examples = 300) {
  auto stream = base::stream(7, "analyze test");
  std::string text = "a,b,c,p,q\n";
  for (int i = 0; i < examples; ++i) {
    const double a = stream.normal(), b = stream.normal(), c = stream.normal();
    text +=
        fmt::format("{},{},{},{},{}\n", a, b, c, 2 * a + 0.05 * stream.normal(), b + 0.05 * stream.normal());
  }
  return text;
}

class Analyze : public testing::Test {
 protected:
  Analyze()
      : folder(
            scratch(std::string("analyze-") + testing::UnitTest::GetInstance()->current_test_info()->name())),
        data(folder / "a.csv"),
        out(folder / "report") {
    spill(data, csv());
  }

  Outcome analyze(const Words& more) const { return analyze(data, more); }
  Outcome analyze(const fs::path& path, const Words& more) const {
    Words arguments{"analyze", path.string(), "--out", out.string()};
    if (path.extension() == ".csv") arguments.insert(arguments.end(), {"--target-columns", "p,q"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return dln(arguments);
  }
  Json json(const Words& more) const {
    Words arguments{"--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = analyze(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.code == 0 ? Json::parse(outcome.out) : Json();
  }

  fs::path folder, data, out;
};

TEST_F(Analyze, ForecastsWhatTheNetworkThenDoesOnWhiteInputs) {
  const auto found = json({"--inputs", "white", "--depth", "2,3,4", "--hidden", "20", "--simulate"});
  ASSERT_EQ(found["depths"].size(), 3u);
  for (const Json& depth : found["depths"]) {
    const Json& run = depth["run"];
    EXPECT_FALSE(run["diverged"]);
    for (std::size_t k = 0; k < 2; ++k) {
      const double theory = depth["modes"][k]["half_epochs"], measured = run["half_epochs"][k];
      // Two modes in twenty units: what they do to each other from u0 = 1e-3 of the end.
      EXPECT_NEAR(measured / theory, 1, 0.05) << depth["layers"] << " layers, mode " << k + 1;
    }
    EXPECT_NEAR(run["error"].back().get<double>(), depth["theory_end"].get<double>(),
                0.02 * depth["error_at_zero"].get<double>());
    EXPECT_LT(depth["budget"]["remainder_share"].get<double>(), 0.1);
    EXPECT_NEAR(depth["stability_limit"].get<double>(), 2 * depth["rate"].get<double>(),
                1e-9 * depth["rate"].get<double>());
    const auto& sharp = depth["sharpness"]["lambda_max"];
    EXPECT_NEAR(sharp.back().get<double>() * depth["rate"].get<double>(), 1, 0.05)
        << "ends where theory says";
  }
  EXPECT_EQ(found["modes"].size(), 2u);
  EXPECT_EQ(found["modes"][0]["verdict"], "consistent");
}

TEST_F(Analyze, FindsTheSpectrumOfTheDataItself) {
  const auto found = json({"--held-out", "0", "--depth", "3"});
  // s = |sum y x|, nearly 2 and 1 times the 300 examples; d nearly 300.
  EXPECT_NEAR(found["modes"][0]["s"].get<double>() / 600, 1, 0.15);
  EXPECT_NEAR(found["modes"][1]["s"].get<double>() / 300, 1, 0.15);
  EXPECT_NEAR(found["modes"][0]["end"].get<double>(), 2, 0.1);
  EXPECT_EQ(found["modes"][0]["inputs"].get<std::string>().substr(1, 1), "a");
  EXPECT_EQ(found["modes"][0]["outputs"].get<std::string>().substr(1, 1), "p");
  EXPECT_EQ(found["held_out"], 0);
  EXPECT_FALSE(found["depths"][0].contains("held_out_error"));
  EXPECT_FALSE(found["depths"][0].contains("run"));
}

TEST_F(Analyze, HoldsOutAShareOrAnotherFile) {
  const auto share = json({"--held-out", "0.25", "--depth", "2"});
  EXPECT_EQ(share["held_out"].get<int>() + share["examples"].get<int>(), 300);
  EXPECT_NEAR(share["held_out"].get<double>(), 75, 30);
  spill(folder / "other.csv", csv(40));
  const auto file = json({"--held-out", (folder / "other.csv").string(), "--depth", "2"});
  EXPECT_EQ(file["held_out"], 40);
  EXPECT_EQ(file["examples"], 300);
}

TEST_F(Analyze, WritesAReportWithEveryFigureAndSaysWhere) {
  const auto outcome = analyze({"--depth", "2,3", "--hidden", "10", "--simulate"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("Report: " + (out / "report.html").string()), std::string::npos);
  for (const char* figure :
       {"spectrum", "forecast", "depth-outlook", "layer-growth", "sharpness-course", "error-budget"})
    for (const char* ending : {".svg", ".tsv", ".gp"})
      EXPECT_GT(fs::file_size(out / "figures" / (std::string(figure) + ending)), 50u) << figure << ending;
  const auto html = slurp(out / "report.html");
  for (const char* wanted : {"id=\"forecast\"", "id=\"assumptions\"", "id=\"budget\"",
                             "figure-sharpness-course", "principal component"})
    EXPECT_NE(html.find(wanted), std::string::npos) << wanted;
  EXPECT_EQ(html.find(">nan"), std::string::npos);
  EXPECT_EQ(html.find(" nan"), std::string::npos);
  EXPECT_EQ(html.find("Overview"), std::string::npos) << "there are no claims to give an overview of";
  EXPECT_TRUE(Json::accept(slurp(out / "analysis.json")));
}

TEST_F(Analyze, GivesTheSameNumbersFromTheSameSeed) {
  const Words how{"--depth", "3,4", "--hidden", "12", "--simulate"};
  const auto first = json(how), second = json(how);
  EXPECT_EQ(first, second);
  auto other = how;
  other.insert(other.end(), {"--seed", "2"});
  EXPECT_NE(first["depths"][0]["strengths"], json(other)["depths"][0]["strengths"]);
}

data::NumberArray array_of(std::size_t rows, std::size_t columns, double times) {
  auto stream = base::stream(3, "analyze test weights", rows);
  data::NumberArray array{{rows, columns}, {}};
  for (std::size_t i = 0; i < rows * columns; ++i) array.values.push_back(times * stream.normal());
  return array;
}

TEST_F(Analyze, StartsFromANetworkOfOnesOwn) {
  spill(folder / "w.npz", data::npz_bytes({{"W1", array_of(6, 3, 0.01)}, {"W2", array_of(2, 6, 0.01)}}));
  const auto found = json({"--start", (folder / "w.npz").string(), "--simulate", "--inputs", "white"});
  ASSERT_EQ(found["depths"].size(), 1u);
  const Json& depth = found["depths"][0];
  EXPECT_EQ(depth["layers"], 3);
  EXPECT_EQ(depth["start"], "given");
  EXPECT_FALSE(depth.contains("strengths_low")) << "one start has no band";
  EXPECT_NEAR(depth["run"]["half_epochs"][0].get<double>() / depth["modes"][0]["half_epochs"].get<double>(),
              1, 0.05);
  spill(folder / "w.json", R"({"W0": [[[0.1, 0, 0], [0, 0.1, 0]], [[0.1, 0], [0, 0.1]]]})");
  EXPECT_EQ(json({"--start", (folder / "w.json").string()})["depths"][0]["layers"], 3);
}

TEST_F(Analyze, SeesASaddleAheadOfABalancedStartOfTheWrongDeterminant) {
  // Two inputs only, Sigma11 = I, square: W2 W1 = -0.01 I in one direction, against a task of positive
  // determinant.
  const std::string r = "0.7071067811865476";
  const std::string two = fmt::format("a,b,p,q\n{0},0,2,0\n-{0},0,-2,0\n0,{0},0,1\n0,-{0},0,-1\n", r);
  spill(data, two);
  const auto starting = [&](const char* w2) {
    spill(folder / "w.json", std::string(R"({"W0": [[[0.1, 0], [0, 0.1]], )") + w2 + "]}");
    return json({"--start", (folder / "w.json").string(), "--inputs", "white", "--held-out", "0"});
  };
  const auto wrong = starting("[[-0.1, 0], [0, 0.1]]"), right = starting("[[0.1, 0], [0, 0.1]]");
  EXPECT_EQ(wrong["depths"][0]["matrix_solution"]["leads_to_least_error"], false);
  EXPECT_EQ(right["depths"][0]["matrix_solution"]["leads_to_least_error"], true);
  EXPECT_EQ(wrong["depths"][0]["assumptions"]["missing_directions"], 1);
  EXPECT_NE(wrong["findings"].dump().find("saddle"), std::string::npos);
}

TEST_F(Analyze, WarnsOfAnUnstableRateBeforeItRunsAndRecordsWhatBecomesOfIt) {
  const double limit = json({"--depth", "3", "--hidden", "10"})["depths"][0]["stability_limit"];
  const auto outcome =
      analyze({"--depth", "3", "--hidden", "10", "--rate", fmt::format("{}", 5 * limit), "--simulate"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("stable below 2/lambda_max"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("beyond the limit"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("diverged"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("nan"), std::string::npos);
}

TEST_F(Analyze, SaysWhichInputsSumsDoNotResolveAndRecommendsARateThatTheStartBears) {
  std::string mixed = "t,a,p\n";
  for (const char* row : {"1e9,1,2", "1e9,-1,0", "1e9,2,3", "1e9,-2,-1"}) mixed += std::string(row) + "\n";
  spill(folder / "mixed.csv", mixed);
  const auto outcome = dln({"analyze", (folder / "mixed.csv").string(), "--classes", "0", "--held-out", "0",
                            "--depth", "2", "--out", out.string()});
  EXPECT_NE(outcome.out.find("1 input is so much smaller than others"), std::string::npos)
      << outcome.out << outcome.err;
  spill(folder / "steep.json", R"({"W0": [[[9, 0, 0], [0, 9, 0]], [[9, 0], [0, 9]]]})");
  const auto steep = json({"--start", (folder / "steep.json").string(), "--simulate"})["depths"][0];
  EXPECT_GT(steep["lambda_max_start"].get<double>(), steep["lambda_max_theory_end"].get<double>());
  EXPECT_FALSE(steep["run"]["diverged"]);
}

TEST_F(Analyze, LeavesNoFiguresOfAnEarlierRun) {
  ASSERT_EQ(analyze({"--depth", "3", "--hidden", "10", "--simulate"}).code, 0);
  EXPECT_TRUE(fs::exists(out / "figures" / "error-budget.svg"));
  ASSERT_EQ(analyze({"--depth", "3", "--hidden", "10"}).code, 0);
  EXPECT_FALSE(fs::exists(out / "figures" / "error-budget.svg"));
  EXPECT_TRUE(fs::exists(out / "figures" / "forecast.svg"));
}

TEST_F(Analyze, TellsOfStartsThatLearnNothingOrHaveLearnedAll) {
  spill(folder / "zero.json", R"({"W0": [[[0, 0, 0], [0, 0, 0]], [[0, 0], [0, 0]]]})");
  const auto zero = analyze({"--start", (folder / "zero.json").string(), "--simulate", "--at-most", "50"});
  EXPECT_EQ(zero.code, 0) << zero.err;
  EXPECT_NE(zero.out.find("no mode to be half learned within 50 epochs"), std::string::npos) << zero.out;
  spill(folder / "done.json", R"({"W0": [[[2, 0, 0], [0, 1, 0]], [[1, 0], [0, 1]]]})");
  const auto done = analyze({"--start", (folder / "done.json").string(), "--simulate"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find("2 modes begin beyond half"), std::string::npos) << done.out;
  EXPECT_EQ((zero.out + done.out).find("nan"), std::string::npos);
}

TEST_F(Analyze, DrawsModesOfImages) {
  std::string pixels, labels;
  auto stream = base::stream(5, "analyze test images");
  for (int i = 0; i < 60; ++i) {
    labels += static_cast<char>(i % 3);
    for (int j = 0; j < 12; ++j)
      pixels += static_cast<char>(j % 3 == i % 3 ? 200 + 50 * stream.uniform() : 30 * stream.uniform());
  }
  spill(folder / "t-images-idx3-ubyte", idx({0x803, 60, 3, 4}, pixels));
  spill(folder / "t-labels-idx1-ubyte", idx({0x801, 60}, labels));
  const auto outcome = analyze(folder / "t-images-idx3-ubyte", {"--depth", "2", "--classes", "3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GT(fs::file_size(out / "figures" / "modes.svg"), 500u);
  EXPECT_NE(slurp(out / "report.html").find("figure-modes"), std::string::npos);
}

}  // namespace
}  // namespace dln::tools
