// dln check: every example end to end, claims made wrong one at a time.
#include "tests/tools/check.hpp"

#include <algorithm>

namespace dln::tools {
namespace {

#ifdef DLN_WITH_SYMBOLIC

TEST(Check, ProvesAndTestsEveryExample) {
  const std::map<std::string, std::map<std::string, std::string>> expected = {
      {"eq10",
       {{"eq12", "proven"},
        {"eq11", "proven"},
        {"learned", "proven"},
        {"unlearned", "proven"},
        {"rises", "tested"},
        {"half-time", "tested"}}},
      {"eq8_conserved",
       {{"hyperbola", "proven"}, {"energy-falls", "proven"}, {"learned", "proven"}, {"origin", "proven"}}},
      {"eq16", {{"eq17", "proven"}, {"inverse", "proven"}, {"from-eq15", "proven"}, {"per-layer", "tested"}}},
      {"weight_decay",
       {{"logistic", "proven"}, {"layers", "proven"}, {"learned", "proven"}, {"layers-at-rest", "proven"}}},
      {"lotka_volterra", {{"invariant", "proven"}, {"coexistence", "proven"}, {"extinction", "proven"}}},
      {"paper_scalar_claims",
       {{"C9", "proven"},
        {"C12-course", "proven"},
        {"C12-time", "proven"},
        {"C26", "proven"},
        {"C26-course", "proven"},
        {"C28-time", "proven"},
        {"C28-inverse", "proven"}}}};
  for (const auto& [name, standings] : expected) {
    const auto checked = check(example(name));
    EXPECT_EQ(checked.outcome.code, 0) << name << checked.outcome.out << checked.outcome.err;
    EXPECT_EQ(checked.claims.size(), standings.size()) << name;
    for (const auto& [id, standing] : standings) {
      EXPECT_EQ(checked.claims.at(id)["verdict"], "holds") << name << " " << id;
      EXPECT_EQ(checked.claims.at(id)["standing"], standing)
          << name << " " << id << checked.claims.at(id).dump(1);
    }
  }
}

TEST(Check, RefutesTheWrongOneWithAPoint) {
  const auto checked = check(example("wrong_claim"));
  EXPECT_EQ(checked.outcome.code, 1);
  const Json& claim = checked.claims.at("too-slow");
  EXPECT_EQ(claim["verdict"], "fails");
  EXPECT_FALSE(claim.contains("standing"));
  for (const char* part : {"s = ", "tau = ", "u0 = ", "t = ", "the ODE gives u = ", "the claim "})
    EXPECT_TRUE(has(claim["counterexample"], part)) << claim["counterexample"];
  EXPECT_TRUE(has(checked.outcome.out, "counterexample: at s = "));
}

TEST(Check, WorksInFiftyDigits) {
  const auto checked = check(example("paper_scalar_claims"), {"--digits", "50", "--samples", "1"});
  EXPECT_EQ(checked.outcome.code, 0) << checked.outcome.out;
  for (const char* id : {"C9", "C12-course", "C12-time", "C28-time", "C28-inverse"}) {
    double least = 1;
    for (const auto& c : checked.claims.at(id)["checks"])
      if (has(c["dataset"], "50 digits") && c["bound"].get<double>() < 1e-16)
        least = c["measured"].get<double>();
    EXPECT_LT(least, 1e-23) << id << ": agreement beyond what double precision can show";
  }
}

TEST(Check, ResolvesTinyStarts) {
  const auto checked =
      check_text(replaced(slurp(example("eq10")), "u0 = [0.001, 0.4]", "u0 = [1e-15, 1e-14]"));
  EXPECT_EQ(checked.outcome.code, 0) << checked.outcome.out;
}

TEST(Check, SaysTheSameEveryTimeAndOtherwiseForAnotherSeed) {
  const auto point = [](const std::string& seed) {
    return check(example("wrong_claim"), {"--seed", seed})
        .claims.at("too-slow")
        .value("counterexample", "none");
  };
  const std::string first = point("1");
  EXPECT_EQ(point("1"), first);
  EXPECT_NE(point("2"), first);
}

// Each claim of the examples made wrong: it must be refuted, with a point.
TEST(Check, RefutesEveryKindOfClaimMadeWrong) {
  struct Wrong {
    const char *file, *what, *by, *id;
  };
  for (const auto& [file, what, by, id] : std::vector<Wrong>{
           {"eq10", "time = \"tau/(2*s)", "time = \"tau/(3*s)", "eq11"},
           {"eq10", "is = \"s*exp", "is = \"1e-6*t + s*exp", "eq12"},
           {"eq10", "at = \"s\"\nstability = \"stable\"", "at = \"s\"\nstability = \"unstable\"", "learned"},
           {"eq10", "at = \"0\"", "at = \"s/1000000\"", "unlearned"},
           {"eq10", "\"increasing\"", "\"decreasing\"", "rises"},
           {"eq10", "power = -1", "power = -1.001", "half-time"},
           {"eq8_conserved", "is = \"a^2 - b^2\"", "is = \"a^2 - 1.001*b^2\"", "hyperbola"},
           {"eq8_conserved", "\"saddle\"", "\"stable\"", "origin"},
           {"eq8_conserved", "is = \"(a^2 + b^2)", "is = \"(a^2 + 1.000001*b^2)", "learned"},
           {"eq16", "order = 1", "order = 2", "from-eq15"},
           {"eq16", "is = \"u0^2*(s", "is = \"u0^3*(s", "from-eq15"},
           {"eq16", "lambertw((s/u0 - 1)", "lambertw((s/u0)", "inverse"},
           {"lotka_volterra", "beta*y - alpha*ln(y)", "beta*y - alpha*ln(x)", "invariant"},
           {"lotka_volterra", "\"centre\"", "\"stable\"", "coexistence"},
           {"weight_decay", "at = \"s - gamma\"", "at = \"s\"", "learned"}}) {
    const auto checked = check_text(replaced(slurp(example(file)), what, by));
    EXPECT_EQ(checked.outcome.code, 1)
        << file << " with " << by << checked.outcome.out << checked.outcome.err;
    if (!checked.claims.contains(id)) continue;
    EXPECT_EQ(checked.claims.at(id)["verdict"], "fails") << by;
    EXPECT_TRUE(checked.claims.at(id).contains("counterexample")) << by;
  }
}

TEST(Check, NamesWhatItMeasuredOfAFixedPoint) {
  const auto checked = check(example("lotka_volterra"));
  const auto measured = [&](const char* id) { return checked.claims.at(id)["checks"].dump(); };
  EXPECT_TRUE(has(measured("coexistence"), "largest |trace|")) << measured("coexistence");
  EXPECT_TRUE(has(measured("extinction"), "other signs")) << measured("extinction");
}

TEST(Check, NeverSaysProvenOfWhatWasOnlyTested) {
  // True to 1e-13 in double precision, and false.
  const auto near = check_text(replaced(slurp(example("eq10")), "is = \"s*exp", "is = \"1e-14*t + s*exp"));
  EXPECT_EQ(near.claims.at("eq12")["verdict"], "fails")
      << "computer algebra refutes what the numbers cannot tell";
  EXPECT_FALSE(near.claims.at("eq12").contains("standing"));
}

// A system with its claims: kSystem is completed by them.
std::string theory_of(const std::string& symbols, const std::string& system, const std::string& start,
                      const std::string& claims) {
  return "[symbols]\n" + symbols + "\n[time]\nspan = [0, 1]\n[system]\n" + system + "\n[start]\n" + start +
         "\n" + claims;
}
std::string claim_of(const std::string& id, const std::string& keys) {
  return "[[claim]]\nid = \"" + id + "\"\n" + keys + "\n";
}

TEST(Check, ProvesNoFormulaThatMayJump) {
  const std::string rate = "v = \"1/(2 + cos(t))\"\n",
                    claim =
                        claim_of("atan", "kind = \"solution\"\nis = \"2/sqrt(3)*atan(tan(t/2)/sqrt(3))\"");
  auto text = theory_of("T = [0.5, 3.3]", rate, "v = \"0\"", claim);
  text = replaced(text, "[0, 1]", "[0, \"T\"]");
  const auto few = check_text(text);  // no sample beyond the jump at pi
  EXPECT_EQ(few.claims.at("atan")["verdict"], "holds");
  EXPECT_EQ(few.claims.at("atan")["standing"], "tested");
  EXPECT_TRUE(has(few.claims.at("atan")["standing_note"], "no jump and no pole"));
  EXPECT_EQ(check_text(text, {"--samples", "100"}).claims.at("atan")["verdict"], "fails");
}

TEST(Check, LeavesOpenWhatAnEigenvalueOnTheAxisCannotTell) {
  const auto spiral = check_text(theory_of(
      "g = [1, 2]", "x = \"-y - g*x*(x^2 + y^2)\"\ny = \"x - g*y*(x^2 + y^2)\"", "x = \"0.1\"\ny = \"0\"",
      claim_of("centre", "kind = \"fixed_point\"\nat = { x = \"0\", y = \"0\" }\nstability = \"centre\"") +
          claim_of("stable",
                   "kind = \"fixed_point\"\nat = { x = \"0\", y = \"0\" }\nstability = \"stable\"")));
  EXPECT_EQ(spiral.outcome.code, 4) << spiral.outcome.out << spiral.outcome.err;
  for (const char* id : {"centre", "stable"}) {
    EXPECT_EQ(spiral.claims.at(id)["verdict"], "not_run") << id;
    EXPECT_TRUE(has(spiral.claims.at(id)["unjudged"], "real part 0")) << id;
  }
  const auto rotation = check_text(theory_of(
      "w = [1, 2]", "x = \"-w*y\"\ny = \"w*x\"", "x = \"1\"\ny = \"0\"",
      claim_of("centre", "kind = \"fixed_point\"\nat = { x = \"0\", y = \"0\" }\nstability = \"centre\"")));
  EXPECT_EQ(rotation.claims.at("centre")["standing"], "proven") << "a linear system is its Jacobian";
  // Without what is conserved Lotka and Volterra's point is open too.
  const auto bare = check_text(replaced(slurp(example("lotka_volterra")), "beta*y - alpha*ln(y)", "beta*y"));
  EXPECT_EQ(bare.claims.at("coexistence")["verdict"], "not_run");
}

TEST(Check, TellsRoundingFromDifference) {
  const auto checked =
      check_text("[symbols]\ny = [20, 40]\nh = [800, 900]\nx = [1e-7, 1e-6]\np = \"positive\"\n" +
                 claim_of("hyperbolic", "kind = \"identity\"\nof = \"cosh(y)^2 - sinh(y)^2\"\nis = \"1\"") +
                 claim_of("cosine", "kind = \"identity\"\nof = \"2*sin(x/2)^2\"\nis = \"1 - cos(x)\"") +
                 claim_of("overflow", "kind = \"identity\"\nof = \"exp(h)*exp(-h)\"\nis = \"1\"") +
                 claim_of("false", "kind = \"identity\"\nof = \"p\"\nis = \"p + 1e-16\"") +
                 claim_of("nowhere", "kind = \"identity\"\nof = \"ln(-p)\"\nis = \"ln(-p) + atan(p)\""));
  for (const char* id : {"hyperbolic", "cosine", "overflow"})
    EXPECT_EQ(checked.claims.at(id)["standing"], "proven") << checked.claims.at(id).dump(1);
  EXPECT_EQ(checked.claims.at("false")["verdict"], "fails");
  EXPECT_TRUE(has(checked.claims.at("false")["counterexample"], "by computer algebra"));
  EXPECT_EQ(checked.claims.at("nowhere")["verdict"], "not_run") << checked.claims.at("nowhere").dump(1);
}

TEST(Check, SeesWhatIsNotMonotone) {
  const std::string symbols = "p = [1, 2]", system = "u = \"-p*u\"\nv = \"p*u\"",
                    start = "u = \"1\"\nv = \"0\"";
  const auto monotone = [&](const char* of, const char* direction) {
    const auto checked =
        check_text(theory_of(symbols, system, start,
                             claim_of("it", std::string("kind = \"monotone\"\nof = \"") + of +
                                                "\"\ndirection = \"" + direction + "\"")));
    return checked.claims.at("it")["verdict"].get<std::string>();
  };
  EXPECT_EQ(monotone("u", "decreasing"), "holds");
  EXPECT_EQ(monotone("v^2", "increasing"), "holds") << "its rate is 0 at the start alone";
  EXPECT_EQ(monotone("exp(30*t) - 20*t*40", "increasing"), "fails") << "it falls at first, by little";
  EXPECT_EQ(monotone("atan(1/(t - 0.512)) - 4*t", "decreasing"), "fails") << "it jumps up";
  EXPECT_EQ(monotone("u + v", "increasing"), "fails") << "it does not move";
  EXPECT_EQ(monotone("ln(u - 5)", "decreasing"), "not_run") << "it has no value";
}

TEST(Check, LimitsMayBeFarAwayAndVanishInAnyWay) {
  const std::string symbols = "[symbols]\nL = [2, 1000]\nz = [-1, 1]\neps = [1e-4, 1e-2]\n";
  const auto limit = [&](const std::string& of, const std::string& is, const std::string& order) {
    const auto checked =
        check_text(symbols + claim_of("it", "kind = \"limit\"\nof = \"" + of + "\"\nis = \"" + is +
                                                "\"\nparameter = \"L\"\nto = \"infinity\"\n" + order));
    const auto& claim = checked.claims.at("it");
    return claim["verdict"].get<std::string>() + " " + claim.value("standing", "");
  };
  EXPECT_EQ(limit("eps*L/(1 + eps*L)", "1", "order = 1"), "holds proven");
  EXPECT_EQ(limit("z/L", "0", "order = 1"), "holds tested") << "at z = 0 the order is another";
  EXPECT_EQ(limit("tanh(L)", "1", ""), "holds tested");
  EXPECT_EQ(limit("1/L^3", "0", ""), "holds proven");
  EXPECT_EQ(limit("1/sqrt(L)", "0", ""), "holds tested");
  EXPECT_EQ(limit("sin(L)", "0", ""), "fails ");
  EXPECT_EQ(limit("1e-12*L + 1/L", "0", "order = 1"), "fails ");
  EXPECT_EQ(limit("1/L^10", "0", "order = 10"), "holds proven");
}

TEST(Check, SaysWhenAnImplicitSolutionHasNoRoot) {
  const auto checked = check_text(replaced(
      slurp(example("eq10")), "time = \"tau/(2*s)*ln(u*(s - u0)/(u0*(s - u)))\"", "time = \"-1 - u\""));
  EXPECT_EQ(checked.outcome.code, 1);
  EXPECT_TRUE(has(checked.claims.at("eq11")["counterexample"], "no root"))
      << checked.claims.at("eq11").dump(1);
}

TEST(Check, ReportShowsStandingAndEscapesWhatTheFileSays) {
  const fs::path out = scratch("check-html"), file = out / "t.toml";
  spill(file, replaced(slurp(example("eq10")), "Eq 10: a mode of a three-layer network",
                       "<script>alert(1)</script>"));
  EXPECT_EQ(dln({"check", file.string(), "--out", out.string()}).code, 0);
  const std::string html = slurp(out / "report.html");
  EXPECT_TRUE(has(html, "<b>Proven</b>"));
  EXPECT_TRUE(has(html, "<b>Tested</b>"));
  EXPECT_FALSE(has(html, "<script>"));
}

#else

TEST(Check, SaysThatItWasBuiltWithoutComputerAlgebra) {
  const auto outcome = dln({"check", example("eq10").string()});
  EXPECT_EQ(outcome.code, 6);
  EXPECT_TRUE(has(outcome.err, "libginac-dev")) << outcome.err;
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
}

#endif

}  // namespace
}  // namespace dln::tools
