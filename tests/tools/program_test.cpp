// The program as a user, a script and a hostile person meet it: words, exit codes, files whole or not there.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;

TEST(Program, HelpsAndTellsItsVersion) {
  const auto help = dln({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* word : {"verify", "figure", "eval", "simulate", "data", "rate", "delay", "derive",
                           "consistency", "list", "Examples", "Exit codes"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  for (const char* command :
       {"verify", "figure", "eval", "simulate", "data", "rate", "delay", "derive", "consistency", "list"})
    EXPECT_EQ(dln({command, "--help"}).code, 0) << command;
  EXPECT_EQ(dln({"--version"}).out, "dln 0.1.0\n");
  const auto json = Json::parse(dln({"--version", "--json"}).out);
  for (const char* key : {"dln", "git", "compiler", "Boost", "Eigen", "GiNaC", "gnuplot"})
    EXPECT_TRUE(json.contains(key)) << key;
}

TEST(Program, RefusesUnknownWordsWithExitCode2) {
  const std::vector<std::vector<std::string>> cases{
      {},
      {"verfy"},
      {"--nonsense"},
      {"verify", "--nonsense"},
      {"verify", "--claim", "C999"},
      {"verify", "--claim"},
      {"verify", "--section", "6"},
      {"verify", "--section", "one"},
      {"verify", "--effort", "heroic"},
      {"verify", "--seed", "-1"},
      {"verify", "--seed", "nan"},
      {"verify", "--labels", "x"},
      {"verify", "--journal", ""},
      {"figure", "4l", "--first-layer", "some"},
      {"figure", "3l", "--first-layer", "all"},
      {"figure"},
      {"figure", "99"},
      {"figure", "2", "3l"},
      {"list"},
      {"list", "everything"},
      {"data"},
      {"data", "tree", "--levels", "0"},
      {"data", "tree", "--levels", "13"},
      {"data", "tree", "--levels", "2.5"},
      {"data", "tree", "--flip", "1.1"},
      {"data", "tree", "--flip", "nan"},
      {"data", "tree", "--features", "0"},
      {"data", "tree", "--features", "99999999999"},
      {"rate"},
      {"rate", "--s", "3,0"},
      {"rate", "--s", "3,2", "--d", "1"},
      {"rate", "--s", "3", "--layers", "1"},
      {"rate", "--s", "3", "--layers", "3.5"},
      {"rate", "--s", "3", "--u0", "nan"},
      {"rate", "--s", "3", "--images", "x"},
      {"rate", "--images", "x", "--scale", "grey"},
      {"rate", "--s", "3", "--scale", "white"},
      {"rate", "--s", "3", "--labels", "x"},
      {"delay", "--s", "0"},
      {"delay", "--eps", "0.5"},
      {"delay", "--s", "1e308", "--eps", "1e-10"},
      {"delay", "--layers", "3,,4"},
  };
  const auto folder = scratch("unknown-words");
  for (auto arguments : cases) {
    const std::string shown = arguments.empty() ? "(nothing)" : arguments.front() + " " + arguments.back();
    if (!arguments.empty() && (arguments[0] == "verify" || arguments[0] == "figure")) {
      arguments.push_back("--out");
      arguments.push_back((folder / "out").string());
    }
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 2) << shown;
    EXPECT_EQ(outcome.out, "") << shown;
    EXPECT_TRUE(outcome.err.starts_with("dln: ")) << shown << ": " << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << shown << ": " << outcome.err;
  }
  EXPECT_FALSE(fs::exists(folder / "out")) << "nothing is made before the words are understood";
}

// Whether a subcommand needs GiNaC and this build has none.
bool needs_absent_algebra([[maybe_unused]] const std::string& command) {
#ifdef DLN_WITH_SYMBOLIC
  return false;
#else
  return command == "derive" || command == "check";
#endif
}

// Every command that README shows, as a newcomer would type it, at quick effort and into a folder of the
// test; the network file that it shows included.
TEST(Readme, ShowsCommandsThatWork) {
  const auto folder = scratch("readme");
  const fs::path images = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
  const std::string text = slurp(fs::path(DLN_SOURCE_DIR) / "README.md");
  const auto json = text.find("```json\n") + 8;
  spill(folder / "net.json", text.substr(json, text.find("```", json) - json));
  std::string mine = "length,width,label\n";
  for (int i = 0; i < 60; ++i) mine += fmt::format("{},{},{}\n", i % 3 + 0.1 * (i % 7), 0.2 * (i % 5), i % 3);
  spill(folder / "mine.csv", mine);
  std::istringstream readme(text);
  int commands = 0;
  for (std::string line; std::getline(readme, line);) {
    if (!line.starts_with("    dln ")) continue;
    std::istringstream words(line.substr(8, line.find('#') - 8));
    std::vector<std::string> arguments;
    for (std::string word; words >> word;) {
      if (!arguments.empty() &&
          (arguments.back() == "--out" || word == "net.json" || word == "modes.csv" || word == "mine.csv"))
        word = (folder / word).string();
      if (word.ends_with("images-idx3-ubyte.gz")) word = images.string();
      if (word.starts_with("tools/")) word = (fs::path(DLN_SOURCE_DIR) / word).string();
      arguments.push_back(word);
    }
    if (arguments[0] == "verify" || arguments[0] == "figure")
      arguments.insert(arguments.end(), {"--effort", "quick"});
    ++commands;
    const auto outcome = dln(arguments);
    if (needs_absent_algebra(arguments[0])) {
      EXPECT_EQ(outcome.code, 6) << line;
      EXPECT_NE(outcome.err.find("without computer algebra"), std::string::npos) << outcome.err;
      continue;
    }
    EXPECT_EQ(outcome.code, 0) << line << '\n' << outcome.err;
    EXPECT_NE(outcome.out, "") << line;
  }
  EXPECT_GE(commands, 12);
}

TEST(Program, SuggestsTheClaimThatWasMeant) {
  const auto outcome = dln({"verify", "--claim", "C12,c13", "--out", (scratch("meant") / "out").string()});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("claim 'c13': unknown; did you mean C13?"), std::string::npos) << outcome.err;
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } cases[] = {
      {{"analize", "mine.csv"},
       "dln: dln analize: unknown command; did you mean analyze?; see 'dln --help'\n"},
      {{"--verison"}, "dln: dln --verison: unknown option; did you mean --version?; see 'dln --help'\n"},
      {{"analyze", "mine.csv", "--inptus=raw"},
       "dln: dln analyze --inptus: unknown option; did you mean --inputs?; see 'dln analyze --help'\n"},
      {{"data", "tre"}, "dln: dln data tre: unknown command; did you mean tree?; see 'dln data --help'\n"},
      {{"data", "table"}, "dln: dln data table: unknown command; expected one of tree, chain, "},
      {{"data"}, "dln: dln data: expected one of tree, chain, "},
      {{"list", "claims", "more"}, "dln: dln list more: unknown word; see 'dln list --help'\n"},
      {{"analyze"}, "dln: dln analyze: DATA is required; see 'dln analyze --help'\n"}};
  for (const auto& [arguments, said] : cases) {
    const auto refused = dln(arguments);
    EXPECT_EQ(refused.code, 2) << said;
    EXPECT_TRUE(refused.err.starts_with(said)) << refused.err << "expected " << said;
  }
}

