// The report's two renderers, on a report made up to contain everything that could go wrong in them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "validation/html_text.hpp"
#include "validation/plain_text.hpp"
#include "validation/report_html.hpp"
#include "validation/report_json.hpp"
#include "validation/report_junit.hpp"
#include "validation/report_markdown.hpp"
#include "validation/report_overview.hpp"

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

TEST(Report, NamesItsSectionsAsThePaperDoes) {
  std::vector<ClaimRecord> records;
  for (int section : {5, 4, 1, 3}) records.push_back(awkward_claim()), records.back().info.section = section;
  std::vector<std::string> titles;
  for (const auto& section : compose_report(records, {}, {}).sections) titles.push_back(section.title);
  titles.resize(5);
  EXPECT_EQ(titles, (std::vector<std::string>{"Conventions",
                                              "Section 1: General learning dynamics of gradient descent",
                                              "Section 3: Efficacy of greedy unsupervised pretraining",
                                              "Abstract, talks and discussion", "Beyond the paper"}));
}

TEST(PlainText, DropsTheBracesOfTheReportsMarkup) {
  EXPECT_EQ(plain("u_{0} = e^{-2st}, a_b"), "u0 = e^-2st, a_b");
  EXPECT_EQ(plain("Q_{N_{2}} {x}"), "QN2 {x}");
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
  for (const char* key : {"quantity", "measured", "beside", "expected", "relation", "bound", "bound_reason",
                          "digits", "witness_pair", "dataset", "passed"})
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

TEST(ReportHtml, AnswersFirstAndListsTheErrata) {
  const std::string html = render_html(awkward_report());
  const auto answer = html.find("Does the theory hold?"), overview = html.find("id=\"overview\""),
             errata = html.find("<h2 id=\"errata\">"), section = html.find("id=\"section-1\"");
  EXPECT_LT(answer, overview);
  EXPECT_LT(overview, errata);
  EXPECT_LT(errata, section);
  EXPECT_NE(html.find("<b>As printed:</b> τ = P/λ</p><p><b>Evidence:</b> printed: ∞; corrected: "
                      "NaN</p><p><b>Correct:</b> τ = 1/λ"),
            std::string::npos);
}

// One claim that holds and one that does not, in two sections.
Report two_claims() {
  ClaimRecord good{};
  good.info = {
      .id = "C1", .section = 1, .sentence = "a | b", .source = "Eq 1", .formula = "f", .witnesses = "TF"};
  good.checks = {{"q", 0.5, 0, Relation::at_most, 1, "reason", "", "TF"},
                 {"r", 4, 0, Relation::at_least, 1, "reason", "", "TF"}};
  ClaimRecord bad = good;
  bad.info.id = "C2";
  bad.info.section = 2;
  bad.checks[0].measured = 3;
  return compose_report({good, bad}, {}, {});
}

TEST(ReportHtml, FiltersRowsWithoutAScript) {
  const std::string html = render_html(two_claims());
  EXPECT_EQ(html.find("<script"), std::string::npos);
  for (const char* wanted :
       {"<tr class=\"verdict-holds section-1\"><td><a href=\"#C1\">",
        "<tr class=\"verdict-fails section-2\"><td><a href=\"#C2\">",
        "#verdict-fails:checked~.scroll .overview tr:not(.verdict-fails):not(.head){display:none}",
        "#section-2:checked~.scroll .overview tr:not(.section-2):not(.head){display:none}",
        "name=\"section\" id=\"section-any\" checked>", "<label for=\"section-2\">"})
    EXPECT_NE(html.find(wanted), std::string::npos) << wanted;
  const std::string alone = render_html(awkward_report());
  EXPECT_EQ(alone.find("type=\"radio\""), std::string::npos) << "nothing to choose among one claim";
}

TEST(ReportHtml, DrawsHowMuchOfItsBoundEachCheckUses) {
  const std::string html = render_html(two_claims());
  EXPECT_NE(html.find("aria-label=\"2 checks; the closest uses 0.5 of its bound\""), std::string::npos);
  EXPECT_NE(html.find("aria-label=\"2 checks, 1 not passed; the closest uses 0.25 of its bound\""),
            std::string::npos);
  EXPECT_EQ(share_of_bound({"q", -3, 1, Relation::within, 8, "", "", "T"}), 0.5);
  EXPECT_EQ(share_of_bound({"q", -3, 0, Relation::at_most, 8, "", "", "T"}), 0);
  EXPECT_EQ(share_of_bound({"q", 0, 0, Relation::at_most, 0, "", "", "T"}), 0);
  EXPECT_EQ(share_of_bound({"q", 2, 0, Relation::at_least, 1, "", "", "T"}), 0.5);
  EXPECT_TRUE(std::isinf(share_of_bound({"q", 2, 0, Relation::at_most, 0, "", "", "T"})));
  EXPECT_TRUE(std::isnan(share_of_bound({"q", std::nan(""), 0, Relation::at_most, 1, "", "", "T"})));
}

TEST(ReportMarkdown, HoldsEveryVerdictAndNothingActive) {
  const std::string text = render_markdown(awkward_report());
  EXPECT_NE(text.find("| X1 | ✗ **fails** | "), std::string::npos) << text;
  EXPECT_NE(text.find("\\<script\\>"), std::string::npos) << text;
  EXPECT_NE(text.find("- X1 (Eq 2): printed τ = P/λ; correct τ = 1/λ"), std::string::npos) << text;
  const std::string two = render_markdown(two_claims());
  EXPECT_NE(two.find("| C1 | ✓ holds | 0.3 | a \\| b |"), std::string::npos) << two;
  EXPECT_NE(two.find("- C2: q = 3, wanted measured \\<= bound; bound 1"), std::string::npos) << two;
  EXPECT_NE(two.find("Not all of it: C2 fails."), std::string::npos) << two;
}

TEST(ReportJunit, IsASuiteASection) {
  const std::string xml = render_junit(two_claims());
  EXPECT_NE(xml.find("<testsuite name=\"section 1\" tests=\"1\" failures=\"0\" errors=\"0\""),
            std::string::npos)
      << xml;
  EXPECT_NE(xml.find("<testsuite name=\"section 2\" tests=\"1\" failures=\"1\" errors=\"0\""),
            std::string::npos);
  EXPECT_NE(xml.find("<failure message=\"q = 3, wanted measured &lt;= bound; bound 1"), std::string::npos)
      << xml;
  const std::string awkward = render_junit(awkward_report());
  EXPECT_NE(awkward.find("&lt;script&gt;"), std::string::npos);
  ClaimRecord idle{};
  idle.info = {.id = "C3", .section = 3, .sentence = "s\x01", .source = "", .formula = "", .witnesses = "T"};
  idle.unjudged = "too hard";
  const std::string open = render_junit(compose_report({idle}, {}, {}));
  EXPECT_NE(open.find("errors=\"1\""), std::string::npos) << open;
  EXPECT_NE(open.find("<error message=\"not run: neither confirmed nor refuted: too hard\"/>"),
            std::string::npos)
      << open;
  EXPECT_NE(open.find("name=\"C3: s?\""), std::string::npos) << open;
}

TEST(Answer, IsOneSentence) {
  const auto answer = [](const Report& report) { return first_answer(report.claims()); };
  EXPECT_EQ(answer(two_claims()), "Does the theory hold? Not all of it: C2 fails.");
  const auto report = two_claims();
  auto claims = report.claims();
  claims.pop_back();
  EXPECT_EQ(first_answer(claims), "Does the theory hold? Yes: every claim examined holds.");
}

TEST(Typeset, KnowsSubscriptsAndSuperscriptsAndNothingElse) {
  EXPECT_EQ(typeset("e^{2st/τ} s_{1}"), "e<sup>2st/τ</sup> s<sub>1</sub>");
  EXPECT_EQ(typeset("a_b ^ c_{open"), "a_b ^ c_{open");
  EXPECT_EQ(typeset("x_{<b>}"), "x<sub>&lt;b&gt;</sub>");
  EXPECT_EQ(typeset("Q_{N_{2}}^{T} {x}"), "Q<sub>N<sub>2</sub></sub><sup>T</sup> {x}");
}

TEST(NumberHtml, WritesPowersOfTenAndRealMinusSigns) {
  EXPECT_EQ(number_html(-1.25e-7), "−1.25·10<sup>−7</sup>");
  EXPECT_EQ(number_html(3.2e12), "3.2·10<sup>12</sup>");
  EXPECT_EQ(number_html(-0.5), "−0.5");
  EXPECT_EQ(number_html(1977), "1977");
  EXPECT_EQ(number_html(-std::numeric_limits<double>::infinity()), "−∞");
  EXPECT_EQ(number_html(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(Summary, CountsEveryVerdict) {
  EXPECT_EQ(summary({.holds = 8, .refuted_as_printed = 2}),
            "Of 10 claims, 8 hold, 2 are refuted as printed and hold when corrected, 0 fail.");
  EXPECT_EQ(summary({.holds = 1, .not_run = 1}),
            "Of 2 claims, 1 holds, 0 are refuted as printed and hold when corrected, 0 fail, 1 did not run.");
}

}  // namespace
}  // namespace dln::validation
