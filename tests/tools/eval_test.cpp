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
      {{"eq15.u", "n=0.5", "u0=0.1", "s=1", "tau=1", "t=1"}, "n = 0.5: expected"},
      {{"hessian.sym", "n=2.5", "s=1", "a=1"}, "n = 2.5: expected a whole number"},
      {{"steps", "n=3", "s=1", "eps=0.5"}, "eps = 0.5: expected"},
      {{"steps", "n=infinite", "s=1", "eps=0.1"},
       "n = 'infinite': expected a finite decimal number, such as 0.5 or 1e-6, or inf"},
      {{"unequal.u", "a0=0.1,,0.2", "s=1", "tau=1", "t=1"}, "a0 = ''"},
      {{"unequal.lambda_max", "a0=-0.5,0.5", "s=1"}, "ends at the saddle"},
      {{"unequal.lambda_max", "a0=0.5", "s=1"}, "strengths in a0 = 1"},
      {{"unequal.lambda_max", "a0=0.5,0.1", "s=0"}, "s = 0"},
      {{"unequal.a", "a0=0.1,0.2", "s=1", "tau=1", "t=1", "index=3"},
       "index = 3: expected a layer from 1 to 2"},
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
    std::vector<std::vector<double>> values;  // numbers at which every quantity is defined
    for (const Parameter& parameter : quantity.parameters) {
      const auto& name = parameter.name;
      if (parameter.kind == ParameterKind::list)
        values.push_back({3, 4, 3});
      else if (name == "n" || name == "N_l" || name == "k")
        values.push_back({4});
      else if (name == "index" || name == "s" || name == "kappa")
        values.push_back({1});
      else if (name == "u0" || name == "x0" || name == "eps")
        values.push_back({0.1});
      else
        values.push_back({0.4});
    }
    if (quantity.name == "unequal.t") values.back() = {5};  // the product of 3, 4, 3 falls from 36 to 1
    EXPECT_TRUE(std::isfinite(evaluate(quantity, Values(values)))) << quantity.name;
  }
}

// Numbers from quadrature and from independent derivations, kept with the digits they were given with.
TEST(Eval, KnowsSection2) {
  EXPECT_NEAR(value({"steps", "n=9", "s=1", "eps=1e-3"}), 285.8333, 1e-4);
  EXPECT_NEAR(value({"steps", "n=inf", "s=1", "eps=1e-3"}), 1012.8125, 1e-4);
  EXPECT_NEAR(value({"delay.N_minus_3", "n=99", "s=1", "eps=1e-3"}), 886.2, 0.05);
  EXPECT_NEAR(value({"delay.inf_minus_3", "s=1", "eps=1e-3"}), 998.998998999, 1e-8);
  EXPECT_EQ(value({"delay.leading", "s=1", "eps=1e-3"}), 1000);
  EXPECT_EQ(value({"alpha_opt", "n=2", "s=4"}), 0.125);
  EXPECT_EQ(value({"alpha_max_stable", "n=2", "s=4"}), 0.25);
  EXPECT_EQ(value({"hessian.sym", "n=2", "s=1", "a=0"}), -1);
  EXPECT_EQ(value({"hessian.anti", "n=2", "s=1", "a=0"}), 1);
  EXPECT_EQ(value({"gd.steps_to", "n=9", "s=1", "eps=1e-3"}), 285);
  EXPECT_NEAR(value({"rise.ratio", "n=1", "x0=1e-12"}), 3.16993, 1e-5);
  EXPECT_NEAR(value({"eq15.u", "n=2", "u0=1e-6", "s=80", "tau=2000", "t=250"}) /
                  value({"eq12.u", "u0=1e-6", "s=80", "tau=2000", "t=250"}),
              1, 1e-13);
  EXPECT_NEAR(value({"eq15.t", "n=9", "u0=0.001", "uf=0.999", "s=1", "tau=9"}), 285.8333, 1e-4);
  EXPECT_NEAR(value({"mode_lambda.u", "n=2", "u0=0.1", "s=4", "lam=2", "tau=1", "t=100"}), 2, 1e-14);
  EXPECT_NEAR(value({"unequal.t", "a0=1e-3,-5e-4", "s=1", "tau=1", "uf=0.5"}), 8.294049328, 1e-9);
  // A pair: sqrt(c^2 + 4 s^2), c = a^2 - b^2; equal layers: L s^{2 - 2/L}.
  EXPECT_NEAR(value({"unequal.lambda_max", "a0=2,-0.5", "s=3"}), std::hypot(3.75, 6), 1e-14);
  EXPECT_NEAR(value({"unequal.lambda_max", "a0=0.1,0.1,0.1", "s=8"}), value({"hessian.max", "n=3", "s=8"}),
              1e-13);
  EXPECT_NEAR(value({"unequal.u", "a0=[0.1,0.2,0.3]", "s=1", "tau=1", "t=1000"}), 1, 1e-15);
  EXPECT_NEAR(value({"fullhess.top", "dims=4,3,4", "svals=3,1"}), 6, 1e-14);
  EXPECT_NEAR(value({"fullhess.top", "dims=4,2,4", "svals=3,1,0.5"}), 6, 1e-14)
      << "more than a bottleneck carries";
  EXPECT_EQ(dln({"eval", "fullhess.top", "dims=2,3,2", "svals=3,2,1"}).code, 2) << "more modes than inputs";
  // What is rounded off a layer counts 99 times in u; by 50 digits.
  EXPECT_NEAR(value({"gd.u_after_k", "n=99", "s=3", "u0=0.1", "kappa=0.1", "k=10"}) / 0.103565058952583351, 1,
              1e-15);
  EXPECT_NEAR(value({"fullhess.cross", "dims=4,3,4", "s_out=3", "s_in=1"}), 4, 1e-14);
  EXPECT_NEAR(value({"eq17.u", "N_l=30", "u0=0.4", "s=1.7", "tau=3", "t=0"}), 0.4, 1e-15);
}

TEST(EvalJsonl, TakesListsAndInfiniteDepth) {
  const auto answers = lines(
      dln({"eval", "--jsonl", "-"},
          {.input =
               R"({"quantity": "unequal.a", "params": {"a0": [0.1, 0.2], "s": 1, "tau": 1, "t": 0, "index": 2}}
{"quantity": "steps", "params": {"n": "inf", "s": 1, "eps": 1e-3}}
{"quantity": "unequal.u", "params": {"a0": [0.1, "x"], "s": 1, "tau": 1, "t": 0}}
{"quantity": "unequal.u", "params": {"a0": [], "s": 1, "tau": 1, "t": 0}}
{"quantity": "eq15.u", "params": {"n": "inf", "u0": 0.1, "s": 1, "tau": 1, "t": 0}})"})
          .out);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0]["value"], 0.2);
  EXPECT_NEAR(answers[1]["value"], 1012.8125, 1e-4);
  for (std::size_t i : {2UL, 3UL, 4UL}) EXPECT_TRUE(answers[i].contains("error")) << answers[i];
}

}  // namespace
}  // namespace dln::tools
