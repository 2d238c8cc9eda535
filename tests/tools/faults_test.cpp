// What the world does to a program: gnuplot that fails or hangs, disks that fill up or vanish, signals,
// closed streams, little memory, other languages and places, odd names, hostile text. In every case one clear
// sentence and the documented exit code, or simply the right answer; never half a file.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Words = std::vector<std::string>;

std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory()) files.insert(fs::relative(entry.path(), folder).string());
  return files;
}

class Faults : public testing::Test {
 protected:
  Faults()
      : folder(scratch(std::string("faults-") +
                       testing::UnitTest::GetInstance()->current_test_info()->name())) {}
  std::string at(const std::string& name) const { return (folder / name).string(); }
  // A script in place of gnuplot, for DLN's eyes only.
  Launch with_gnuplot(const std::string& script) {
    fs::create_directories(folder / "bin");
    spill(folder / "bin/gnuplot", "#!/bin/sh\n" + script);
    ::chmod(at("bin/gnuplot").c_str(), 0755);
    return {.environment = {"PATH=" + at("bin") + ":/usr/bin:/bin", "DLN_GNUPLOT_SECONDS=1"}};
  }
  static void expect_one_sentence(const Outcome& outcome, int code, const std::string& said) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  fs::path folder;
};

TEST_F(Faults, GnuplotThatFailsHangsDiesOrBabbles) {
  for (const auto& [script, said] : std::vector<std::pair<std::string, std::string>>{
           {"exit 1\n", "gnuplot failed on figure 2"},
           {"echo 'line 3: unknown terminal' >&2; exit 1\n", "unknown terminal"},
           {"kill -9 $$\n", "gnuplot failed on figure 2"},
           {"head -c 100000 /dev/zero\n", "it wrote no picture"},
           {"echo '<svg>'\n", "it wrote no picture"},
           {"sleep 60\n", "gnuplot did not finish within 1 s"}}) {
    const auto begun = std::chrono::steady_clock::now();
    const auto outcome = dln({"figure", "2", "--out", at("figures")}, with_gnuplot(script));
    expect_one_sentence(outcome, 6, said);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
    EXPECT_TRUE(!fs::exists(at("figures")) || files_below(at("figures")).empty()) << script;
  }
  // A report says which figure is missing, and why.
  const auto outcome =
      dln({"verify", "--effort", "quick", "--claim", "C9", "--out", at("report")}, with_gnuplot("exit 1\n"));
  EXPECT_EQ(outcome.code, 0) << "a figure is no claim";
  EXPECT_NE(slurp(folder / "report/report.html").find("Figure 2 is missing: "), std::string::npos);
}

// Every command that writes, with files that may not grow beyond some size, as on a full disk.
TEST_F(Faults, AFullDiskAtEveryWrite) {
  spill(folder / "net.json",
        R"({"units": [2, 1, 1], "W1": [[0.1, 0.2]], "W2": [[0.3]], "Sigma11": [[1, 0], [0, 1]],
    "Sigma31": [[1, 2]], "tau": 1, "times": [0, 1, 2]})");
  std::string table = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    table += std::to_string(std::sin(i)) + "," + std::to_string(std::cos(3 * i)) + "," +
             std::to_string(i % 7) + "\n";
  spill(folder / "mine.csv", table);
  spill(folder / "plan.toml", "experiment = 'mode'\n[grid]\nkappa = { from = 0.1, to = 1, count = 50 }\n");
  const std::vector<Words> commands{
      {"verify", "--effort", "quick", "--claim", "C9", "X1", "--out"},
      {"figure", "2", "--out"},
      {"sweep", at("plan.toml"), "--out"},
      {"data", "tree", "--levels", "3", "--features", "200", "--out"},
      {"check", std::string(DLN_SOURCE_DIR) + "/tools/examples/eq10.toml", "--samples", "1", "--out"},
      {"analyze", at("mine.csv"), "--target-columns", "y", "--classes", "0", "--depth", "2", "--at-most",
       "20", "--out"}};
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  for (const auto& command : commands)
    for (const rlim_t room : {0u, 1u, 700u}) {
      const fs::path out = folder / "out";
      fs::remove_all(out);
      auto words = command;
      words.push_back(out.string());
      auto lower = limit;
      lower.rlim_cur = room;
      ::setrlimit(RLIMIT_FSIZE, &lower);
      const fs::path said = folder / "said";
      fs::create_directories(said);
      const auto outcome = dln(words, {.out_to = "/dev/null"});
      ::setrlimit(RLIMIT_FSIZE, &limit);
      EXPECT_TRUE(outcome.code == 5 || outcome.code == 6)
          << command[0] << " " << room << ": " << outcome.code;
      std::set<std::string> whole{"journal.txt", "sweep.toml"};  // of whole lines, or none at all
      if (fs::is_directory(out))
        for (const auto& file : files_below(out))
          // What gnuplot could not draw leaves its script and its data, whole.
          EXPECT_TRUE(whole.contains(file) ||
                      (file.starts_with("figures/") && (file.ends_with(".gp") || file.ends_with(".tsv"))))
              << command[0] << " " << room << " left " << file;
      else
        EXPECT_FALSE(fs::exists(out)) << command[0] << " " << room;
    }
}

