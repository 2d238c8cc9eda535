// The terms of Eq 15's integral as text, LaTeX and C++ (see depth_integral.hpp).
#include <fmt/format.h>
#include <ginac/ginac.h>

#include <numeric>

#include "dln/symbolic/depth_integral.hpp"

namespace dln::symbolic {
namespace {

// 2 pi k/L in lowest terms.
struct Angle {
  int above, below;
  Angle(int k, int n) : above(2 * k / std::gcd(2 * k, n)), below(n / std::gcd(2 * k, n)) {}
  std::string text() const {
    return (above == 1 ? "pi" : fmt::format("{} pi", above)) + (below == 1 ? "" : fmt::format("/{}", below));
  }
  std::string latex() const {
    const std::string top = above == 1 ? "\\pi" : fmt::format("{}\\pi", above);
    return below == 1 ? top : fmt::format("\\frac{{{}}}{{{}}}", top, below);
  }
};

// cos or sin of 2 pi k/L to 17 digits, rounded once.
std::string literal(const char* function, int k, int n) {
  const auto before = GiNaC::Digits;
  GiNaC::Digits = 40;
  const GiNaC::ex angle = 2 * GiNaC::Pi * k / n;
  const GiNaC::ex value = (function[0] == 'c' ? cos(angle) : sin(angle)).evalf();
  const double number = GiNaC::ex_to<GiNaC::numeric>(value).to_double();
  GiNaC::Digits = before;
  return fmt::format("{:.17g}", number);
}

std::string pair_text(int k, int n) {
  const std::string once = Angle(k, n).text(), twice = Angle(2 * k, n).text();
  return fmt::format(
      " - cos({1}) ln(1 - 2 y cos({0}) + y^2) + 2 sin({1}) arctan(y sin({0})/(1 - y cos({0})))", once, twice);
}

std::string pair_latex(int k, int n) {
  const std::string once = Angle(k, n).latex(), twice = Angle(2 * k, n).latex();
  return fmt::format(
      " - \\cos\\!\\left({1}\\right) \\ln\\!\\left(1 - 2y\\cos\\!\\left({0}\\right) + y^{{2}}\\right)"
      " + 2\\sin\\!\\left({1}\\right) \\arctan\\frac{{y\\sin\\left({0}\\right)}}{{1 - "
      "y\\cos\\left({0}\\right)}}",
      once, twice);
}

}  // namespace

Formula shown_antiderivative(int n) {
  Formula f;
  if (n == 2) f = {"2 ln(y) - ", "2\\ln y - "};
  if (n > 2) {
    const int common = std::gcd(n, n - 2), above = n / common, below = (n - 2) / common;
    const std::string ratio = below == 1 ? std::to_string(above) : fmt::format("{}/{}", above, below);
    const std::string latex =
        below == 1 ? std::to_string(above) : fmt::format("\\frac{{{}}}{{{}}}", above, below);
    f = {fmt::format("-{} y^({}) - ", ratio, 2 - n), fmt::format("-{}\\, y^{{{}}} - ", latex, 2 - n)};
  }
  if (n == 1) f = {"-", "-"};
  f.text += "ln|1 - y|";
  f.latex += "\\ln|1 - y|";
  if (n % 2 == 0) f.text += " - ln(1 + y)";
  if (n % 2 == 0) f.latex += " - \\ln(1 + y)";
  for (int k : root_pairs(n)) {
    f.text += pair_text(k, n);
    f.latex += pair_latex(k, n);
  }
  return f;
}

Formula shown_time(int n) {
  if (n == 1) return {"tau [F(y)] from u0/s to u_f/s", "\\tau\\,\\Bigl[F(y)\\Bigr]_{u_0/s}^{u_f/s}"};
  const int common = std::gcd(2 * n - 2, n), above = (2 * n - 2) / common, below = n / common;
  const std::string scale = n == 2 ? "2 s" : fmt::format("{} s^({}/{})", n, above, below);
  const std::string latex = n == 2 ? "2s" : fmt::format("{}\\, s^{{{}/{}}}", n, above, below);
  return {
      fmt::format("tau/({0}) [F(y)] from (u0/s)^(1/{1}) to (u_f/s)^(1/{1})", scale, n),
      fmt::format("\\frac{{\\tau}}{{{0}}}\\,\\Bigl[F(y)\\Bigr]_{{(u_0/s)^{{1/{1}}}}}^{{(u_f/s)^{{1/{1}}}}}",
                  latex, n)};
}

// Written in differences, so that no digits go with u0, u_f or s - u_f: y_f - y_0 by expm1, each logarithm as
// log1p of a difference, each pair of arctangents as one.
std::string cpp_of_time(int n) {
  std::string code = fmt::format(
      "#include <cmath>\n\n"
      "// Eq 15, tau u' = L u^(2 - 2/L) (s - u), L = {0} weight matrices (N_l = {1}): the time from u0 to uf "
      "in the\n"
      "// units of tau, 0 < u0, uf < s. It holds above s as well, but there its terms cancel: the relative "
      "error\n"
      "// grows as (u0/s)^2.\n"
      "double eq15_time_{1}(double u0, double uf, double s, double tau) {{\n",
      n, n + 1);
  if (n == 1) return code + "  return tau * std::log1p((uf - u0) / (s - uf));\n}\n";
  code += fmt::format(
      "  const double growth = (2 * std::abs(uf - u0) < u0 ? std::log1p((uf - u0) / u0) : std::log(uf / u0)) "
      "/ {0};\n"
      "  const double y0 = std::pow(u0 / s, 1.0 / {0}), d = y0 * std::expm1(growth);{1}\n"
      "  // 1 - y at uf; close to s from s - uf, which is exact there.\n"
      "  const double gap =\n"
      "      -std::expm1((2 * std::abs(s - uf) < s ? std::log1p((uf - s) / s) : std::log(uf / s)) / {0});\n",
      n, n == 2 ? "" : "\n  const double yf = y0 * std::exp(growth);");
  code += n == 2 ? "  double f = 2 * growth;\n"
                 : fmt::format("  double f = -{0}.0 / {1} * std::pow(y0, {2}) * std::expm1({2} * growth);\n",
                               n, n - 2, 2 - n);
  code += "  f += std::log1p(d / gap);  // -ln|1 - y|\n";
  if (n % 2 == 0) code += "  f -= std::log1p(d / (1 + y0));\n";
  for (int k : root_pairs(n))
    code += fmt::format(
        "  {{  // k = {0}: c, s = cos, sin of 2 pi {0}/{1}\n"
        "    const double c = {2}, si = {3};\n"
        "    f -= {4} * std::log1p(d * (y0 + yf - 2 * c) / (1 - 2 * c * y0 + y0 * y0));\n"
        "    f += 2 * {5} * std::atan2(si * d, 1 - c * (y0 + yf) + y0 * yf);\n"
        "  }}\n",
        k, n, literal("cos", k, n), literal("sin", k, n), literal("cos", 2 * k, n), literal("sin", 2 * k, n));
  return code + fmt::format("  return tau / ({0} * std::pow(s, {1}.0 / {0})) * f;\n}}\n", n, 2 * n - 2);
}

}  // namespace dln::symbolic