TEST(Program, ListsWhatThereIs) {
  EXPECT_NE(dln({"list", "claims"}).out.find("C12\t1\tclaim\t"), std::string::npos);
  EXPECT_NE(dln({"list", "figures"}).out.find("3l\t"), std::string::npos);
  EXPECT_NE(dln({"list", "quantities"}).out.find("eq12.u\tu0 s tau t\t"), std::string::npos);
}

TEST(Program, AdvisesALearningRate) {
  std::istringstream lines(dln({"rate", "--s", "4,1", "--layers", "3,10", "--u0", "0.01"}).out);
  std::string header;
  std::getline(lines, header);
  double layers = 0, largest = 0, output = 0, input = 0, optimal = 0, limit = 0, first = 0, last = 0;
  lines >> layers >> largest >> output >> input >> optimal >> limit >> first >> last;
  EXPECT_EQ(layers, 3);
  EXPECT_NEAR(largest, 8, 1e-13);  // L s^{2 - 2/L} = 2 s
  EXPECT_EQ(output, 1);
  EXPECT_EQ(input, 1);
  EXPECT_NEAR(optimal, 0.125, 1e-15);
  EXPECT_NEAR(limit, 0.25, 1e-15);
  // Eq 11 with tau = 8 from 0.01 to 0.99 s.
  EXPECT_NEAR(first, std::log(3.96 * 3.99 / (0.01 * 0.04)), 1e-3);
  EXPECT_NEAR(last, 4 * std::log(0.99 * 0.99 / (0.01 * 0.01)), 1e-3);
  // With variances, a cross-mode pair: d_beta (u_alpha + u_beta), u = 1 and 4.
  std::istringstream pair(dln({"rate", "--s", "4,4", "--d", "4,1", "--layers", "3"}).out);
  std::getline(pair, header);
  pair >> layers >> largest >> output >> input;
  EXPECT_NEAR(largest, 4 * (4 + 1), 1e-13);
  EXPECT_EQ(output, 2);
  EXPECT_EQ(input, 1);
}

