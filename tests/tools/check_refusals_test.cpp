// dln check of files that nobody should write.
#include <algorithm>
#include <regex>

#include "tests/tools/check.hpp"

#ifdef DLN_WITH_SYMBOLIC

namespace dln::tools {
namespace {

const char* const kSmall = R"([symbols]
s = [1, 2]
[time]
span = [0, 1]
[system]
u = "s - u"
[start]
u = "0"
[[claim]]
kind = "conserved"
is = "s"
)";

TEST(Check, AcceptsByteOrderMarksAndCrLf) {
  std::string crlf = "\xEF\xBB\xBF";
  for (const char* c = kSmall; *c; ++c) crlf += *c == '\n' ? std::string("\r\n") : std::string(1, *c);
  const auto plain = check_text(kSmall), marked = check_text(crlf);
  EXPECT_EQ(plain.outcome.code, 0) << plain.outcome.err;
  EXPECT_EQ(marked.outcome.code, 0) << marked.outcome.err;
  EXPECT_EQ(marked.claims, plain.claims);
}

struct Bad {
  std::string text;
  std::vector<std::string> said;
};

TEST(Check, RefusesBadContentWithLineAndColumn) {
  const std::string small = kSmall, deep(3000, '('), arrays(5000, '[');
  const auto with = [&](const std::string& what, const std::string& by) { return replaced(small, what, by); };
  for (const auto& [text, said] : std::vector<Bad>{
           {with("\"s - u\"", "\"s - w\""), {":6:10: u: 'w' is not declared"}},
           {with("\"s - u\"", "\"s - tt\""), {"did you mean t?"}},
           {with("\"s - u\"", "\"" + deep + "\""), {":6:", "nested more than 100 deep"}},
           {with("\"s - u\"", "\"u^(10^9)\""), {":6:7:", "at most 1000"}},
           {with("\"s - u\"", "\"1e400\""), {":6:6:", "1e-307 to 1e308"}},
           {with("\"s - u\"", "\"system(u)\""), {"one of the functions"}},
           {with("\"s - u\"", "\"u/(s - s)\""), {":6:9:", "division by zero in the domain: s - s is 0"}},
           {with("\"s - u\"", "\"u/(2*s - 3)\""), {":6:", "division by zero in the domain"}},
           {with("\"s - u\"", "\"1 + 4*u^2\""), {":6:", "does not reach the end of the span", "t = "}},
           {with("\"s - u\"", "\"ln(u)\""), {":6:", "no finite value at the start"}},
           {with("\"s - u\"", "true"), {":6:5: u: expected a formula"}},
           {with("s = [1, 2]", "s = [1]"), {":2:5: s: expected a domain"}},
           {with("s = [1, 2]", "s = [2, 1]"), {"low <= high"}},
           {with("s = [1, 2]", "s = [nan, inf]"), {"finite numbers"}},
           {with("s = [1, 2]", "s = \"posative\""), {"did you mean positive?"}},
           {with("s = [1, 2]", "s = [1, 2]\ns = [1, 2]"), {":3:", "not TOML"}},
           {with("s = [1, 2]", "s = [1, 2]\nu = [1, 2]"), {"'u' is declared twice"}},
           {with("s = [1, 2]", "s = [1, 2]\nt = [1, 2]"), {"is the time too"}},
           {with("s = [1, 2]", "s = [1, 2]\nexp = [1, 2]"), {"'exp': expected a name"}},
           {with("s = [1, 2]", "s = [1, 2]\n\"a b\" = [1, 2]"), {"'a b': expected a name"}},
           {with("s = [1, 2]", "s = " + arrays), {"not TOML"}},
           {with("[start]\nu = \"0\"\n", ""), {":6:5: u has no start"}},
           {with("[start]", "[start]\nx = \"0\""), {"start of 'x'"}},
           {with("span = [0, 1]", "span = [1, 0]"), {"times that increase"}},
           {with("span = [0, 1]", "span = 1"), {"span: expected two times"}},
           {with("span = [0, 1]", "spam = [0, 1]"),
            {"unknown key 'spam' in [time]; did you mean span?", "no span of time"}},
           {with("kind = \"conserved\"", "kind = \"conserve\""),
            {"expected one of solution", "did you mean conserved?"}},
           {with("kind = \"conserved\"", ""), {"has no kind"}},
           {with("is = \"s\"", "si = \"s\""), {"unknown key 'si' in a claim of kind conserved", "has no is"}},
           {with("is = \"s\"", "is = \"s\"\n[[claim]]\nid = \"claim-1\"\nkind = \"conserved\"\nis = \"s\""),
            {"names two claims"}},
           {with("is = \"s\"", "is = \"s\x01\""), {"not TOML"}},
           {with("is = \"s\"", "is = \"\xff\xfe\""), {"not TOML", ":11:"}},
           {"assume = [\"s > 5\"]\n" + small, {":1:", "no point of the domains"}},
           {"assume = [\"s\"]\n" + small, {"expected an inequality"}},
           {"", {"no claims"}},
           {"nonsense", {":1:", "not TOML"}},
           {std::string(1, '\0'), {"byte 0"}},
           {std::string(2'000'000, ' '), {"larger than"}}}) {
    const auto checked = check_text(text);
    EXPECT_EQ(checked.outcome.code, 3) << text.substr(0, 200) << "\n"
                                       << checked.outcome.out << checked.outcome.err;
    for (const auto& part : said)
      EXPECT_TRUE(has(checked.outcome.err, part)) << part << " in\n" << checked.outcome.err;
    EXPECT_TRUE(checked.claims.empty());
  }
}

// Two states, each of which the other's rate needs; a claim begins on line 12.
const std::string kTwoStates = R"toml([symbols]
s = [1, 2]
u0 = [0.01, 0.1]
[system]
a = "b*(s - a*b)"
b = "a*(s - a*b)"
[time]
span = [0, 1]
[start]
a = "u0"
b = "u0"
)toml";

