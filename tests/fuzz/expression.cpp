// Expressions. What is read is written and read again: the same value, to the last bit; its derivative can be
// made and evaluated.
#include "dln/symbolic/expression.hpp"

#include <cmath>

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static const symbolic::Symbols symbols{{"u"}, {"s", symbolic::Sign::positive}, {"tau"}};
  static const double values[] = {0.3, 2, 0.7};
  std::vector<symbolic::Trouble> troubles;
  const auto formula = symbolic::parse(fuzz::text_of(data, size), symbols, troubles);
  fuzz::require(formula.empty() == !troubles.empty());
  for (const auto& trouble : troubles) fuzz::require(trouble.at <= size && !trouble.sentence.empty());
  if (formula.empty()) return 0;
  const auto text = symbolic::text_of(formula, symbols);
  const auto again = symbolic::parse(text, symbols, troubles);
  if (!again.empty()) {  // brackets may make it too long
    const double value = symbolic::Evaluator<double>(formula)(values),
                 same = symbolic::Evaluator<double>(again)(values);
    fuzz::require(value == same || (std::isnan(value) && std::isnan(same)));
  }
  const auto slope = symbolic::derivative(formula, 0);
  if (!slope.empty()) symbolic::Evaluator<double>{slope}(values);
  return 0;
}