TEST(Program, TabulatesTheDelayOfDepth) {
  const auto out = dln({"delay", "--s", "1", "--eps", "1e-3", "--layers", "3,10"}).out;
  std::istringstream lines(out);
  std::string header, layers;
  std::getline(lines, header);
  EXPECT_EQ(header, "N_l\tsteps\texcess_over_three_layers");
  double steps = 0, excess = 0;
  for (const auto& [name, expected, more] :
       {std::tuple{"3", 13.8135, 0.0}, {"10", 285.833, 272.020}, {"inf", 1012.8125, 998.999}}) {
    lines >> layers >> steps >> excess;
    EXPECT_EQ(layers, name);
    EXPECT_NEAR(steps, expected, 1e-3);
    EXPECT_NEAR(excess, more, 1e-3);
  }
}

TEST(Program, NoticesAFullDiskOnItsOutput) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--version"},
                                                    {"--help"},
                                                    {"list", "claims"},
                                                    {"eval", "eq12.u", "u0=0.1", "s=1", "tau=1", "t=1"}}) {
    const auto outcome = dln(arguments, {.out_to = "/dev/full"});
    EXPECT_EQ(outcome.code, 5) << arguments[0];
    EXPECT_NE(outcome.err.find("standard output"), std::string::npos) << outcome.err;
  }
}

TEST(Program, RefusesOutputFoldersItCannotWriteBeforeItWorks) {
  const auto folder = scratch("bad-out");
  spill(folder / "file", "x");
  for (const auto& out : {folder / "file", folder / "file" / "below", fs::path("/proc/dln-report")}) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"verify", "--effort", "quick", "--claim", "C13"}, {"figure", "2"}}) {
      auto arguments = command;
      arguments.insert(arguments.end(), {"--out", out.string()});
      const auto outcome = dln(arguments);
      EXPECT_EQ(outcome.code, 5) << out;
      EXPECT_NE(outcome.err.find(out.string()), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.out, "") << "not a claim was examined";
    }
  }
  EXPECT_EQ(files_in(folder), std::vector<std::string>{"file"});
  EXPECT_EQ(slurp(folder / "file"), "x");
}

TEST(Program, RefusesAReadOnlyOutputFolder) {
  if (::geteuid() == 0) GTEST_SKIP() << "nothing is read-only for root; /proc stands in for it above";
  const auto folder = scratch("read-only");
  ::chmod(folder.c_str(), 0555);
  EXPECT_EQ(dln({"figure", "2", "--out", folder.string()}).code, 5);
  ::chmod(folder.c_str(), 0755);
  EXPECT_TRUE(files_in(folder).empty());
}

TEST(Stderr, MayBeClosedOrFullWithoutHarm) {
  const std::string program = DLN_PROGRAM;
  EXPECT_EQ(WEXITSTATUS(std::system((program + " eval nope 2>&-").c_str())), 2);
  EXPECT_EQ(WEXITSTATUS(std::system((program + " nope 2>/dev/full").c_str())), 2);
}

TEST(Signals, EndItWithTheirCodeAndNothingHalfWritten) {
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    const auto folder = scratch("signals"), out = folder / "report";
    const pid_t child =
        start({"verify", "--effort", "full", "--claim", "C18", "--out", out.string()}, folder, {});
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    ::kill(child, signal);
    EXPECT_EQ(finish(child, folder).code, code);
    if (fs::exists(out)) {
      EXPECT_TRUE(files_in(out).empty());
    }
  }
}

}  // namespace
}  // namespace dln::tools
