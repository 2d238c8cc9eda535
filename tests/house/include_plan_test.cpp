// The floor plan, kept by reading every #include: a room may include only rooms below it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

// The same table as in README, "Floor plan". A room may always include itself.
const std::map<std::string, Rooms> kMayInclude = {
    {"base", {}},
    {"linalg", {"base"}},
    {"theory", {"base", "linalg"}},
    {"symbolic", {"base"}},
    {"data", {"base", "linalg"}},
    {"ode", {"base"}},
    {"flow", {"base", "linalg", "ode"}},
    {"network", {"base", "linalg", "data", "ode"}},
    {"experiments", {"base", "linalg", "theory", "data", "ode", "flow", "network"}},
    {"validation", {"base", "linalg", "theory", "data", "ode", "flow", "network", "experiments", "symbolic"}},
    {"plots", {"base", "linalg", "theory", "data", "ode", "flow", "network", "experiments"}},
    {"benchmarks", {"base", "linalg", "theory", "data", "ode", "flow", "network", "experiments", "plots"}},
    {"tools",
     {"base", "linalg", "theory", "data", "ode", "flow", "network", "experiments", "validation", "plots",
      "symbolic"}},
};

// Third-party headers that have one door: the rooms that may open it.
const std::map<std::string, Rooms> kDoors = {
    {"boost/numeric/odeint", {"ode", "benchmarks"}},
    {"gnuplot-iostream", {"plots"}},
    {"zlib.h", {"data", "tools"}},
    {"zip.h", {"data"}},
    {"benchmark/", {"benchmarks"}},
    {"Spectra/", {"benchmarks"}},
    {"CLI/", {"tools", "benchmarks"}},
    {"toml++/", {"tools"}},
    {"nlohmann/", {"validation", "tools", "benchmarks"}},
    {"gsl/", {"benchmarks"}},
    {"ginac/", {"symbolic"}},
    {"cln/", {"symbolic"}},
    {"tbb/", {"experiments", "benchmarks", "tools"}},
    {"Eigen/SVD", {"linalg"}},
    {"Eigen/QR", {"linalg"}},
    {"Eigen/Eigenvalues", {"linalg"}},
    {"boost/random", {"base"}},
};
// odeint, gnuplot-iostream and the like, heavy as they are, and GiNaC, an option, may not even appear in a
// header of their room.
const std::set<std::string> kOnlyInSources = {
    "boost/numeric/odeint", "gnuplot-iostream", "CLI/", "Spectra/", "ginac/", "cln/", "gsl/"};

struct Include {
  fs::path file;
  int line;
  std::string target;
  bool quoted = false;
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::ifstream in(file);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line)
    if (std::smatch match; std::regex_search(text, match, pattern))
      found.push_back({file, line, match[2], match[1] == "\""});
  return found;
}

// "dln/theory/x.hpp" -> "theory", "plots/x.hpp" -> "plots", anything else -> "".
std::string room_of_include(const std::string& target) {
  const std::string path = target.starts_with("dln/") ? target.substr(4) : target;
  if (path.starts_with("validation/benchmarks/")) return "benchmarks";
  const std::string room = path.substr(0, path.find('/'));
  const bool inside =
      target.starts_with("dln/") || room == "validation" || room == "plots" || room == "tools";
  return inside && path.find('/') != std::string::npos ? room : "";
}

fs::path folder_of(const std::string& room) {
  const fs::path root = DLN_SOURCE_DIR;
  if (room == "benchmarks") return root / "validation/benchmarks";
  return room == "validation" || room == "plots" || room == "tools" ? root / room : root / "lib/dln" / room;
}

std::vector<std::string> violations(const std::string& room, const Include& include) {
  std::vector<std::string> found;
  auto complain = [&](const std::string& what) {
    found.push_back(include.file.string() + ":" + std::to_string(include.line) + ": " + what);
  };
  if (const std::string target = room_of_include(include.target);
      !target.empty() && target != room && !kMayInclude.at(room).contains(target))
    complain(room + " may not include " + include.target);
  if (include.quoted && room_of_include(include.target).empty() && include.target != "git_revision.hpp")
    complain(include.target + " is not named from the root of the house");
  for (const auto& [header, rooms] : kDoors) {
    if (!include.target.starts_with(header)) continue;
    if (!rooms.contains(room))
      complain(room + " may not include " + include.target + "; its door is elsewhere");
    if (kOnlyInSources.contains(header) && include.file.extension() == ".hpp")
      complain(include.target + " may be included in .cpp files only");
  }
  return found;
}

