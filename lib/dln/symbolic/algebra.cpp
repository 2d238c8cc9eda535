#include "dln/symbolic/algebra.hpp"

#include <fmt/format.h>
#include <ginac/ginac.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "dln/symbolic/applied.hpp"
#include "dln/symbolic/bounded.hpp"
#include "dln/symbolic/field.hpp"
#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {

using GiNaC::ex;
using GiNaC::numeric;

// W_0, of which GiNaC knows the name alone; derivatives are taken before.
DECLARE_FUNCTION_1P(lambertw)
REGISTER_FUNCTION(lambertw, dummy())

namespace {

using Node = Expression::Node;

constexpr double kMostTerms = 1e7, kHighestDegree = 2000;  // what follows is bounded besides
constexpr unsigned kSeconds = 5;

// How large the expression is when multiplied out.
struct Extent {
  double terms = 1, degree = 0;
};

Extent extent(const Node& node, std::map<const Node*, Extent>& known);

// (k terms)^n has C(k + n - 1, n) of them.
Extent extent_of_power(const Extent& base, const Node& exponent) {
  const double n =
      exponent.operation == Operation::number ? std::abs(std::strtod(exponent.digits.c_str(), nullptr)) : 1;
  const double terms = std::exp(std::lgamma(base.terms + n) - std::lgamma(base.terms) - std::lgamma(n + 1));
  return {std::max(1.0, terms), std::max(1.0, base.degree) * std::max(n, 1.0)};
}

Extent computed_extent(const Node& node, std::map<const Node*, Extent>& known) {
  if (!node.left) return {1, 1};
  const Extent a = extent(*node.left, known);
  if (!node.right) return a;
  const Extent b = extent(*node.right, known);
  if (node.operation == Operation::power)
    return extent_of_power(a, node.right->operation == Operation::negate ? *node.right->left : *node.right);
  if (node.operation == Operation::multiply || node.operation == Operation::divide)
    return {a.terms * b.terms, a.degree + b.degree};
  return {a.terms + b.terms, std::max(a.degree, b.degree)};
}

Extent extent(const Node& node, std::map<const Node*, Extent>& known) {
  if (const auto found = known.find(&node); found != known.end()) return found->second;
  return known[&node] = computed_extent(node, known);
}

bool is_too_large(const Expression& expression) {
  std::map<const Node*, Extent> known;
  const auto [terms, degree] = extent(*expression.node(), known);
  return !(terms <= kMostTerms && degree <= kHighestDegree);
}

// 1.25e-3 as 125/100000.
ex exact(const std::string& digits) {
  const auto mark = digits.find_first_of("eE");
  std::string mantissa = digits.substr(0, mark);
  long exponent = mark == std::string::npos ? 0 : std::strtol(digits.c_str() + mark + 1, nullptr, 10);
  if (const auto point = mantissa.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(mantissa.size() - point - 1);
    mantissa.erase(point, 1);
  }
  mantissa.erase(0, std::min(mantissa.find_first_not_of('0'), mantissa.size() - 1));
  return numeric(mantissa.c_str()) * pow(numeric(10), numeric(exponent));
}

// Runs a decision within its limits; it answers as the digit of the Decision and a text.
Finding decided(const Expression& expression, const std::function<Finding()>& decide) {
  if (is_too_large(expression)) return {Decision::undecided, "too large to be multiplied out"};
  const auto answer = bounded(
      [&] {
        try {
          const Finding finding = decide();
          return std::to_string(static_cast<int>(finding.decision)) + finding.remaining;
        } catch (const std::exception& trouble) {
          return std::to_string(static_cast<int>(Decision::undecided)) + trouble.what();
        }
      },
      kSeconds);
  if (!answer || answer->empty())
    return {Decision::undecided, fmt::format("not decided within {} s and 2 GB", kSeconds)};
  return {static_cast<Decision>((*answer)[0] - '0'), answer->substr(1)};
}

}  // namespace

Translator::Translator(const Symbols& symbols) {
  for (const auto& [name, sign] : symbols) {
    static const std::vector<std::string> greek = {"alpha", "beta",   "gamma", "delta", "epsilon", "eta",
                                                   "kappa", "lambda", "mu",    "nu",    "omega",   "phi",
                                                   "psi",   "rho",    "sigma", "tau",   "theta"};
    const std::string latex = std::ranges::find(greek, name) != greek.end() ? "\\" + name : name;
    if (sign == Sign::positive)
      symbols_.push_back(std::make_unique<GiNaC::possymbol>(name, latex));
    else
      symbols_.push_back(std::make_unique<GiNaC::realsymbol>(name, latex));
  }
}
Translator::~Translator() = default;

const GiNaC::symbol& Translator::symbol(std::size_t place) const {
  return *symbols_.at(place);
}

ex Translator::operator()(const Expression& expression) const {
  std::map<const Node*, ex> known;
  const std::function<ex(const Node&)> translate = [&](const Node& node) -> ex {
    if (node.operation == Operation::number) return exact(node.digits);
    if (node.operation == Operation::pi) return GiNaC::Pi;
    if (node.operation == Operation::symbol) return symbol(node.symbol);
    if (const auto found = known.find(&node); found != known.end()) return found->second;
    const ex left = translate(*node.left);
    const ex right = node.right ? translate(*node.right) : ex(0);
    return known[&node] = applied(node.operation, left, right, [](const ex& x) -> ex { return lambertw(x); });
  };
  return translate(*expression.node());
}

