// dln simulate: a network file in, weights out, and everything that may be wrong with a file.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dln/data/npz.hpp"
#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

// Two inputs, one hidden unit, two outputs; Sigma31 = diag(3, 1): the hidden unit learns the first mode.
Json flow_file() {
  return Json::parse(
      R"({"dims": [2, 1, 2], "tau": 2, "Sigma11": [[1, 0], [0, 1]], "Sigma31": [[3, 0], [0, 1]],
                         "W0": [[[0.01, 0]], [[0.01], [0]]], "times": [0, 1, 2.5]})");
}
Json descent_file() {
  auto json = flow_file();
  json.erase("tau");
  json.erase("times");
  json["lambda"] = 0.1;
  json["steps"] = {1, 20, 200};
  return json;
}

fs::path written(const fs::path& folder, const std::string& name, const std::string& text) {
  spill(folder / name, text);
  return folder / name;
}

// a = b on one mode: a^2 = s / (1 + (s / a0^2 - 1) e^(-2 s t / tau)), Eq 12.
double eq12(double s, double u0, double tau, double t) {
  return s / (1 + (s / u0 - 1) * std::exp(-2 * s * t / tau));
}

TEST(Simulate, WritesTheFlowOfANetworkFile) {
  const auto folder = scratch("simulate-flow");
  const auto outcome = dln({"simulate", "--network", written(folder, "n.json", flow_file().dump()).string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["times"], Json({0, 1, 2.5}));
  ASSERT_EQ(json["W"].size(), 3U);
  EXPECT_EQ(json["W"][0], flow_file()["W0"]) << "the start, to the last digit";
  for (std::size_t i = 0; i < 3; ++i) {
    const double a = json["W"][i][0][0][0], b = json["W"][i][1][0][0], t = json["times"][i];
    EXPECT_NEAR(a * b / eq12(3, 1e-4, 2, t), 1, 1e-12) << t;
    EXPECT_EQ(json["W"][i][0][0][1], 0) << t;
  }
  EXPECT_GE(json["accuracy"]["amplification"], 1);
  EXPECT_LT(json["accuracy"]["agreement"], 1e-11);
}

TEST(Simulate, WritesTheIteratesOfEq1) {
  const auto folder = scratch("simulate-descent");
  const auto outcome =
      dln({"simulate", "--network", written(folder, "n.json", descent_file().dump()).string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["steps"], Json({1, 20, 200}));
  EXPECT_FALSE(json.contains("times"));
  double a = 0.01, b = 0.01;
  for (int i = 1; i <= 200; ++i) {
    const double pull = 0.1 * (3 - a * b), before = a;
    a += pull * b;
    b += pull * before;
    if (i == 1 || i == 20 || i == 200) {
      const std::size_t k = i == 1 ? 0 : i == 20 ? 1 : 2;
      EXPECT_NEAR(json["W"][k][0][0][0].get<double>(), a, 1e-14) << i;
      EXPECT_NEAR(json["W"][k][1][0][0].get<double>(), b, 1e-14) << i;
    }
  }
}

TEST(Simulate, NpzSaysTheSameAsJson) {
  const auto folder = scratch("simulate-npz");
  const auto in = written(folder, "n.npz",
                          data::npz_bytes({{"tau", {{}, {2}}},
                                           {"times", {{3}, {0, 1, 2.5}}},
                                           {"Sigma11", {{2, 2}, {1, 0, 0, 1}}},
                                           {"Sigma31", {{2, 2}, {3, 0, 0, 1}}},
                                           {"W1", {{1, 2}, {0.01, 0}}},
                                           {"W2", {{2, 1}, {0.01, 0}}}}));
  const auto json_in = written(folder, "n.json", flow_file().dump());
  const auto out = folder / "w.npz", strengths = folder / "b.npz", csv = folder / "b.csv";
  ASSERT_EQ(
      dln({"simulate", "--network", in.string(), "--out", out.string(), "--strengths", strengths.string()})
          .code,
      0);
  const auto outcome = dln({"simulate", "--network", json_in.string(), "--strengths", csv.string()});
  ASSERT_EQ(outcome.code, 0);
  const Json json = Json::parse(outcome.out);
  const auto weights = data::read_npz(out, 1 << 20);
  EXPECT_EQ(weights.at("W1").shape, (std::vector<std::size_t>{3, 1, 2}));
  EXPECT_EQ(weights.at("W2").shape, (std::vector<std::size_t>{3, 2, 1}));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(weights.at("W1").values[2 * i], json["W"][i][0][0][0]);
    EXPECT_EQ(weights.at("W2").values[2 * i], json["W"][i][1][0][0]);
  }
  const auto modes = data::read_npz(strengths, 1 << 20);
  EXPECT_EQ(modes.at("s").values, (std::vector<double>{3, 1}));
  std::istringstream lines(slurp(csv));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "t,mode_1,mode_2,leak");
  for (std::size_t i = 0; i < 3; ++i) {
    double t = 0, first = 0;
    char comma = 0;
    lines >> t >> comma >> first;
    std::getline(lines, line);
    EXPECT_EQ(t, json["times"][i]);
    EXPECT_EQ(first, modes.at("strengths").values[2 * i]);
    EXPECT_NEAR(first / eq12(3, 1e-4, 2, t), 1, 1e-12);
  }
}

