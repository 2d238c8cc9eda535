// dln eval: the stable interface that other programs script against.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dln/base/error.hpp"
#include "tests/tools/program.hpp"
#include "tools/quantities.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

double value(const std::vector<std::string>& words) {
  std::vector<std::string> arguments{"eval"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const auto outcome = dln(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return std::stod(outcome.out);
}

TEST(Eval, PrintsEveryQuantityWith17Digits) {
  EXPECT_EQ(dln({"eval", "eq12.u", "u0=0.1", "s=1", "tau=1", "t=0"}).out, "0.10000000000000001\n");
  // Printed forms, evaluated here where nothing overflows.
  EXPECT_NEAR(value({"eq11.t", "u0=0.1", "uf=0.6", "s=2", "tau=3"}),
              3.0 / 4 * std::log(0.6 * 1.9 / (0.1 * 1.4)), 1e-15);
  const double e = std::exp(2 * 2 * 0.7 / 3), u = 2 * e / (e - 1 + 2 / 0.1);
  EXPECT_NEAR(value({"eq12.u", "u0=0.1", "s=2", "tau=3", "t=0.7"}), u, 1e-15);
  EXPECT_NEAR(value({"eq12.s_minus_u", "t=0.7", "tau=3", "s=2", "u0=0.1"}), 2 - u, 1e-15);
  EXPECT_NEAR(value({"claim11.t_exact", "s=2", "tau=3", "eps=0.01"}), 1.5 * std::log(1.99 / 0.01), 1e-14);
  EXPECT_NEAR(value({"claim11.t_asym", "s=2", "tau=3", "eps=0.01"}), 1.5 * std::log(2 / 0.01), 1e-14);
  EXPECT_NEAR(value({"claim11.error", "s=2", "tau=3", "eps=0.01"}), 1.5 * std::log(1.99 / 2), 1e-16);
}

TEST(Eval, FollowsUnequalLayersOfAnySign) {
  EXPECT_NEAR(value({"eq8.t", "a0=1e-3", "b0=-5e-4", "s=1", "tau=1", "uf=0.5"}), 8.294049328, 1e-9);
  const double a = value({"eq8.a", "a0=1e-3", "b0=-5e-4", "s=1", "tau=1", "t=9"});
  const double b = value({"eq8.b", "a0=1e-3", "b0=-5e-4", "s=1", "tau=1", "t=9"});
  EXPECT_NEAR(a * a - b * b, 7.5e-7, 1e-15);
  EXPECT_NEAR(value({"eq8.u", "a0=1e-3", "b0=-5e-4", "s=1", "tau=1", "t=9"}), a * b, 1e-15);
  EXPECT_NEAR(value({"eq8.s_minus_u", "a0=1e-3", "b0=-5e-4", "s=1", "tau=1", "t=9"}), 1 - a * b, 1e-15);
  EXPECT_EQ(dln({"eval", "eq8.t", "a0=0.5", "b0=-0.5", "s=1", "tau=1", "uf=0.5"}).code, 2)
      << "a = -b never learns";
}

TEST(Eval, GivesTimeZeroToWhereItStands) {
  EXPECT_EQ(value({"eq11.t", "u0=0.1", "uf=0.1", "s=2", "tau=3"}), 0);
  EXPECT_EQ(value({"eq12.u", "u0=0", "s=2", "tau=3", "t=1e9"}), 0);
  EXPECT_EQ(value({"eq12.u", "u0=1e-6", "s=2", "tau=3", "t=1e300"}), 2);
}

struct Bad {
  std::vector<std::string> words;
  const char* said;
};

TEST(Eval, RefusesBadWordsWithTheValueAndTheRemedy) {
  const std::vector<Bad> cases{
      {{"eq12.u", "u0=nan", "s=1", "tau=1", "t=1"}, "u0 = 'nan'"},
      {{"eq12.u", "u0=inf", "s=1", "tau=1", "t=1"}, "u0 = 'inf'"},
      {{"eq12.u", "u0=", "s=1", "tau=1", "t=1"}, "u0 = ''"},
      {{"eq12.u", "u0=1e400", "s=1", "tau=1", "t=1"}, "u0 = '1e400'"},
      {{"eq12.u", "u0=0x10", "s=1", "tau=1", "t=1"}, "u0 = '0x10'"},
      {{"eq12.u", "u0=1,5", "s=1", "tau=1", "t=1"}, "u0 = '1,5'"},
      {{"eq12.u", "u0=1 2", "s=1", "tau=1", "t=1"}, "u0 = '1 2'"},
      {{"eq12.u", "u0=[0.3,0.5]", "s=1", "tau=1", "t=1"}, "u0 = '[0.3,0.5]'"},
      {{"eq12.u", "u0=0.1", "s=0", "tau=1", "t=1"}, "s = 0: expected"},
      {{"eq12.u", "u0=0.1", "s=-1", "tau=1", "t=1"}, "s = -1: expected"},
      {{"eq12.u", "u0=0.1", "s=1", "tau=0", "t=1"}, "tau = 0: expected"},
      {{"eq12.u", "u0=-0.1", "s=1", "tau=1", "t=1"}, "u0 = -0.1: expected"},
      {{"eq12.u", "u0=0.1", "s=1", "tau=1", "t=-1"}, "t = -1: expected"},
      {{"eq11.t", "u0=0.1", "uf=1", "s=1", "tau=1"}, "uf = 1: not reached"},
      {{"eq11.t", "u0=0.1", "uf=0.05", "s=1", "tau=1"}, "uf = 0.05: not reached"},
      {{"eq11.t", "u0=0", "uf=0.05", "s=1", "tau=1"}, "u0 = 0"},
      {{"claim11.error", "s=1", "tau=1", "eps=0.5"}, "eps = 0.5: expected"},
      {{"eq12.u", "u0=0.1", "s=1", "tau=1"}, "parameter t is missing"},
      {{"eq12.u"}, "parameter u0 is missing"},
      {{"eq12.u", "u0=0.1", "s=1", "tau=1", "t=1", "x=1"}, "parameter 'x': eq12.u takes u0, s, tau, t"},
      {{"eq12.u", "u0=0.1", "u0=0.2", "s=1", "tau=1", "t=1"}, "'u0': given twice"},
      {{"eq12.u", "u0"}, "'u0': expected name=value"},
      {{"eq12"}, "did you mean eq12.u?"},
      {{"nonsense"}, "dln list quantities"},
      {{}, "expected a quantity"},
      {{"eq12.u", "--jsonl", "-"}, "not both"},
      {{"--nonsense"}, "--nonsense"},
  };
  for (const Bad& bad : cases) {
    std::vector<std::string> arguments{"eval"};
    arguments.insert(arguments.end(), bad.words.begin(), bad.words.end());
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 2) << bad.said;
    EXPECT_EQ(outcome.out, "") << bad.said;
    EXPECT_NE(outcome.err.find(bad.said), std::string::npos) << "said: " << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << "one sentence: " << outcome.err;
  }
}

std::vector<Json> lines(const std::string& text) {
  std::vector<Json> parsed;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) parsed.push_back(Json::parse(line));
  return parsed;
}