TEST(IncludePlan, IsKeptByEveryFile) {
  int files = 0;
  for (const auto& [room, allowed] : kMayInclude)
    for (const auto& entry : fs::recursive_directory_iterator(folder_of(room))) {
      const auto extension = entry.path().extension();
      if (room == "validation" && entry.path().string().starts_with(folder_of("benchmarks").string()))
        continue;
      if (extension != ".hpp" && extension != ".cpp") continue;
      // Programs of users, who include what they like and stand outside the house.
      if (room == "tools" && entry.path().parent_path() == folder_of(room) / "examples/programs") continue;
      ++files;
      for (const Include& include : includes_of(entry.path()))
        for (const std::string& violation : violations(room, include)) ADD_FAILURE() << violation;
    }
  EXPECT_GT(files, 50) << "the house was not found at " << DLN_SOURCE_DIR;
}

TEST(IncludePlan, KnowsEveryRoomThereIs) {
  for (const auto& entry : fs::directory_iterator(fs::path(DLN_SOURCE_DIR) / "lib/dln"))
    if (entry.is_directory()) {
      EXPECT_TRUE(kMayInclude.contains(entry.path().filename())) << entry.path();
    }
}

TEST(IncludePlan, RefusesWhatItMust) {
  auto refused = [](const char* room, const char* file, const char* target) {
    return !violations(room, {file, 1, target}).empty();
  };
  EXPECT_TRUE(refused("network", "a.cpp", "dln/theory/three_layer_mode.hpp"));
  EXPECT_TRUE(refused("flow", "a.hpp", "dln/theory/mode_law.hpp"));
  EXPECT_TRUE(refused("flow", "a.hpp", "dln/network/linear_network.hpp"));
  EXPECT_TRUE(refused("plots", "a.cpp", "validation/claim.hpp"));
  EXPECT_TRUE(refused("ode", "a.hpp", "boost/numeric/odeint.hpp"));
  EXPECT_TRUE(refused("network", "a.cpp", "Eigen/SVD"));
  EXPECT_TRUE(refused("network", "a.cpp", "Spectra/SymEigsSolver.h"));
  EXPECT_TRUE(refused("symbolic", "a.cpp", "dln/theory/mode_law.hpp"));
  EXPECT_TRUE(refused("symbolic", "a.hpp", "ginac/ginac.h"));
  EXPECT_TRUE(refused("theory", "a.cpp", "ginac/ginac.h"));
  EXPECT_FALSE(refused("symbolic", "a.cpp", "ginac/ginac.h"));
  EXPECT_FALSE(violations("network", {"a.cpp", 1, "../theory/mode_law.hpp", true}).empty());
  EXPECT_TRUE(refused("benchmarks", "a.cpp", "validation/claim.hpp"));
  EXPECT_TRUE(refused("experiments", "a.cpp", "validation/benchmarks/compare/bench.hpp"));
  EXPECT_TRUE(refused("network", "a.cpp", "gsl/gsl_odeiv2.h"));
  EXPECT_FALSE(refused("benchmarks", "a.cpp", "plots/drawing.hpp"));
  EXPECT_FALSE(refused("tools", "a.cpp", "validation/claim.hpp"));
  EXPECT_FALSE(refused("network", "a.cpp", "Eigen/Core"));
}

TEST(IncludePlan, IsTheOneThatTheReadmeShows) {
  std::ifstream in(fs::path(DLN_SOURCE_DIR) / "README.md");
  const std::string readme((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (const auto& [room, allowed] : kMayInclude) {
    // | `room` | what lives there | `a` `b` |
    const std::regex row("\\| `" + room + "` \\|[^\n]*\\|([^|\n]*)\\|\n");
    std::smatch match;
    ASSERT_TRUE(std::regex_search(readme, match, row)) << room << " has no row in README's floor plan";
    const std::string cell = match[1];
    Rooms shown;
    const std::regex word("`(\\w+)`");
    for (std::sregex_iterator it(cell.begin(), cell.end(), word), end; it != end; ++it)
      shown.insert((*it)[1]);
    EXPECT_EQ(shown, allowed) << room;
  }
}

}  // namespace