TEST(Simulate, TellsOfAPassageByASaddle) {
  const auto folder = scratch("simulate-saddle");
  auto json = flow_file();
  json["dims"] = {2, 2, 2};
  json["W0"] = Json::parse("[[[1e-6, 0], [0, 1e-6]], [[1e-6, 0], [0, 1e-6]]]");
  json["times"] = {1, 5, 10, 15, 20, 25, 30};
  const auto outcome = dln({"simulate", "--network", written(folder, "n.json", json.dump()).string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("saddle"), std::string::npos) << outcome.err;
  EXPECT_GT(Json::parse(outcome.out)["accuracy"]["amplification"], 1e3);
  const auto unchecked = dln({"simulate", "--network", (folder / "n.json").string(), "--no-check"});
  EXPECT_EQ(unchecked.err, "");
  EXPECT_FALSE(Json::parse(unchecked.out).contains("accuracy"));
}

TEST(Simulate, IgnoresAndNamesWhatItDoesNotKnow) {
  const auto folder = scratch("simulate-unknown");
  auto json = flow_file();
  json["comment"] = "mine";
  const auto outcome = dln({"simulate", "--network", written(folder, "n.json", json.dump()).string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("'comment'"), std::string::npos) << outcome.err;
}

TEST(Simulate, RefusesBadFilesInOneSentenceWithExitCode3) {
  struct Bad {
    const char* change;   // merged into the flow file (JSON merge patch)
    const char* expects;  // in the message
  };
  const std::vector<Bad> cases{
      {R"({"W0": [[[0.01, 0], [0]], [[0.01], [0]]]})", "W1 in W0, row 2: 1 numbers; expected 2"},
      {R"({"W0": [[[0.01, "0"]], [[0.01], [0]]]})", "row 1, column 2: expected numbers, got string"},
      {R"({"W0": [[[0.01, 0]], [[0.01, 0], [0, 0]]]})", "W2 has 2 columns; expected 1"},
      {R"({"W0": [[0.01, 0]]})", "W1: its shape is (2); expected a matrix"},
      {R"({"W0": [[[[1]]]]})", "expected numbers, got array"},
      {R"({"W0": []})", "W0: expected"},
      {R"({"W0": null})", "missing"},
      {R"({"dims": [2, 3, 2]})", "dims are 2, 3, 2"},
      {R"({"dims": [2, 1.5, 2]})", "whole numbers"},
      {R"({"Sigma11": [[1, 0.5], [0.4, 1]]})", "not symmetric: entry (2, 1)"},
      {R"({"Sigma11": [[1, 2], [2, 1]]})", "indefinite: it has the eigenvalue -1"},
      {R"({"Sigma11": [[1]]})", "Sigma11 is 1 x 1; expected 2 x 2"},
      {R"({"Sigma31": [[3, 0]]})", "Sigma31 is 1 x 2; expected 2 x 2"},
      {R"({"Sigma31": null})", "Sigma31 is missing"},
      {R"({"times": [1, 0.5]})", "0.5 after 1"},
      {R"({"times": [1, 1]})", "increase"},
      {R"({"times": [-1, 1]})", "-1: expected 0 or greater"},
      {R"({"times": []})", "at least one"},
      {R"({"times": 3})", "times: expected an array"},
      {R"({"tau": 0})", "tau = 0"},
      {R"({"tau": [1, 2]})", "tau: expected one number"},
      {R"({"tau": null, "times": null})", "it gives none"},
      {R"({"lambda": 0.1, "steps": [1]})", "it gives tau, times, lambda, steps"},
      {R"({"tau": null, "Tau": 1})", "tau is missing ('Tau' means nothing here)"},
      {R"({"W0": [[[1e-300, 0]], [[0], [1e-300]]]})", "is 1e-300; expected 0 or at least 1e-250"},
      {R"({"times": null})", "times is missing"},
      {R"({"tau": null, "times": null, "lambda": 0.1, "steps": [1.5]})", "steps: 1.5"},
      {R"({"tau": null, "times": null, "lambda": -0.1, "steps": [1]})", "lambda = -0.1"},
      {R"({"tau": null, "times": null, "lambda": 0.1, "steps": [5, 5]})", "increase"},
  };
  const auto folder = scratch("simulate-bad");
  const auto out = folder / "w.json";
  const auto refused = [&](const std::string& text, const std::string& expects) {
    const auto path = written(folder, "n.json", text);
    const auto outcome = dln({"simulate", "--network", path.string(), "--out", out.string()});
    EXPECT_EQ(outcome.code, 3) << text;
    EXPECT_NE(outcome.err.find(path.string()), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(expects), std::string::npos) << outcome.err << " lacks: " << expects;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(out));
  };
  for (const auto& [change, expects] : cases) {
    auto json = flow_file();
    json.merge_patch(Json::parse(change));
    refused(json.dump(), expects);
  }
  refused("", "not valid JSON from line 1, column 1 on");
  refused("[1, 2]", "expected a JSON object, got array");
  refused("{\n\"tau\": NaN}", "line 2, column 8");
  refused(R"({"tau": 1e400})", "too large");
  refused(R"({"tau": 1, "tau": 2})", "\"tau\" is given twice");
  refused(std::string(100000, '['), "it nests more than 64 arrays and objects");
  refused("PK\x03\x04 but no archive", "NPZ");
}

TEST(Simulate, RefusesAnNpzThatLeavesALayerOut) {
  const auto folder = scratch("simulate-gap");
  const auto path = written(folder, "n.npz",
                            data::npz_bytes({{"tau", {{}, {2}}},
                                             {"times", {{1}, {1}}},
                                             {"Sigma11", {{1, 1}, {1}}},
                                             {"Sigma31", {{1, 1}, {3}}},
                                             {"W1", {{1, 1}, {0.1}}},
                                             {"W3", {{1, 1}, {0.1}}}}));
  const auto outcome = dln({"simulate", "--network", path.string()});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("W3 is given but W2 is missing"), std::string::npos) << outcome.err;
}

