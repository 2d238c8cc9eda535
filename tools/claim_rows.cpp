#include "tools/claim_rows.hpp"

#include <fmt/format.h>

#include "tools/console.hpp"
#include "validation/plain_text.hpp"

namespace dln::tools {
namespace {

using validation::ClaimRecord;
using validation::Verdict;

std::string verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return coloured("holds               ", Colour::green);
    case Verdict::refuted_as_printed:
      return coloured("refuted as printed  ", Colour::yellow);
    case Verdict::fails:
      return coloured("FAILS               ", Colour::red);
    case Verdict::not_run:
      return coloured("not run             ", Colour::red);
  }
  return "";
}

}  // namespace

void print_row(const ClaimRecord& record, std::size_t id_width) {
  const auto digits = record.digits();
  const std::string head = fmt::format("{:<{}}", record.info.id, id_width);
  const std::string tail =
      fmt::format("{:>5} digits  {:<5} {:7.2f} s  ", digits ? fmt::format("{:.1f}", *digits) : "-",
                  record.witnesses_run(), record.seconds);
  const std::string standing =
      fmt::format("{:<8}", record.stands() ? name_of(record.standing) : std::string_view());
  const std::size_t used = head.size() + 20 + standing.size() + tail.size(), columns = output_columns();
  print(head + verdict_text(record.verdict()) + standing + tail +
        shortened(validation::plain(record.info.sentence), columns > used + 20 ? columns - used : 20) + "\n");
  if (record.verdict() == Verdict::not_run && !record.unjudged.empty())
    print(fmt::format("    neither confirmed nor refuted: {}\n", record.unjudged));
  if (!record.trouble.empty()) print(fmt::format("    did not run to its end: {}\n", record.trouble));
  for (const auto& check : record.checks)
    if (!check.passed())
      print(fmt::format("    not passed: {} = {:.6g}, wanted {}; bound {:.6g}, expected {:.6g}\n",
                        validation::plain(check.quantity), check.measured, name_of(check.relation),
                        check.bound, check.expected));
  for (const auto& derivation : record.derivations)
    if (derivation.outcome != validation::Outcome::proven)
      print(fmt::format("    {}: {} - ({}) leaves {}\n", name_of(derivation.outcome), derivation.lhs.text,
                        derivation.rhs.text, derivation.difference.text));
  if (!record.counterexample.empty()) print(fmt::format("    counterexample: {}\n", record.counterexample));
  flush_output();
}

}  // namespace dln::tools