TEST(EvalJsonl, AnswersEveryLineInOrder) {
  const std::string input =
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": 0.1, \"s\": 1, \"tau\": 1, \"t\": 0}}\n"
      "{\"quantity\": \"eq11.t\", \"params\": {\"u0\": 0.1, \"uf\": 2, \"s\": 1, \"tau\": 1}}\n"
      "not json\n"
      "\n"
      "[1, 2]\n"
      "{\"quantity\": 5, \"params\": {}}\n"
      "{\"quantity\": \"eq12.u\"}\n"
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": \"0.1\", \"s\": 1, \"tau\": 1, \"t\": 0}}\n"
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": 1e999, \"s\": 1, \"tau\": 1, \"t\": 0}}\n"
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": null, \"s\": 1, \"tau\": 1, \"t\": 0}}\n"
      "{\"quantity\": \"n\\u00f6\\\"\", \"params\": {}}\n"
      "{\"quantity\": \"eq12.u\", \"parms\": {}, \"params\": {}}\n"
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": 0.25, \"s\": 1, \"tau\": 1, \"t\": 0}}";  // no newline
                                                                                                 // at the end
  const auto outcome = dln({"eval", "--jsonl", "-"}, {.input = input});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  const auto answers = lines(outcome.out);
  ASSERT_EQ(answers.size(), 13u);
  EXPECT_EQ(answers[0], (Json{{"quantity", "eq12.u"}, {"value", 0.1}}));
  for (std::size_t i = 1; i < 12; ++i) {
    EXPECT_TRUE(answers[i].at("error").is_string()) << i;
    EXPECT_FALSE(answers[i].contains("value")) << i;
    EXPECT_EQ(answers[i].size(), 2u) << i;
  }
  EXPECT_EQ(answers[1].at("quantity"), "eq11.t");
  EXPECT_EQ(answers[10].at("quantity"), "nö\"");
  EXPECT_EQ(answers[12].at("value"), 0.25);
}

TEST(EvalJsonl, ReadsAFileAndRefusesWhatIsNone) {
  const auto folder = scratch("eval-jsonl");
  spill(folder / "in.jsonl",
        "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": 0.5, \"s\": 1, \"tau\": 1, \"t\": 0}}\n");
  EXPECT_EQ(lines(dln({"eval", "--jsonl", (folder / "in.jsonl").string()}).out).at(0).at("value"), 0.5);
  for (const auto& path : {folder.string(), (folder / "missing").string()}) {
    const auto outcome = dln({"eval", "--jsonl", path});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find(path), std::string::npos);
  }
  EXPECT_EQ(dln({"eval", "--jsonl", "-"}).out, "");
}

TEST(EvalJsonl, GivesTheSameNumbersAsTheCommandLine) {
  const std::string input =
      "{\"quantity\": \"eq12.u\", \"params\": {\"u0\": 1e-6, \"s\": 80, \"tau\": 2000, \"t\": 250}}\n";
  const double from_json = lines(dln({"eval", "--jsonl", "-"}, {.input = input}).out).at(0).at("value");
  EXPECT_EQ(from_json, value({"eq12.u", "u0=1e-6", "s=80", "tau=2000", "t=250"}));
}

TEST(Quantities, TakeTheParametersTheyName) {
  for (const Quantity& quantity : quantities()) {
    EXPECT_FALSE(quantity.sentence.empty());
    const std::vector<double> halves(quantity.parameters.size(), 0.4);
    try {
      const double x = evaluate(quantity, halves);
      EXPECT_TRUE(std::isfinite(x)) << quantity.name;
    } catch (const base::DomainError&) {
      EXPECT_TRUE(quantity.name.starts_with("claim11") || quantity.name == "eq8.t")
          << "only eps < s/2 and u0 < uf < s forbid equal values: " << quantity.name;
    }
  }
}

}  // namespace
}  // namespace dln::tools
