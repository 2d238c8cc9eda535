#include "validation/report_junit.hpp"

#include <fmt/format.h>

#include <map>

#include "validation/html_text.hpp"
#include "validation/plain_text.hpp"

namespace dln::validation {
namespace {

// As the value of an attribute: XML has no name for control characters.
std::string attribute(std::string_view text) {
  std::string legible;
  for (char c : plain(text)) legible += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return escape(legible);
}

std::string test_case(const ClaimRecord& claim) {
  std::string out =
      fmt::format(R"(    <testcase classname="section {}" name="{}: {}" time="{:.3f}")", claim.info.section,
                  attribute(claim.info.id), attribute(claim.info.sentence), claim.seconds);
  switch (claim.verdict()) {
    case Verdict::holds:
      return out + "/>\n";
    case Verdict::refuted_as_printed:
      return out + fmt::format("><system-out>{}</system-out></testcase>\n",
                               attribute("refuted as printed: " + claim.info.printed +
                                         "; correct, and it holds: " + claim.info.corrected));
    case Verdict::fails:
      return out + fmt::format("><failure message=\"{}\"/></testcase>\n", attribute(why_not(claim)));
    case Verdict::not_run:
      return out + fmt::format("><error message=\"not run: {}\"/></testcase>\n", attribute(why_not(claim)));
  }
  return out;
}

}  // namespace

std::string render_junit(const Report& report) {
  std::map<int, std::vector<const ClaimRecord*>> sections;
  for (const ClaimRecord* claim : report.claims()) sections[claim->info.section].push_back(claim);
  std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n",
                                attribute(report.title));
  for (const auto& [section, claims] : sections) {
    const auto count = tally(claims);
    double seconds = 0;
    for (const ClaimRecord* claim : claims) seconds += claim->seconds;
    out += fmt::format(
        "  <testsuite name=\"section {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n",
        section, claims.size(), count.fails, count.not_run, seconds);
    for (const ClaimRecord* claim : claims) out += test_case(*claim);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace dln::validation
