// dln derive: readable derivations, the solution of Eq 15 as C++ that compiles and agrees with the closed
// form.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

#ifdef DLN_WITH_SYMBOLIC

TEST(Derive, ShowsEq12StepByStep) {
  const auto outcome = dln({"derive", "eq12"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"eq12 (Eq 12; C12): proven", "u = E s/(E + s/u0 - 1)", "tau u' = 2 u (s - u)",
                           "lhs - rhs = 0: proven"})
    EXPECT_TRUE(has(outcome.out, part)) << part << " in\n" << outcome.out;
}

TEST(Derive, FindsDerivationsByTheClaimTheyServe) {
  const auto outcome = dln({"derive", "C12"});
  for (const char* name : {"eq10 (", "eq11 (", "eq12 ("}) EXPECT_TRUE(has(outcome.out, name)) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "3 of 3 derivations proven"));
}

TEST(Derive, SaysWhatRemainsOfAnErratum) {
  const auto outcome = dln({"derive", "x8-supplement"});
  EXPECT_EQ(outcome.code, 0) << "refuted as printed, and the correction holds";
  EXPECT_TRUE(has(outcome.out, "As printed: v3, Supplement A")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, ": refuted")) << outcome.out;
}

TEST(Derive, SpeaksLatexAndJson) {
  const auto latex = dln({"derive", "eq11", "x9-competition-range", "--latex"}).out;
  EXPECT_TRUE(has(latex, "\\frac{\\tau}{2 u_f \\left(s - u_f\\right)}")) << latex;
  EXPECT_EQ(std::ranges::count(latex, '{'), std::ranges::count(latex, '}'));
  const auto json = Json::parse(dln({"derive", "eq12", "x3-consistency", "--json"}).out);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["name"], "eq12");
  EXPECT_EQ(json[0]["decision"], "proven");
  EXPECT_EQ(json[0]["identically_zero"], true);
  EXPECT_EQ(json[0]["difference"]["text"], "0");
  EXPECT_EQ(json[1]["steps"][1]["role"], "printed");
  EXPECT_EQ(json[1]["steps"][1]["decision"], "refuted");
  EXPECT_NE(json[1]["steps"][1]["difference"]["text"], "0");
}

TEST(Derive, SaysTheSameEveryTime) {
  const auto first = dln({"derive", "eq8-every-sign", "x4-product", "x12-modes"});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(dln({"derive", "eq8-every-sign", "x4-product", "x12-modes"}).out, first.out);
}

