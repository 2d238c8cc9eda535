// CONTRIBUTING.md names only what there is: files, folders, types, functions.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = DLN_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// All sources but this one, one after the other, each under a line with its name.
const std::string& sources() {
  static const std::string all = [] {
    std::string text;
    for (const char* top : {"lib", "plots", "tests", "tools", "validation"})
      for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
        const auto& path = entry.path();
        if (path.extension() != ".hpp" && path.extension() != ".cpp" && path.filename() != "CMakeLists.txt")
          continue;
        if (path.filename() == "contributing_test.cpp") continue;
        text += "\n// file " + path.filename().string() + "\n" + read(path);
      }
    return text;
  }();
  return all;
}

bool exists(std::string word) {
  if (word.find('/') != std::string::npos || word.starts_with('.')) return fs::exists(kRoot / word);
  if (word.find(".hpp") != std::string::npos || word.find(".cpp") != std::string::npos)
    return sources().find("// file " + word + "\n") != std::string::npos;
  // The last part of a name such as base::stream, or of a test such as Sweep.EveryExperimentRuns.
  if (const auto at = word.find_last_of(":."); at != std::string::npos) word = word.substr(at + 1);
  if (word.ends_with("()")) word.resize(word.size() - 2);
  return sources().find(word) != std::string::npos;
}

TEST(Contributing, NamesWhatThereIs) {
  const std::string text = std::regex_replace(read(kRoot / "CONTRIBUTING.md"), std::regex("\\n"), " ");
  const std::regex quoted("`([^`]+)`"), placeholder(".*( |NAME|_N|\\.\\.\\.|-format|<).*");
  int words = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it) {
    const std::string word = (*it)[1];
    if (std::regex_match(word, placeholder)) continue;
    ++words;
    EXPECT_TRUE(exists(word)) << word << " is in CONTRIBUTING.md and nowhere else";
  }
  EXPECT_GT(words, 30);
}

}  // namespace