// The same on a disk of its own, where mounting one is allowed.
TEST_F(Faults, ASmallFileSystemFillsUp) {
  fs::create_directories(folder / "small");
  if (::mount("dln", at("small").c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "mounting is not allowed here; AFullDiskAtEveryWrite limits files instead";
  const struct Unmount {
    std::string path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } unmount{at("small")};
  spill(folder / "plan.toml", "experiment = 'mode'\n[grid]\nkappa = { from = 0.1, to = 1, count = 3000 }\n");
  for (const Words& command :
       {Words{"verify", "--effort", "quick", "--claim", "C9", "--out"},
        Words{"figure", "3l", "--effort", "quick", "--out"}, Words{"sweep", at("plan.toml"), "--out"}}) {
    auto words = command;
    words.push_back(at("small/out"));
    const auto outcome = dln(words);
    EXPECT_EQ(outcome.code, 5) << command[0] << outcome.err;
    EXPECT_NE(outcome.err.find("No space left"), std::string::npos) << outcome.err;
    if (command[0] != "sweep") {
      EXPECT_TRUE(files_below(at("small/out")).empty());
    } else {
      // What was finished goes on elsewhere.
      fs::copy(at("small/out"), at("moved"));
      EXPECT_EQ(dln({"sweep", at("plan.toml"), "--out", at("moved"), "--resume"}).code, 0);
      EXPECT_EQ(dln({"sweep", at("plan.toml"), "--out", at("whole")}).code, 0);
      EXPECT_EQ(slurp(folder / "moved/results.csv"), slurp(folder / "whole/results.csv"));
    }
    fs::remove_all(at("small/out"));
  }
}

TEST_F(Faults, AFolderThatVanishesMeanwhile) {
  const pid_t child =
      start({"verify", "--effort", "quick", "--claim", "C18", "C9", "--out", at("gone")}, folder, {});
  for (int i = 0; i < 500 && !fs::exists(at("gone/figures")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  fs::remove_all(at("gone"));
  const auto outcome = finish(child, folder);
  EXPECT_EQ(outcome.code, 5) << outcome.err;
  EXPECT_NE(outcome.err.find("gone"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(at("gone")));
}

// kill -9 and the signals that end a program, at random moments of a verification that keeps a journal.
TEST_F(Faults, SignalsAtRandomMomentsLeaveNothingHalfWritten) {
  const Words base{"verify", "--effort", "quick", "--claim", "C18", "C9", "X1"};
  const auto words = [&](const std::string& out) {
    auto all = base;
    all.insert(all.end(), {"--out", at(out), "--journal", at(out + ".journal")});
    return all;
  };
  ASSERT_EQ(dln(words("whole")).code, 0);
  const auto claims_of = [&](const std::string& out) {
    return nlohmann::json::parse(slurp(folder / out / "report.json"))["claims"].dump();
  };
  const auto whole = claims_of("whole");
  const auto whole_time = time_of([&] { dln(words("timed")); });
  const int times = std::getenv("DLN_KILLS") ? std::atoi(std::getenv("DLN_KILLS")) : 20;
  std::mt19937 random(11);
  std::uniform_real_distribution<double> share(0, 0.9);
  int interrupted = 0;
  for (int i = 0; i < times; ++i) {
    const std::string out = "run-" + std::to_string(i % 4);
    fs::remove_all(at(out));
    const int signal = std::array{SIGKILL, SIGTERM, SIGINT, SIGPIPE, SIGHUP}[static_cast<std::size_t>(i % 5)];
    const pid_t child = start(words(out), folder, {});
    std::this_thread::sleep_for(share(random) * whole_time);
    kill(child, signal);
    const auto outcome = finish(child, folder);
    if (outcome.code == 0) continue;  // it was faster
    ++interrupted;
    EXPECT_EQ(outcome.code, 128 + signal);
    if (!fs::exists(at(out))) continue;
    for (const auto& file : files_below(at(out))) {
      const auto text = slurp(folder / out / file);
      if (signal == SIGKILL && file.ends_with(".tmp"))
        continue;  // of which no program can clean up after itself
      if (file.ends_with(".svg"))
        EXPECT_NE(text.find("</svg>"), std::string::npos) << file;
      else if (file == "report.html")
        EXPECT_NE(text.find("</html>"), std::string::npos);
      else if (file == "report.json")
        EXPECT_TRUE(nlohmann::json::accept(text));
      else
        EXPECT_FALSE(file.ends_with(".tmp")) << file;
    }
  }
  EXPECT_GE(interrupted, times / 3) << "or the test looked at nothing";
  for (int i = 0; i < 4; ++i) {
    const std::string out = "run-" + std::to_string(i);
    ASSERT_EQ(dln(words(out)).code, 0);
    EXPECT_EQ(claims_of(out), whole) << "from a journal that was interrupted";
  }
}

TEST_F(Faults, StreamsThatAreClosed) {
  const std::string program = DLN_PROGRAM;
  const auto code = [](const std::string& command) { return WEXITSTATUS(std::system(command.c_str())); };
  EXPECT_EQ(code(program + " list claims >&- 2>" + at("said")), 5);
  EXPECT_NE(slurp(folder / "said").find("cannot write to standard output"), std::string::npos);
  EXPECT_EQ(code(program + " eval eq12.u u0=0.1 s=1 tau=1 t=1 <&- >" + at("value")), 0);
  EXPECT_EQ(slurp(folder / "value").substr(0, 2), "0.");
  EXPECT_EQ(code(program + " eval --jsonl - <&- >/dev/null 2>" + at("said")), 3) << "no input is no file";
  // A reader that has seen enough ends it quietly.
  EXPECT_EQ(code("bash -c '" + program + " list quantities 2>" + at("said") +
                 " | head -1 >/dev/null; exit ${PIPESTATUS[1]}'"),
            0);
  EXPECT_EQ(slurp(folder / "said"), "");
  EXPECT_EQ(code("bash -c '" + program + " figure 2 --out " + at("piped") + " | true'"), 0);
}

TEST_F(Faults, TwoAtOnceInOneFolder) {
  fs::create_directories(folder / "a");
  fs::create_directories(folder / "b");
  const Words words{"verify", "--effort", "quick", "--claim", "C9", "X1", "--out", at("shared")};
  const pid_t first = start(words, folder / "a", {}), second = start(words, folder / "b", {});
  EXPECT_EQ(finish(first, folder / "a").code, 0);
  EXPECT_EQ(finish(second, folder / "b").code, 0);
  EXPECT_TRUE(nlohmann::json::accept(slurp(folder / "shared/report.json")));
  EXPECT_TRUE(slurp(folder / "shared/report.html").ends_with("</html>\n"));
  for (const auto& file : files_below(at("shared"))) EXPECT_FALSE(file.ends_with(".tmp")) << file;
}

// In an address space too small for the data.
TEST_F(Faults, LittleMemory) {
  std::string row;
  for (int i = 0; i < 3000; ++i) row += "1.5,";
  std::string table;
  for (int i = 0; i < 30; ++i) table += row + std::to_string(i) + ".5\n";
  spill(folder / "wide.csv", table);
  const pid_t child = fork();
  if (child == 0) {
    const rlimit small{220u << 20, 220u << 20};
    ::setrlimit(RLIMIT_AS, &small);
    const int said = ::open(at("said").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(said, 2);
    ::dup2(said, 1);
    ::execl(DLN_PROGRAM, DLN_PROGRAM, "analyze", at("wide.csv").c_str(), "--classes", "0", "--out",
            at("out").c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status)) << "it died of signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 4) << slurp(folder / "said");
  EXPECT_NE(slurp(folder / "said").find("out of memory"), std::string::npos) << slurp(folder / "said");
  EXPECT_FALSE(fs::exists(at("out/report.html")));
}

// Another language with a decimal comma, another place on earth, no home: the same bytes.
TEST_F(Faults, OtherSurroundings) {
  const auto report = [&](const std::string& name, const std::vector<std::string>& environment) {
    const auto outcome = dln({"verify", "--effort", "quick", "--claim", "C9", "C13", "--out", at(name)},
                             {.environment = environment});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    auto json = nlohmann::ordered_json::parse(slurp(folder / name / "report.json"));
    json.erase("provenance");
    return json.dump() + slurp(folder / name / "figures/2.tsv") + slurp(folder / name / "figures/2.svg");
  };
  // A decimal comma where this machine has one.
  fs::create_directories(folder / "locales");
  const bool comma =
      std::system(
          ("localedef -i de_DE -f UTF-8 " + at("locales/de_DE.UTF-8") + " >/dev/null 2>&1").c_str()) == 0;
  const auto plain = report("plain", {});
  EXPECT_EQ(report("comma", {"LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8", "LOCPATH=" + at("locales")}), plain)
      << comma;
  EXPECT_EQ(report("turkish", {"LC_ALL=tr_TR.UTF-8"}), plain);
  EXPECT_EQ(report("nepal", {"TZ=Asia/Kathmandu"}), plain);
  EXPECT_EQ(report("homeless", {"HOME=", "USER=", "TERM="}), plain);
  EXPECT_EQ(report("nowhere", {"HOME=/nonexistent", "TMPDIR=/nonexistent"}), plain);
}

TEST_F(Faults, OddNamesAndLinks) {
  for (const std::string& name : {std::string("with space"), std::string("it's \"quoted\""),
                                  std::string("größe-模式"), std::string("$(touch pwned);`id`"),
                                  std::string("-n"), std::string("a\nb"), std::string("\xff\xfe")}) {
    fs::create_directories(folder / name);
    spill(folder / name / "plan.toml", "experiment = 'mode'\n[grid]\nlayers = [3, 5]\n");
    const auto outcome =
        dln({"sweep", (folder / name / "plan.toml").string(), "--out", (folder / name / "out").string()});
    EXPECT_EQ(outcome.code, 0) << name << outcome.err;
    EXPECT_EQ(std::ranges::count(slurp(folder / name / "out/results.csv"), '\n'), 3);
    EXPECT_EQ(dln({"figure", "2", "--out", (folder / name / "figures").string()}).code, 0) << name;
    EXPECT_TRUE(fs::exists(folder / name / "figures/2.svg"));
    EXPECT_EQ(
        dln({"verify", "--effort", "quick", "--claim", "C9", "--out", (folder / name / "report").string()})
            .code,
        0);
    EXPECT_TRUE(nlohmann::json::accept(slurp(folder / name / "report/report.json"))) << name;
  }
  for (const auto& file : files_below(folder)) EXPECT_EQ(file.find("pwned\n"), std::string::npos);
  EXPECT_FALSE(fs::exists("pwned"));
  fs::create_directories(folder / "real");
  fs::create_directory_symlink(folder / "real", folder / "link");
  EXPECT_EQ(dln({"figure", "2", "--out", at("link")}).code, 0);
  EXPECT_TRUE(fs::exists(folder / "real/2.svg"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  fs::create_symlink(folder / "nowhere/at/all", folder / "dangling");
  EXPECT_EQ(dln({"figure", "2", "--out", at("dangling")}).code, 5);
  EXPECT_NE(dln({"figure", "2", "--out", at("dangling")}).err.find("it is a link to nothing"),
            std::string::npos);
  EXPECT_NE(dln({"data", "tree", "--out", at("not/there")}).err.find("name a f"), std::string::npos);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_EQ(dln({"figure", "2", "--out", at("loop")}).code, 5);
  EXPECT_EQ(dln({"check", at("loop")}).code, 3);
}

// Names in data end up in reports and figures as names.
TEST_F(Faults, HostileTextInData) {
  const std::vector<std::string> names{"<script>alert(1)</script>",
                                       "\"; system('touch pwned'); \"",
                                       "{/Symbol a}_b^c@d&{e}",
                                       "$\\input{/etc/passwd}$",
                                       "%s%n",
                                       "</svg><img src=x onerror=y>"};
  std::string table;
  for (const auto& name : names) {
    std::string quoted = name;
    std::erase(quoted, '"');
    table += '"' + quoted + "\",";
  }
  table += "y\n";
  for (int i = 0; i < 80; ++i) {
    for (std::size_t k = 0; k < names.size(); ++k)
      table += std::to_string(std::sin(i * (1.0 + static_cast<double>(k)))) + ",";
    table += std::to_string(std::sin(i) + std::cos(2 * i)) + "\n";
  }
  spill(folder / "hostile.csv", table);
  const auto outcome = dln({"analyze", at("hostile.csv"), "--classes", "0", "--depth", "2,3", "--at-most",
                            "50", "--out", at("out")});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::string edges;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    std::string a = names[i], b = names[i + 1];
    for (auto* name : {&a, &b}) std::erase_if(*name, [](char c) { return c == ' ' || c == '#' || c == ';'; });
    edges += a + " " + b + "\n";
  }
  spill(folder / "edges.txt", edges);
  const auto graph = dln({"data", "graph", at("edges.txt"), "--features", "20"});
  EXPECT_EQ(graph.code, 0) << graph.err;
  for (const auto& file : files_below(at("out"))) {
    const auto text = slurp(folder / "out" / file);
    if (!file.ends_with(".html") && !file.ends_with(".svg")) continue;
    EXPECT_EQ(text.find("<script>alert"), std::string::npos) << file;
    EXPECT_EQ(text.find("<img"), std::string::npos) << file;
    if (!file.ends_with(".svg")) continue;
    EXPECT_EQ(text.rfind("</svg>"), text.find("</svg>")) << file;
  }
  EXPECT_FALSE(fs::exists("pwned"));
  EXPECT_FALSE(fs::exists(folder / "pwned"));
}

}  // namespace
}  // namespace dln::tools
