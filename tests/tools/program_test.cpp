// The program as a user, a script and a hostile person meet it: words, exit codes, files whole or not there.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
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

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
  std::ranges::sort(names);
  return names;
}

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

// Every command that README shows, as a newcomer would type it, at quick effort and into a folder of the
// test; the network file that it shows included.
// Whether a subcommand needs GiNaC and this build has none.
bool needs_absent_algebra([[maybe_unused]] const std::string& command) {
#ifdef DLN_WITH_SYMBOLIC
  return false;
#else
  return command == "derive" || command == "check";
#endif
}

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

TEST(Verify, WritesTheWholeReportAndNothingElse) {
  const auto folder = scratch("verify-some");
  const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C13", "C9", "--out", folder.string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("C13 holds"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("Of 2 claims, 2 hold"), std::string::npos);
  EXPECT_EQ(outcome.err, "") << "no progress where there is no terminal";
  EXPECT_EQ(files_in(folder),
            (std::vector<std::string>{"figures/2.gp", "figures/2.svg", "figures/2.tsv", "report.html",
                                      "report.json", "report.md", "report.xml"}));
  const auto json = Json::parse(slurp(folder / "report.json"));
  EXPECT_EQ(json.at("claims").size(), 2u);
  EXPECT_EQ(json.at("figures").at(0).at("status"), "drawn");
  EXPECT_EQ(json.at("provenance").at("options").at("effort"), "quick");
}

TEST(Verify, GivesTheSameReportFromRunToRunButForItsProvenance) {
  const auto folder = scratch("verify-twice");
  std::vector<Json> reports;
  for (const char* run : {"a", "b"}) {
    dln({"verify", "--effort", "quick", "--claim", "C9", "C14", "C18", "C19", "--out",
         (folder / run).string(), "--seed", "5"});
    reports.push_back(Json::parse(slurp(folder / run / "report.json")));
    reports.back().erase("provenance");
  }
  EXPECT_EQ(reports[0].dump(), reports[1].dump());
  for (const char* figure : {"2.svg", "3l.svg", "3w.svg", "3l.tsv", "3w.gp"})
    EXPECT_EQ(slurp(folder / "a/figures" / figure), slurp(folder / "b/figures" / figure)) << figure;
}

// One core gives one thread; what runs on several elsewhere says the same.
TEST(Verify, GivesTheSameReportOnOneCore) {
  cpu_set_t everywhere;
  const auto folder = scratch("verify-one-core");
  const auto claims = [&](const char* run) {
    const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C18", "C31", "C43", "C50", "--out",
                              (folder / run).string()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    auto report = Json::parse(slurp(folder / run / "report.json"));
    EXPECT_EQ(report["provenance"]["threads"] == 1,
              std::string_view(run) == "one" || CPU_COUNT(&everywhere) == 1);
    report.erase("provenance");
    return report.dump();
  };
  cpu_set_t one;
  CPU_ZERO(&one);
  ASSERT_EQ(::sched_getaffinity(0, sizeof everywhere, &everywhere), 0);
  for (int core = 0; CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &everywhere)) CPU_SET(core, &one);
  const auto on_all = claims("all");
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  const auto on_one = claims("one");
  ::sched_setaffinity(0, sizeof everywhere, &everywhere);
  EXPECT_EQ(on_one, on_all);
  for (const char* figure : {"3w.tsv", "stages.tsv"}) {
    EXPECT_FALSE(slurp(folder / "all/figures" / figure).empty()) << figure;
    EXPECT_EQ(slurp(folder / "one/figures" / figure), slurp(folder / "all/figures" / figure)) << figure;
  }
}

TEST(Verify, WritesTheReportWithoutGnuplotAndNamesTheMissingFigures) {
  const auto folder = scratch("verify-without-gnuplot");
  const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C9", "--out", folder.string()},
                           {.environment = {"PATH=/nonexistent"}});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("gnuplot-nox"), std::string::npos) << outcome.err;
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"figures/2.gp", "figures/2.tsv", "report.html",
                                                        "report.json", "report.md", "report.xml"}));
  const auto json = Json::parse(slurp(folder / "report.json"));
  EXPECT_TRUE(json.at("figures").at(0).at("status").get<std::string>().starts_with("missing: "));
  EXPECT_EQ(json.at("provenance").at("software").at("gnuplot"), "not installed");
  EXPECT_NE(slurp(folder / "report.html").find("Figure 2 is missing"), std::string::npos);
}

TEST(Figure, NeedsGnuplotAndLeavesNothingWithoutIt) {
  const auto folder = scratch("figure-without-gnuplot");
  EXPECT_EQ(dln({"figure", "2", "--out", folder.string()}, {.environment = {"PATH=/nonexistent"}}).code, 6);
  EXPECT_TRUE(files_in(folder).empty());
  EXPECT_EQ(dln({"figure", "2", "--out", folder.string()}).code, 0);
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"2.gp", "2.svg", "2.tsv"}));
}

