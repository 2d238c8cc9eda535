// Every derivation reduces to zero, and every one made wrong on purpose is refuted.
#include "dln/symbolic/derivations.hpp"

#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <set>

namespace dln::symbolic {

void PrintTo(const Entry& entry, std::ostream* out) {
  *out << entry.name;
}

namespace {

class Derivations : public testing::TestWithParam<Entry> {};

std::string log_of(const Derivation& d) {
  std::string text = d.name + "\n";
  for (const Step& step : d.steps)
    if (step.role == Role::identity || step.role == Role::printed)
      text += std::string(name_of(step.role)) + ": " + step.text + ": " +
              std::string(name_of(step.decision)) + " " + step.difference.text.substr(0, 300) + "\n";
  return text;
}

TEST_P(Derivations, ReduceToZero) {
  const Derivation d = derive(GetParam());
  EXPECT_TRUE(d.identically_zero()) << log_of(d);
  EXPECT_TRUE(d.difference().empty());
  for (const Step& step : d.steps) EXPECT_NE(step.difference.text, "0") << step.text;
}

// A form that holds and one that does not are told apart by what is shown.
TEST_P(Derivations, NeverShowOneEquationAsProvenAndAsRefuted) {
  std::map<std::string, Decision> shown;
  for (const Step& step : derive(GetParam()).steps) {
    if (step.role != Role::identity && step.role != Role::printed) continue;
    const auto [place, is_new] = shown.emplace(step.lhs.text + " = " + step.rhs.text, step.decision);
    EXPECT_EQ(place->second, step.decision) << place->first;
  }
}

TEST_P(Derivations, AreRefutedWhenMadeWrong) {
  const Derivation d = derive(GetParam(), Variant::wrong);
  EXPECT_EQ(d.decision(), Decision::refuted) << GetParam().wrong_variant << '\n' << log_of(d);
  EXPECT_FALSE(d.difference().empty()) << log_of(d);
  EXPECT_NE(d.difference().text, "0");
}

TEST(DerivationNames, AreUniqueAndComplete) {
  std::set<std::string> names;
  for (const Entry& entry : derivations()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    for (const std::string* text : {&entry.equation, &entry.title, &entry.wrong_variant})
      EXPECT_FALSE(text->empty()) << entry.name;
  }
  EXPECT_GE(names.size(), 50U);
}

INSTANTIATE_TEST_SUITE_P(All, Derivations, testing::ValuesIn(derivations()), [](const auto& test) {
  std::string name;
  for (char c : test.param.name) name += c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace dln::symbolic