TEST(Simulate, WarnsOfASigma31ThatNoDataHave) {
  const auto folder = scratch("simulate-outside");
  auto json = flow_file();
  json["Sigma11"] = Json::parse("[[1, 0], [0, 0]]");
  const auto outcome = dln({"simulate", "--network", written(folder, "n.json", json.dump()).string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("outside the span of Sigma11"), std::string::npos) << outcome.err;
}

TEST(Simulate, NeverWritesOverItsInputOrOneResultOverTheOther) {
  const auto folder = scratch("simulate-same");
  const auto path = written(folder, "n.json", flow_file().dump()).string(), before = slurp(path);
  fs::create_symlink(path, folder / "link.json");
  EXPECT_EQ(dln({"simulate", "--network", path, "--out", path}).code, 2);
  EXPECT_EQ(dln({"simulate", "--network", path, "--out", (folder / "link.json").string()}).code, 2);
  const auto out = (folder / "x.npz").string(), again = (folder / "." / "x.npz").string();
  EXPECT_EQ(dln({"simulate", "--network", path, "--out", out, "--strengths", again}).code, 2);
  EXPECT_FALSE(fs::exists(out));
  EXPECT_EQ(slurp(path), before);
}

TEST(Simulate, KeepsThePermissionsOfAFileItReplaces) {
  const auto folder = scratch("simulate-permissions");
  const auto path = written(folder, "n.json", flow_file().dump()), out = written(folder, "w.json", "old");
  fs::permissions(out, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(dln({"simulate", "--network", path.string(), "--out", out.string()}).code, 0);
  EXPECT_NE(slurp(out), "old");
  EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Simulate, RefusesWhatWouldNotFitInMemory) {
  const auto folder = scratch("simulate-memory");
  // A thousand weights at a hundred million moments, packed into a file of a few hundred kilobytes.
  auto json = descent_file();
  json["dims"] = {2, 2000000, 2};
  EXPECT_EQ(dln({"simulate", "--network", written(folder, "dims.json", json.dump()).string()}).code, 3);
  const std::size_t units = 20000, moments = 5000000;
  data::NamedArrays arrays{{"lambda", {{}, {1e-3}}},
                           {"Sigma11", {{1, 1}, {1}}},
                           {"Sigma31", {{1, 1}, {1}}},
                           {"W1", {{units, 1}, std::vector<double>(units, 1e-3)}},
                           {"W2", {{1, units}, std::vector<double>(units, 1e-3)}}};
  auto& steps = arrays["steps"] = {{moments}, std::vector<double>(moments)};
  for (std::size_t i = 0; i < moments; ++i) steps.values[i] = static_cast<double>(i);
  const auto outcome =
      dln({"simulate", "--network", written(folder, "n.npz", data::npz_bytes(arrays)).string()});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("GB of memory"), std::string::npos) << outcome.err;
  fs::remove(folder / "n.npz");
}

TEST(Simulate, RefusesBadWords) {
  const auto folder = scratch("simulate-words");
  const auto path = written(folder, "n.json", flow_file().dump()).string();
  EXPECT_EQ(dln({"simulate"}).code, 2);
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--rtol", "0"},
                                               {"--rtol", "1e-20"},
                                               {"--rtol", "nan"},
                                               {"--out", "weights.txt"},
                                               {"--strengths", "modes.json"}}) {
    std::vector<std::string> words{"simulate", "--network", path};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(dln(words).code, 2) << more[0] << ' ' << more[1];
  }
  EXPECT_EQ(dln({"simulate", "--network", (folder / "absent.json").string()}).code, 3);
  EXPECT_EQ(dln({"simulate", "--network", folder.string()}).code, 3);
  EXPECT_EQ(dln({"simulate", "--network", path, "--out", (folder / "no/such/w.json").string()}).code, 5);
}

TEST(Simulate, NamesTheIterationAtWhichDescentDiverged) {
  const auto folder = scratch("simulate-unstable");
  auto json = descent_file();
  json["lambda"] = 5;
  const auto out = folder / "w.json";
  const auto outcome =
      dln({"simulate", "--network", written(folder, "n.json", json.dump()).string(), "--out", out.string()});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(outcome.err.find("iteration"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace dln::tools
