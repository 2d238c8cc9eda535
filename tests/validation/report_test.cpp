// The report's two renderers, on a report made up to contain everything that could go wrong in them.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "validation/report_html.hpp"
#include "validation/report_json.hpp"

namespace dln::validation {
namespace {

ClaimRecord awkward_claim() {
  ClaimRecord record{};
  record.info = {.id = "X1",
                 .kind = Kind::error,
                 .section = 1,
                 .sentence = "u_{0} < s & \"so on\" <script>alert(1)</script>",
                 .source = "Eq 2",
                 .formula = "τ = P/λ",
                 .printed = "τ = P/λ",
                 .corrected = "τ = 1/λ",
                 .witnesses = "SGN",
                 .figures = {"3l"}};
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  record.checks = {
      {"printed", inf, 0, Relation::at_least, 1, "reason", "", "GN", "tree", Subject::printed},
      {"corrected", nan, 0, Relation::at_most, 1, "reason", "Wide", "GN", "tree", Subject::corrected}};
  record.seconds = 0.25;
  record.derivations = {{.name = "eq2",
                         .equation = "Eq 2",
                         .title = "a < b",
                         .assumptions = {"u_{0} > 0"},
                         .steps = {{.role = "statement", .text = "<b>bold</b>"},
                                   {.role = "identity",
                                    .text = "the step",
                                    .lhs = {"u_1 & 1", "u_{1}"},
                                    .rhs = {"2", "2"},
                                    .outcome = Outcome::refuted,
                                    .difference = {"u_1 - 1", "\\frac{1}{2}"}},
                                   {.role = "identity",
                                    .text = "and",
                                    .lhs = {"a", "a"},
                                    .rhs = {"a", "a"},
                                    .outcome = Outcome::proven}},
                         .outcome = Outcome::refuted,
                         .lhs = {"u_1 & 1", "u_{1}"},
                         .rhs = {"2", "2"},
                         .difference = {"u_1 - 1", "\\frac{1}{2}"},
                         .seconds = 0.5}};
  return record;
}

Report awkward_report() {
  Provenance provenance;
  provenance.software = {{"dln", "0.1.0"}};
  provenance.inputs = {{"images", 784, 10, 10, 100, 1e-9, {{"/a \xff path", 5, 0xdeadbeef}}}};
  Figure drawn{"3l",
               "Fig 3",
               "Sigmoids <rise>.",
               "<?xml version=\"1.0\"?>\n<svg id=\"a\"></svg>",
               "figures/3l.svg",
               "figures/3l.tsv",
               "figures/3l.gp",
               "drawn"};
  Figure missing{"2", "Fig 2", "Arrows.", "", "", "figures/2.tsv", "figures/2.gp", "missing: no gnuplot"};
  return compose_report({awkward_claim()}, {drawn, missing}, provenance);
}

TEST(ReportJson, HasTheStableInterface) {
  const auto json = nlohmann::json::parse(render_json(awkward_report()));
  ASSERT_EQ(json.at("claims").size(), 1u);
  const auto& claim = json["claims"][0];
  EXPECT_EQ(claim.at("id"), "X1");
  EXPECT_EQ(claim.at("kind"), "error");
  EXPECT_EQ(claim.at("section"), 1);
  for (const char* key : {"sentence", "source", "formula", "printed", "corrected"})
    EXPECT_TRUE(claim.at(key).is_string()) << key;
  EXPECT_EQ(claim.at("witnesses_run"), (nlohmann::json{"G", "N"}));
  EXPECT_EQ(claim.at("witnesses_not_run"), nlohmann::json{"S"});
  EXPECT_EQ(claim.at("verdict"), "fails");
  EXPECT_EQ(claim.at("figures"), nlohmann::json{"3l"});
  const auto& check = claim.at("checks").at(0);
  for (const char* key : {"quantity", "measured", "expected", "relation", "bound", "bound_reason", "digits",
                          "witness_pair", "dataset", "passed"})
    EXPECT_TRUE(check.contains(key)) << key;
  EXPECT_EQ(check["witness_pair"], "G-N");
  EXPECT_EQ(json.at("provenance").at("seconds").at("X1"), 0.25);
  EXPECT_EQ(json["provenance"]["inputs"][0]["files"][0]["crc32"], "deadbeef");
  for (const char* key : {"id", "title", "alt", "svg", "tsv", "gp", "status"})
    EXPECT_TRUE(json.at("figures").at(0).contains(key)) << key;
  EXPECT_EQ(json["figures"][1]["status"], "missing: no gnuplot");
}

TEST(ReportJson, WritesNumbersThatAreNotFiniteAsStrings) {
  const auto json = nlohmann::json::parse(render_json(awkward_report()));
  EXPECT_EQ(json["claims"][0]["checks"][0]["measured"], "inf");
  EXPECT_EQ(json["claims"][0]["checks"][1]["measured"], "nan");
  EXPECT_EQ(json["claims"][0]["checks"][1]["passed"], false);
}

TEST(ReportJson, CarriesDerivationsWithTheirLatex) {
  const auto json = nlohmann::json::parse(render_json(awkward_report()));
  const auto& claim = json["claims"][0];
  EXPECT_EQ(claim.at("algebra"), "none");
  EXPECT_FALSE(claim.contains("standing")) << "a claim that fails is neither proven nor tested";
  const auto& derivation = claim.at("derivations").at(0);
  EXPECT_EQ(derivation.at("name"), "eq2");
  EXPECT_EQ(derivation.at("decision"), "refuted");
  EXPECT_EQ(derivation.at("lhs").at("latex"), "u_{1}");
  EXPECT_EQ(derivation.at("difference").at("latex"), "\\frac{1}{2}");
  EXPECT_EQ(derivation.at("assumptions"), nlohmann::json{"u_{0} > 0"});
  EXPECT_FALSE(derivation.at("steps").at(0).contains("decision")) << "a statement decides nothing";
  EXPECT_EQ(derivation["steps"][1].at("decision"), "refuted");
  EXPECT_EQ(json.at("provenance").at("derivation_seconds").at("eq2"), 0.5);
}

TEST(ReportHtml, FoldsDerivationsUnderTheNumbers) {
  const std::string html = render_html(awkward_report());
  const auto numbers = html.find("<h3><a href=\"#X1\">"), fold = html.find("<details>", numbers);
  ASSERT_NE(fold, std::string::npos);
  EXPECT_LT(html.find("</table>", numbers), fold);
  EXPECT_NE(html.find("a &lt; b", fold), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;bold&lt;/b&gt;", fold), std::string::npos);
  EXPECT_NE(html.find("<code>u_1 &amp; 1 = 2</code>", fold), std::string::npos);
  EXPECT_NE(html.find("the difference is <code>u_1 - 1</code>: <span class=\"fails\">refuted</span>", fold),
            std::string::npos);
  EXPECT_NE(html.find("the difference is <code>0</code>: <span class=\"holds\">proven</span>", fold),
            std::string::npos);
  EXPECT_EQ(html.find("frac"), std::string::npos) << "LaTeX is for report.json";
}

TEST(ReportHtml, EscapesWhateverItIsGiven) {
  const std::string html = render_html(awkward_report());
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_NE(html.find("u<sub>0</sub> &lt; s &amp; &quot;so on&quot; &lt;script&gt;"), std::string::npos);
  EXPECT_NE(html.find("Sigmoids &lt;rise&gt;."), std::string::npos);
}

TEST(ReportHtml, InlinesFiguresWithoutTheirPrologAndNamesTheMissing) {
  const std::string html = render_html(awkward_report());
  EXPECT_EQ(html.find("<?xml"), std::string::npos);
  EXPECT_NE(html.find("<svg id=\"a\"></svg>"), std::string::npos);
  EXPECT_NE(html.find("Figure 2 is missing: no gnuplot"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "one self-contained page fetches nothing";
}

TEST(ReportHtml, LinksEverySectionOfItsNavigation) {
  const std::string html = render_html(awkward_report());
  for (std::size_t at = html.find("href=\"#"); at != std::string::npos; at = html.find("href=\"#", at + 1)) {
    const std::string id = html.substr(at + 7, html.find('"', at + 7) - at - 7);
    EXPECT_NE(html.find("id=\"" + id + "\""), std::string::npos) << id;
  }
}

TEST(Typeset, KnowsSubscriptsAndSuperscriptsAndNothingElse) {
  EXPECT_EQ(typeset("e^{2st/τ} s_{1}"), "e<sup>2st/τ</sup> s<sub>1</sub>");
  EXPECT_EQ(typeset("a_b ^ c_{open"), "a_b ^ c_{open");
  EXPECT_EQ(typeset("x_{<b>}"), "x<sub>&lt;b&gt;</sub>");
  EXPECT_EQ(typeset("Q_{N_{2}}^{T} {x}"), "Q<sub>N<sub>2</sub></sub><sup>T</sup> {x}");
}

TEST(Summary, CountsEveryVerdict) {
  EXPECT_EQ(summary({.holds = 8, .refuted_as_printed = 2}),
            "Of 10 claims, 8 hold, 2 are refuted as printed and hold when corrected, 0 fail.");
  EXPECT_EQ(summary({.holds = 1, .not_run = 1}),
            "Of 2 claims, 1 holds, 0 are refuted as printed and hold when corrected, 0 fail, 1 did not run.");
}

}  // namespace
}  // namespace dln::validation