Algebra::Algebra(Symbols symbols, std::vector<Expression> positive)
    : symbols_(std::move(symbols)), positive_(std::move(positive)) {}

Formula Algebra::formula(const Expression& expression) const {
  return shown(Translator(symbols_)(expression));
}

namespace {

std::vector<ex> translated(const std::vector<Expression>& expressions, const Translator& translate) {
  std::vector<ex> all;
  for (const Expression& expression : expressions) all.push_back(translate(expression));
  return all;
}

}  // namespace

Finding Algebra::vanishes(const Expression& difference) const {
  return decided(difference, [&] {
    const Translator translate(symbols_);
    return Field(translated(positive_, translate)).vanishes(translate(difference));
  });
}

Finding Algebra::has_sign(const Expression& expression, Sign wanted, bool or_zero) const {
  return decided(expression, [&]() -> Finding {
    const Translator translate(symbols_);
    const ex whole = translate(expression);
    const int sign = Field(translated(positive_, translate)).sign(whole, or_zero);
    if (sign == 0) return {Decision::undecided, "a factor changes sign, or its sign is not known"};
    return {sign == (wanted == Sign::positive ? 1 : -1) ? Decision::proven : Decision::refuted,
            shown(whole).text};
  });
}

namespace {

// What is_continuous() asks of an expression and of every part of it.
class Continuity {
 public:
  Continuity(const Translator& translate, Field& field, const ex& barrier)
      : translate_(translate), field_(field), barrier_(barrier) {}

  bool holds(const Node& node) const {
    return (!node.left || holds(*node.left)) && (!node.right || holds(*node.right)) && holds_here(node);
  }

 private:
  ex value(const std::shared_ptr<const Node>& node) const { return translate_(Expression(node)); }
  bool keeps_its_sign(const ex& e) const { return field_.keeps_its_sign(e, barrier_); }

  bool holds_here(const Node& node) const {
    switch (node.operation) {
      case Operation::divide:
        return keeps_its_sign(value(node.right));
      case Operation::log:
        return keeps_its_sign(value(node.left));
      case Operation::sqrt:
        return field_.sign(value(node.left), true) > 0 || keeps_its_sign(value(node.left));
      case Operation::lambertw:
        return field_.sign(value(node.left), true) > 0;
      case Operation::tan:
        return false;
      case Operation::power:
        return power_holds(value(node.left), value(node.right));
      default:
        return true;
    }
  }

  bool power_holds(const ex& base, const ex& exponent) const {
    if (exponent.info(GiNaC::info_flags::nonnegint)) return true;
    const bool is_root = exponent.info(GiNaC::info_flags::positive);
    return (is_root && field_.sign(base, true) > 0) || keeps_its_sign(base);
  }

  const Translator& translate_;
  Field& field_;
  const ex& barrier_;
};

}  // namespace

Finding Algebra::is_continuous(const Expression& expression, const Expression& barrier) const {
  return decided(expression, [&]() -> Finding {
    const Translator translate(symbols_);
    Field field(translated(positive_, translate));
    const ex wall = translate(barrier);
    if (Continuity(translate, field, wall).holds(*expression.node())) return {Decision::proven, ""};
    return {Decision::undecided, "a divisor, or what stands under a logarithm or a root, may vanish"};
  });
}

Finding Algebra::vanishes_with_order(const Expression& deviation, std::size_t symbol,
                                     std::optional<double> limit, int order) const {
  return decided(deviation, [&]() -> Finding {
    const Translator translate(symbols_);
    const GiNaC::possymbol h("h");
    const ex point = limit ? exact(fmt::format("{}", std::abs(*limit))) * (*limit < 0 ? -1 : 1) : ex(0);
    const ex turned = translate(deviation).subs(translate.symbol(symbol) == (limit ? point + h : 1 / ex(h)));
    const ex series = series_to_poly(turned.series(h == 0, order + 1)).expand();
    for (int k = series.ldegree(h); k < order; ++k) {
      const Finding finding = Field(translated(positive_, translate)).vanishes(series.coeff(h, k));
      if (finding.decision != Decision::proven)
        return {finding.decision,
                fmt::format("its term of order {} is {}", k, shown(series.coeff(h, k)).text)};
    }
    const ex leading = series.coeff(h, order);
    const Finding finding = Field(translated(positive_, translate)).vanishes(leading);
    if (finding.decision == Decision::proven)
      return {Decision::refuted, fmt::format("its term of order {} is 0", order)};
    // A term that is not 0 everywhere may be so somewhere: numbers have to tell, unless it has a sign.
    const bool has_a_sign = Field(translated(positive_, translate)).sign(leading) != 0;
    return {has_a_sign ? Decision::proven : Decision::undecided,
            fmt::format("the term of order {} is {}{}", order, shown(leading).text,
                        has_a_sign ? "" : ", whose sign is not known")};
  });
}

}  // namespace dln::symbolic