TEST(Images, ThatCannotBeReadAreExitCode3) {
  const auto folder = scratch("bad-images");
  spill(folder / "train-images-idx3-ubyte", "not IDX at all");
  spill(folder / "train-labels-idx1-ubyte", "nor this");
  const std::string images = (folder / "train-images-idx3-ubyte").string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"verify", "--claim", "C18", "--effort", "quick", "--out",
                                 (folder / "r").string(), "--images", images},
        {"figure", "3w", "--out", (folder / "f").string(), "--images", images},
        {"figure", "3w", "--out", (folder / "f").string(), "--images", images + "-missing"},
        {"data", "info", images},
        {"data", "info", folder.string() + "/missing"}}) {
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 3) << arguments[0];
    EXPECT_NE(outcome.err.find(folder.string()), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  EXPECT_TRUE(!fs::exists(folder / "r/report.json") && files_in(folder).size() == 2)
      << "nothing half-written";
}

TEST(Data, PrintsTheTreesSpectrumAndWritesItsFeatures) {
  const auto folder = scratch("data-tree");
  const auto outcome =
      dln({"data", "tree", "--levels", "3", "--features", "20", "--out", (folder / "tree.tsv").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with("mode\ttree_level\ts\ts_in_expectation\n1\t0\t"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 9);
  const std::string table = slurp(folder / "tree.tsv");
  EXPECT_EQ(std::ranges::count(table, '\n'), 9);
  EXPECT_EQ(dln({"data", "tree", "--out", (folder / "no/such/folder").string()}).code, 5);
}

TEST(Data, DoesNotDestroyWhatIsNotARegularFile) {
  const auto folder = scratch("data-fifo");
  const fs::path fifo = folder / "fifo", link = folder / "link", target = folder / "target";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0644), 0);
  EXPECT_EQ(dln({"data", "tree", "--levels", "2", "--features", "5", "--out", fifo.string()}).code, 5);
  EXPECT_TRUE(fs::is_fifo(fifo));
  spill(target, "old");
  fs::create_symlink("target", link);
  EXPECT_EQ(dln({"data", "tree", "--levels", "2", "--features", "5", "--out", link.string()}).code, 0);
  EXPECT_TRUE(fs::is_symlink(link)) << "the link stays, what it points to is replaced";
  EXPECT_TRUE(slurp(target).starts_with("item"));
}

TEST(Images, ThatAreDamagedAreNamedInOneSentence) {
  const auto folder = scratch("damaged-images");
  const fs::path images = folder / "images-idx3", labels = folder / "labels-idx1";
  const std::string good_images = idx({0x803, 3, 2, 2}, std::string(12, '\1')),
                    good_labels = idx({0x801, 3}, std::string("\0\1\2", 3));
  struct Case {
    std::string images, labels;
    const char* said;
  };
  const std::vector<Case> cases{
      {idx({0x802, 3, 2, 2}, std::string(12, 1)), good_labels, "0x00000802"},
      {good_images.substr(0, 20), good_labels, "truncated"},
      {good_images.substr(0, 10), good_labels, "truncated"},
      {good_images + "x", good_labels, "bytes follow"},
      {good_images, good_labels + "x", "bytes follow"},
      {good_images, idx({0x801, 2}, std::string(2, '\0')), "it holds 2 labels, but"},
      {good_images, idx({0x801, 3}, std::string("\0\1\13", 3)), "label 11 of example 2 is out of range"},
      {idx({0x803, 0xffffffff, 0xffffffff, 0xffffffff}, ""), good_labels, "at most 8192 pixels"},
      {idx({0x803, 0xffffffff, 50, 50}, ""), good_labels, "promises"},
      {idx({0x803, 0, 2, 2}, ""), good_labels, "0 images"},
      {good_images, idx({0x801, 3}, std::string(3, '\1')), "at least two classes"},
      {idx({0x803, 3, 2, 2}, std::string(12, '\0')), good_labels, "all inputs are zero"},
  };
  for (const Case& bad : cases) {
    spill(images, bad.images);
    spill(labels, bad.labels);
    const auto outcome = dln({"figure", "3w", "--effort", "quick", "--out", (folder / "out").string(),
                              "--images", images.string(), "--labels", labels.string()});
    EXPECT_EQ(outcome.code, 3) << bad.said;
    EXPECT_NE(outcome.err.find(bad.said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_TRUE(!fs::exists(folder / "out") || files_in(folder / "out").empty());
  }
}

TEST(Figure, ThreeLeftTabulatesTheTheorysHalfTimesTo12Digits) {
  const auto folder = scratch("figure-3l");
  ASSERT_EQ(dln({"figure", "3l", "--effort", "quick", "--out", folder.string()}).code, 0);
  std::istringstream lines(slurp(folder / "3l.tsv"));
  std::string line;
  std::getline(lines, line);
  int halves = 0;
  // lambda = 0.5e-3 scaled to the small tree's s_1, so tau is read off the first mode and must serve all
  // others.
  double tau = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string mode, s, curve, epoch;
    for (std::string* cell : {&mode, &s, &curve, &epoch}) std::getline(cells, *cell, '\t');
    if (curve != "theory half") continue;
    const double unit = std::log(std::stod(s) / 1e-6 - 1) / (2 * std::stod(s));
    if (halves++ == 0) tau = std::stod(epoch) / unit;
    EXPECT_NEAR(std::stod(epoch) / (tau * unit), 1, 1e-12);
  }
  EXPECT_EQ(halves, 5);
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
