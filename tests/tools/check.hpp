// Runs dln check on a file, an example or a text, and keeps its report.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/tools/program.hpp"

namespace dln::tools {

using Json = nlohmann::json;

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline fs::path example(const std::string& name) {
  return fs::path(DLN_SOURCE_DIR) / "tools/examples" / (name + ".toml");
}

#ifdef DLN_WITH_SYMBOLIC

struct Checked {
  Outcome outcome;
  std::map<std::string, Json> claims;  // by id
};

// Tests run side by side: each has folders of its own.
inline std::string of_this_test(const std::string& name) {
  return name + "-" + testing::UnitTest::GetInstance()->current_test_info()->name();
}

inline Checked check(const fs::path& file, std::vector<std::string> more = {}) {
  const fs::path out = scratch(of_this_test("check-report"));
  std::vector<std::string> words{"check", file.string(), "--out", out.string()};
  words.insert(words.end(), more.begin(), more.end());
  Checked checked{dln(words), {}};
  if (fs::exists(out / "report.json")) {
    const Json report = Json::parse(slurp(out / "report.json"));
    for (const auto& claim : report["claims"]) checked.claims[claim["id"]] = claim;
  }
  return checked;
}

inline Checked check_text(const std::string& text, std::vector<std::string> more = {}) {
  const fs::path file = scratch(of_this_test("check-file")) / "theory.toml";
  spill(file, text);
  return check(file, std::move(more));
}

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

#endif

}  // namespace dln::tools