TEST(Derive, ListsEveryName) {
  const auto outcome = dln({"derive", "--list"});
  EXPECT_EQ(outcome.code, 0);
  std::istringstream lines(outcome.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_EQ(std::ranges::count(line, '\t'), 3) << line;
  EXPECT_GE(count, 40);
}

TEST(Derive, ListsAsJson) {
  const auto json = Json::parse(dln({"derive", "--list", "--json"}).out);
  EXPECT_GE(json.size(), 50U);
  EXPECT_EQ(json[0]["name"], "eq1-gradient");
  EXPECT_EQ(json[0]["equation"], "Eq 1");
  for (const auto& entry : json) EXPECT_TRUE(entry["claims"].is_array() && entry["title"].is_string());
}

TEST(Derive, SaysUpToWhichDepthAndWhy) {
  const auto help = dln({"derive", "--help"}).out;
  std::string words;  // however its lines are broken
  std::istringstream in(help);
  for (std::string word; in >> word;) words += word + " ";
  EXPECT_TRUE(has(words, "whole number from 2 to 42 (beyond, its proof takes minutes)")) << help;
}

// Widths are held in tests/symbolic/displayed_test.cpp; here, that the program breaks its lines.
TEST(Derive, BreaksLongLatexAndTypesetsItsSentences) {
  const auto deep = dln({"derive", "--depth", "10", "--latex"}).out;
  EXPECT_TRUE(has(deep, "F(y) &= -\\frac{9}{7}")) << deep;
  const auto breaks = deep.find("\\\\\n");
  EXPECT_NE(breaks, std::string::npos) << deep;
  const auto prose = dln({"derive", "eq1-gradient", "riccati", "--latex"}).out;
  EXPECT_TRUE(has(prose, "$|y - W^{32} W^{21} x|^{2}$")) << prose;
  EXPECT_TRUE(has(prose, "$\\lambda = |b|^{2} - |a|^{2}$")) << prose;
}

TEST(Derive, RefusesWhatItDoesNotKnow) {
  struct Bad {
    std::vector<std::string> words;
    const char* said;
  };
  for (const auto& [words, said] :
       std::vector<Bad>{{{"derive", "eq122"}, "did you mean eq12?"},
                        {{"derive"}, "dln derive --list"},
                        {{"derive", "eq12", "--all"}, "one of"},
                        {{"derive", "eq12", "--latex", "--json"}, "one of"},
                        {{"derive", "--depth", "1"}, "from 2"},
                        {{"derive", "--depth", "1000000000000"}, "from 2"},
                        {{"derive", "--depth", "3.5"}, "whole number from 2 to 42"},
                        {{"derive", "--depth", "abc"}, "whole number from 2 to 42"},
                        {{"derive", "--depth", "inf"}, "whole number from 2 to 42"},
                        {{"derive", "--depth", "43"}, "for more minutes"},
                        {{"derive", "eq1"}, "did you mean eq1-gradient?"},
                        {{"derive", "c12"}, "did you mean C12?"},
                        {{"derive", "--list", "--latex"}, "--json"},
                        {{"derive", "--depth", "-3"}, "whole number"},
                        {{"derive", "--depth", ""}, "whole number"}}) {
    const auto outcome = dln(words);
    EXPECT_EQ(outcome.code, 2) << words.back() << outcome.out;
    EXPECT_TRUE(has(outcome.err, said)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

// ------------------------------------------------------------------------------------------- Eq 15 as C++

struct Journey {
  int layers;
  double u0, uf, s, tau;
};

std::vector<Journey> journeys() {
  std::vector<Journey> all;
  for (int layers : {2, 3, 4, 5, 6, 10, 13, 30})
    for (double s : {0.7, 80.0})
      for (double x0 : {1e-12, 1e-6, 1e-3, 0.3, 0.7, 0.999, 1.001, 2.0, 1e3})
        for (double share : {1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9})
          all.push_back({layers, s * x0, s * x0 + share * (s - s * x0), s, 3});
  return all;
}

// Compiles the printed functions with the compiler of this build and lets them answer every journey.
std::vector<double> printed_times(const std::vector<Journey>& all, const fs::path& folder) {
  std::string code = "#include <cstdio>\n", calls;
  std::map<int, bool> seen;
  for (const Journey& j : all)
    if (!std::exchange(seen[j.layers], true)) {
      const auto outcome = dln({"derive", "--depth", std::to_string(j.layers), "--json"});
      EXPECT_EQ(outcome.code, 0) << outcome.err;
      const auto json = Json::parse(outcome.out);
      EXPECT_EQ(json["decision"], "proven");
      code += json["cpp"].get<std::string>();
    }
  for (const Journey& j : all)
    calls += fmt::format("  std::printf(\"%.17g\\n\", eq15_time_{}({:a}, {:a}, {:a}, {:a}));\n", j.layers,
                         j.u0, j.uf, j.s, j.tau);
  spill(folder / "times.cpp", code + "int main() {\n" + calls + "}\n");
  const std::string command = fmt::format(DLN_CXX
                                          " -std=c++17 -Wall -Wextra -Werror -O1 -ffp-contract=off "
                                          "{0}/times.cpp -o {0}/times && {0}/times > {0}/answers",
                                          folder.string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::istringstream answers(slurp(folder / "answers"));
  std::vector<double> times;
  for (double t; answers >> t;) times.push_back(t);
  return times;
}

// The sum of |x dt/dx|/t over the inputs x = u0, uf, s, tau: t is homogeneous in u0, uf, s of degree -(2 -
// 2/L).
double condition(const theory::DeepMode<double>& mode, double uf, double t) {
  const double u0 = mode.initial_strength(), power = 2 - mode.nu();
  const double by_end = uf / rate(mode, uf) / t, by_start = u0 / rate(mode, u0) / t;
  return std::abs(by_end) + std::abs(by_start) + std::abs(power + by_end - by_start) + 1;
}

TEST(DeriveDepth, PrintsFunctionsThatAgreeWithTheClosedForm) {
  const auto all = journeys();
  const auto times = printed_times(all, scratch("derive-depth"));
  ASSERT_EQ(times.size(), all.size());
  base::Worst worst;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [layers, u0, uf, s, tau] = all[i];
    const theory::DeepMode<double> mode(base::DepthExponent(base::Depth::from_layers(layers)), {s, u0, tau});
    const double exact = time_to_reach(mode, uf);
    const double units = std::abs(times[i] / exact - 1) / std::numeric_limits<double>::epsilon() /
                         (1 + condition(mode, uf, exact));
    // Above s the partial fractions cancel down to (s/u)^{2 - 2/L} of their size, as the printed comment
    // says.
    const double cancelled = u0 < s ? 1 : layers * std::pow(u0 / s, 2);
    worst.see(units / cancelled);
    EXPECT_LE(units, 16 * cancelled) << "N_l = " << layers << ", u0 = " << u0 << ", uf = " << uf
                                     << ", s = " << s;
  }
  EXPECT_LE(worst.value(), 16);  // either side rounds a few times a term; 6 is what they differ by
}

#else

TEST(Derive, SaysThatItWasBuiltWithoutComputerAlgebra) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"derive", "eq12"}, {"derive", "--all"}}) {
    const auto outcome = dln(words);
    EXPECT_EQ(outcome.code, 6);
    EXPECT_TRUE(has(outcome.err, "libginac-dev")) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
}

#endif

}  // namespace
}  // namespace dln::tools