TEST(Check, RefusesBadClaimsWithTheirPlace) {
  const std::string both = "is = { a = \"s\", b = \"s\" }\n", kind = "kind = ";
  const std::string limit = kind + "\"limit\"\nof = \"u0/s\"\nis = \"0\"\n";
  const std::string scaling = kind + "\"scaling\"\nof = \"a*b\"\nlevel = \"s/2\"\n";
  const std::string fixed = kind + "\"fixed_point\"\nat = { a = \"0\", b = \"0\" }\n";
  for (const auto& [claim, said] : std::vector<Bad>{
           {kind + "5\n", {"kind: expected text in quotes"}},
           {kind + "\"conserved\"\nis = \"a\"\nid = \"a b\"\n", {"id: expected 1 to 40 characters"}},
           {kind + "\"conserved\"\nis = \"a\"\nsentence = \"" + std::string(2001, 'x') + "\"\n",
            {"sentence: expected at most 2000 printable"}},
           {kind + "\"solution\"\nis = \"s\"\n", {"which state", "one of a, b"}},
           {kind + "\"solution\"\nof = \"c\"\nis = \"s\"\n", {"of = 'c': expected a state"}},
           {kind + "\"solution\"\nof = \"a\"\nis = \"s\"\n", {"the rate of a depends on b"}},
           {kind + "\"solution\"\nis = { a = \"s\", b = \"s\", c = \"s\" }\n", {"is: 'c' is not a state"}},
           {kind + "\"solution\"\nis = {}\n", {"is: an empty table"}},
           {kind + "\"solution\"\nis = { a = \"s\", b = \"a\" }\n",
            {"b: speaks of a", "symbols and the time"}},
           {kind + "\"implicit\"\nof = \"a\"\ntime = \"ln(a)\"\n", {"the rate of a depends on more than a"}},
           {kind + "\"implicit\"\nof = \"a\"\ntime = \"ln(b)\"\n",
            {"time: expected a formula of symbols and a"}},
           {fixed, {"no stability"}},
           {fixed + "stability = \"stabel\"\n", {"did you mean stable?"}},
           {kind + "\"fixed_point\"\nat = { a = \"b\", b = \"0\" }\nstability = \"saddle\"\n",
            {"a: speaks of b", "symbols only"}},
           {limit + "to = 0\n", {"no parameter"}},
           {limit + "to = 0\nparameter = 3\n", {"parameter: expected text"}},
           {limit + "to = 0\nparameter = \"u1\"\n", {"parameter = 'u1'", "did you mean u0?"}},
           {limit + "to = nan\nparameter = \"u0\"\n", {"to: expected a finite number"}},
           {limit + "to = \"0\"\nparameter = \"u0\"\n", {"infinity"}},
           {limit + "to = 0\nparameter = \"u0\"\norder = 0.5\n",
            {"order: expected a whole number from 1 to 10"}},
           {limit + "to = 0\nparameter = \"u0\"\norder = \"1\"\n", {"order: expected a finite number"}},
           {scaling + "parameter = \"s\"\n", {"no power"}},
           {scaling + "parameter = \"s\"\npower = -1\ntolerance = 0.7\n",
            {"tolerance: expected a number above 0"}},
           {scaling + "parameter = \"s\"\npower = -1\nwith = 3\n", {"with: expected a table"}},
           {scaling + "parameter = \"s\"\npower = -1\nwith = { q = \"1\" }\n", {"with: 'q' is not a symbol"}},
           {scaling + "parameter = \"s\"\npower = -1\nwith = { s = \"1\" }\n",
            {"with: 's' is the parameter itself"}},
           {kind + "\"scaling\"\nlevel = \"s/2\"\nparameter = \"s\"\npower = -1\n", {"the claim has no of"}},
           {kind + "\"monotone\"\nof = \"a\"\n", {"no direction"}},
           {kind + "\"conserved\"\n" + both, {"is: expected a formula in quotes"}}}) {
    const auto checked = check_text(kTwoStates + "[[claim]]\n" + claim);
    EXPECT_EQ(checked.outcome.code, 3) << claim << checked.outcome.out << checked.outcome.err;
    for (const auto& part : said)
      EXPECT_TRUE(has(checked.outcome.err, part)) << claim << part << " in\n" << checked.outcome.err;
    EXPECT_TRUE(std::regex_search(checked.outcome.err, std::regex(":1[2-9]:[0-9]+: ")))
        << checked.outcome.err;
    EXPECT_TRUE(checked.claims.empty());
  }
  const auto alone = check_text("[symbols]\ns = [-1, 2]\n[[claim]]\nkind = \"conserved\"\nis = \"s\"\n");
  EXPECT_TRUE(has(alone.outcome.err, "expected a [system] to hold it against")) << alone.outcome.err;
  const auto negative = check_text(
      "[symbols]\ns = [-1, 2]\n[system]\nu = \"s\"\n[start]\nu = \"0\"\n[time]\nspan = [0, 1]\n"
      "[[claim]]\nkind = \"scaling\"\nlevel = \"1\"\nparameter = \"s\"\npower = -1\n");
  EXPECT_TRUE(has(negative.outcome.err, "parameter = 's': expected a positive symbol"))
      << negative.outcome.err;
  for (const auto& [assumed, part] :
       std::vector<std::pair<std::string, std::string>>{{"a < s", "speaks of a state or the time"},
                                                        {"q < s", "assume: 'q' is not declared"},
                                                        {"s < 2 < 3", "one < or >"}}) {
    const auto checked = check_text("assume = [\"" + assumed + "\"]\n" + kTwoStates);
    EXPECT_EQ(checked.outcome.code, 3) << assumed;
    EXPECT_TRUE(has(checked.outcome.err, part)) << checked.outcome.err;
  }
}

