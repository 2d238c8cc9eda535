#include "tools/build_info.hpp"

#include <fmt/format.h>
#include <tbb/version.h>
#include <zlib.h>

#include <CLI/Version.hpp>
#include <Eigen/Core>
#include <boost/version.hpp>
#include <fstream>
#include <nlohmann/detail/macro_scope.hpp>
#include <nlohmann/json_fwd.hpp>

#ifdef DLN_WITH_SYMBOLIC
#include "dln/symbolic/derivations.hpp"
#endif
#include "git_revision.hpp"
#include "plots/drawing.hpp"

namespace dln::tools {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string algebra() {
#ifdef DLN_WITH_SYMBOLIC
  return symbolic::ginac_version();
#else
  return "not built in";
#endif
}

}  // namespace

std::string version() {
  return DLN_VERSION;
}

std::vector<std::pair<std::string, std::string>> software() {
  const std::string gnuplot = plots::gnuplot_version();
  return {{"dln", version()},
          {"git", DLN_GIT_REVISION},
          {"compiler", compiler()},
          {"Boost",
           fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"CLI11", CLI11_VERSION},
          {"Eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"GiNaC", algebra()},
          {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)},
          {"oneTBB", fmt::format("{}.{}", TBB_VERSION_MAJOR, TBB_VERSION_MINOR)},
          {"zlib", ZLIB_VERSION},
          {"gnuplot", gnuplot.empty() ? "not installed" : gnuplot}};
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown";
}

}  // namespace dln::tools
