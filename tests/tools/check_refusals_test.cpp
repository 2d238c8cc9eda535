// dln check of files that nobody should write.
#include <algorithm>

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
