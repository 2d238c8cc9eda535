// Files that nest so deep that whoever walks through them by recursion runs out of stack: a sentence instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using testing::HasSubstr;

constexpr std::size_t kDeep = 300'000;  // some hundred bytes of stack each make more than its 8 MB

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}
const std::string kBrackets = repeated("[", kDeep) + repeated("]", kDeep);

void expect_refused(const std::vector<std::string>& words, const std::string& why) {
  const auto outcome = dln(words);
  EXPECT_EQ(outcome.code, 3) << words[0];
  EXPECT_THAT(outcome.err, HasSubstr(why)) << words[0];
}

class DeepFiles : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    spill(folder / name, text);
    return (folder / name).string();
  }
  fs::path folder =
      scratch(std::string("deep-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(DeepFiles, Reports) {
  for (const std::string& text :
       {R"({"claims": [], "provenance": {"options": )" + kBrackets + "}}",
        R"({"claims": [{"id": "a", "verdict": "holds", "checks": [{"measured": )" + kBrackets + "}]}]}"}) {
    const auto report = file("report.json", text);
    expect_refused({"diff", report, report}, "it nests more than 64 arrays and objects");
  }
}

TEST_F(DeepFiles, Networks) {
  expect_refused({"simulate", "--network", file("network.json", "{\"W0\": " + kBrackets + "}")},
                 "it nests more than 64 arrays and objects");
}

TEST_F(DeepFiles, Tables) {
  const std::string key = "a" + repeated(".a", kDeep);
  for (const std::string& text : {key + " = 1\n", "# x\n[" + key + "]\n", "t = { " + key + " = 1 }\n"}) {
    const auto plan = file("file.toml", text);
    expect_refused({"sweep", plan, "--out", (folder / "out").string()}, "a key of more than 32 names");
#ifdef DLN_WITH_SYMBOLIC
    expect_refused({"check", plan}, "a key of more than 32 names");
#endif
  }
}

// Dots that are no dots of keys.
TEST_F(DeepFiles, DotsInStringsAndNumbers) {
  const std::string dots = repeated(".", 100);
  const auto plan = file("plan.toml", "# " + dots + "\nexperiment = \"" + dots + "\\\"" + dots +
                                          "\" # \"\nx = [" + repeated("1.5, ", 100) + "]\n");
  expect_refused({"sweep", plan, "--out", (folder / "out").string()}, "'x': expected experiment");
}

TEST_F(DeepFiles, AreNotReadForEver) {
  expect_refused({"sweep", "/dev/zero", "--out", (folder / "out").string()}, "1 MiB at most");
}

}  // namespace
}  // namespace dln::tools