TEST(Check, ReportsEveryErrorOfAFileAtOnce) {
  std::string text = replaced(kSmall, "\"s - u\"", "\"s - w + v\"");
  text = replaced(replaced(text, "is = \"s\"", "is = \"q +\""), "span = [0, 1]", "span = [0, \"zz\"]");
  const auto checked = check_text(text);
  EXPECT_EQ(checked.outcome.code, 3);
  EXPECT_EQ(std::ranges::count(checked.outcome.err, '\n'), 5) << checked.outcome.err;
  for (const char* part : {":4:13: span: 'zz'", ":6:10: u: 'w'", ":6:14: u: 'v'", ":11:7: is: 'q'",
                           ":11:10: is: the formula ends"})
    EXPECT_TRUE(has(checked.outcome.err, part)) << part << " in\n" << checked.outcome.err;
}

TEST(Check, RefusesWhatIsNoFile) {
  EXPECT_EQ(dln({"check", "/nowhere/theory.toml"}).code, 3);
  EXPECT_EQ(dln({"check", scratch("check-folder").string()}).code, 3);
  EXPECT_TRUE(has(dln({"check", scratch("check-folder").string()}).err, "is a folder"));
  const auto endless = dln({"check", "/dev/zero"});
  EXPECT_EQ(endless.code, 3) << endless.err;
}

TEST(Check, RefusesBadWords) {
  const std::string file = example("eq10").string();
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"check"},
                                             {"check", file, "--digits", "51"},
                                             {"check", file, "--digits", "x"},
                                             {"check", file, "--digits", "1e9"},
                                             {"check", file, "--samples", "-3"},
                                             {"check", file, "--samples", "0"},
                                             {"check", file, "--samples", "1000000000000"},
                                             {"check", file, "--seed", "-1"},
                                             {"check", file, "--out", ""},
                                             {"check", file, "--wrong"}}) {
    const auto outcome = dln(words);
    EXPECT_EQ(outcome.code, 2) << words.back() << outcome.out;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(dln({"check", file, "--out", "/proc/nowhere"}).code, 5);
}

TEST(Check, OnlyTestsWhatIsTooLargeForComputerAlgebra) {
  const std::string product = "(1 + s/1000)^800*(1 + u/1000)^800*(1 + t/1000)^800",
                    turned = "(1 + t/1000)^800*(1 + u/1000)^800*(1 + s/1000)^800";
  const auto checked = check_text(replaced(replaced(kSmall, "conserved", "identity"), "is = \"s\"",
                                           "of = \"" + product + "\"\nis = \"" + turned + "\""));
  EXPECT_EQ(checked.outcome.code, 0) << checked.outcome.out << checked.outcome.err;
  EXPECT_EQ(checked.claims.at("claim-1")["standing"], "tested");
  EXPECT_TRUE(has(checked.claims.at("claim-1")["standing_note"], "too large"));
}

}  // namespace
}  // namespace dln::tools

#endif
