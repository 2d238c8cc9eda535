#include "tools/derivation_latex.hpp"

#include <fmt/format.h>

#include "dln/symbolic/displayed.hpp"
#include "dln/symbolic/prose.hpp"

namespace dln::tools {
namespace {

using symbolic::Decision;
using symbolic::displayed;
using symbolic::prose_latex;
using symbolic::Role;
using symbolic::Step;

std::string verdict_latex(const Step& step) {
  if (step.decision == Decision::proven) return "The difference is $0$: proven.\n";
  const std::string verdict = fmt::format("remains: {}.\n", name_of(step.decision));
  return displayed("", "\\ne 0", step.difference.latex) + verdict;
}

std::string step_latex(const Step& step) {
  std::string out =
      fmt::format("\\item {}{}\n", step.role == Role::printed ? "As printed: " : "", prose_latex(step.text));
  if (!step.lhs.empty()) out += displayed(step.lhs.latex, "=", step.rhs.latex);
  if (step.role == Role::identity || step.role == Role::printed) out += verdict_latex(step);
  return out;
}

}  // namespace

// Lines of formulas among words may be loose, so that none runs into the margin.
std::string as_latex(const symbolic::Derivation& d) {
  std::string out = fmt::format("{{\\sloppy\n\\subsection*{{{}: {} ({})}}\n", prose_latex(d.equation),
                                prose_latex(d.title), name_of(d.decision()));
  for (const std::string& assumption : d.assumptions)
    out += fmt::format("Given: {}.\n\n", prose_latex(assumption));
  out += "\\begin{enumerate}\n";
  for (const Step& step : d.steps) out += step_latex(step);
  return out + "\\end{enumerate}}\n\n";
}

std::string as_latex(const symbolic::DepthSolution& solution) {
  return displayed("t", "=", solution.time.latex) + displayed("F(y)", "=", solution.antiderivative.latex);
}

}  // namespace dln::tools
