// Eq 15 solved at a depth: proven, and the formulas it comes with.
#include "dln/symbolic/depth_solution.hpp"

#include <ginac/ginac.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "dln/base/error.hpp"

namespace dln::symbolic {
namespace {

TEST(DepthSolution, IsProvenAtEveryDepth) {
  for (int layers = 2; layers <= 20; ++layers) {
    const auto solution = solve_depth(base::Depth::from_layers(layers));
    EXPECT_TRUE(solution.derivation.identically_zero())
        << layers << ": " << solution.derivation.difference().text;
  }
}

TEST(DepthSolution, IsTheLogisticsTimeAtThreeLayers) {
  const auto solution = solve_depth(base::Depth::from_layers(3));
  EXPECT_EQ(solution.antiderivative.text, "2 ln(y) - ln|1 - y| - ln(1 + y)");
  EXPECT_EQ(solution.time.text, "tau/(2 s) [F(y)] from (u0/s)^(1/2) to (u_f/s)^(1/2)");
}

TEST(DepthSolution, ShowsThePartialFractionsOfFourLayers) {
  const auto solution = solve_depth(base::Depth::from_layers(4));
  EXPECT_EQ(
      solution.antiderivative.text,
      "-3 y^(-1) - ln|1 - y| - cos(4 pi/3) ln(1 - 2 y cos(2 pi/3) + y^2) + 2 sin(4 pi/3) arctan(y sin(2 "
      "pi/3)/(1 - y cos(2 pi/3)))");
  EXPECT_NE(solution.cpp.find("double eq15_time_4("), std::string::npos);
}

// The text is put together beside what is proven: its slope, evaluated, must be that of the integral.
TEST(DepthSolution, ShowsWhatIsProven) {
  const GiNaC::symbol y("y");
  GiNaC::parser parser(GiNaC::symtab{{"y", y}, {"Pi", GiNaC::Pi}});
  for (int n = 1; n <= 13; ++n) {
    std::string text = solve_depth(base::Depth::from_weight_matrices(n)).antiderivative.text;
    for (const auto& [from, to] :
         {std::pair{"ln\\|1 - y\\|", "log(1 - y)"}, {"ln\\(", "log("}, {"arctan", "atan"}, {"pi", "Pi"}})
      text = std::regex_replace(text, std::regex(from), to);
    text = std::regex_replace(text, std::regex("([0-9a-z)]) (?=[0-9a-zP(])"), "$1*");
    for (double at : {0.1, 0.4, 0.9}) {
      const GiNaC::ex slope = parser(text).diff(y).subs(y == at).evalf();
      const double expected = n * std::pow(at, 1 - n) / (1 - std::pow(at, n));
      EXPECT_NEAR(GiNaC::ex_to<GiNaC::numeric>(slope).to_double() / expected, 1, 1e-12) << n << ": " << text;
    }
  }
}

TEST(DepthSolution, RefusesDepthsItCannotProveInTime) {
  EXPECT_THROW(solve_depth(base::Depth::from_layers(kDeepestSolution + 1)), base::DomainError);
}

}  // namespace
}  // namespace dln::symbolic
