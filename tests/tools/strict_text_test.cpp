#include "tools/strict_text.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"

namespace dln::tools {
namespace {

TEST(StrictNumber, TakesPlainDecimals) {
  EXPECT_EQ(strict_number("s", "0.5"), 0.5);
  EXPECT_EQ(strict_number("s", "-1e-6"), -1e-6);
  EXPECT_EQ(strict_number("s", "3"), 3);
  EXPECT_EQ(strict_number("s", "1E5"), 1e5);
}

TEST(StrictNumber, RefusesEverythingElseAndQuotesIt) {
  for (const char* bad :
       {"",    " ",  "nan", "NaN", "inf", "-inf", "infinity", "1e400", "-1e400", "1e-400", "0x10", "1,5",
        "1 2", " 1", "1 ",  "+1",  "1e",  "--1",  "1.2.3",    "one",   "1f",     "0b1",    "１"}) {
    try {
      strict_number("s", bad);
      ADD_FAILURE() << "'" << bad << "' was accepted";
    } catch (const base::DomainError& error) {
      EXPECT_NE(std::string(error.what()).find("s = '" + std::string(bad)), std::string::npos)
          << error.what();
    }
  }
}

TEST(StrictCount, TakesWholeNumbersOnly) {
  EXPECT_EQ(strict_count("seed", "0"), 0u);
  EXPECT_EQ(strict_count("seed", "18446744073709551615"), 18446744073709551615u);
  for (const char* bad : {"", "-1", "1.5", "1e3", "18446744073709551616", " 1", "0x1", "seven"})
    EXPECT_THROW(strict_count("seed", bad), base::DomainError) << bad;
}

TEST(Quoting, ShortensWhatIsLongAndHidesWhatIsUnprintable) {
  try {
    strict_number("s", std::string(10'000, '9') + "x\n");
    FAIL();
  } catch (const base::DomainError& error) {
    EXPECT_LT(std::string(error.what()).size(), 250u);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(Suggestion, NamesTheNearestOnlyWhenItIsNear) {
  const std::vector<std::string> known{"eq12.u", "eq11.t"};
  EXPECT_EQ(suggestion("eq12u", known), "; did you mean eq12.u?");
  EXPECT_EQ(suggestion("EQ11.T", known), "; did you mean eq11.t?");
  EXPECT_EQ(suggestion("temperature", known), "");
  EXPECT_EQ(suggestion("", known), "");
  EXPECT_EQ(suggestion("eps", {"s"}), "");
  EXPECT_EQ(suggestion("eq99", {"eq4"}), "");
  EXPECT_EQ(suggestion("tt", {"t"}), "; did you mean t?");
}

}  // namespace
}  // namespace dln::tools
