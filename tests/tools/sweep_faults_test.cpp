// dln sweep refused, killed, interrupted, out of room, beside another, and on a journal that is damaged: one
// clear sentence, nothing lost, and the same bytes in the end.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Clock = std::chrono::steady_clock;
const std::vector<std::string> kTables{"results.csv", "results.jsonl", "results.npz"};

// 60 runs of some hundredths of a second each.
constexpr const char* kPlan = R"(experiment = "time-course"
[parameters]
levels = 4
features = 100
hidden_units = 16
rate = 2e-3
u0 = 1e-9
completion = 0.999
[grid]
run = { from = 0, to = 59 }
)";

class SweepFaults : public testing::Test {
 protected:
  SweepFaults()
      : folder(
            scratch(std::string("sweep-") + testing::UnitTest::GetInstance()->current_test_info()->name())) {
    spill(folder / "plan.toml", kPlan);
  }
  std::vector<std::string> words(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{
        "sweep", (folder / "plan.toml").string(), "--out", (folder / out).string(), "--threads", "2"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void run_undisturbed() {
    const auto outcome = dln(words("whole"));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }
  void expect_whole(const std::string& out) {
    for (const auto& table : kTables)
      EXPECT_EQ(slurp(folder / out / table), slurp(folder / "whole" / table)) << out << "/" << table;
  }
  std::size_t journalled(const std::string& out) const {
    const auto text = slurp(folder / out / "journal.txt");
    const auto lines = std::ranges::count(text, '\n');
    return lines == 0 ? 0 : static_cast<std::size_t>(lines - 1);
  }
  // Waits until `out` has so many runs in its journal.
  void wait_for(const std::string& out, std::size_t runs) const {
    for (int i = 0; i < 3000 && journalled(out) < runs; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_GE(journalled(out), runs) << "it never got that far";
  }
  pid_t begin(const std::string& out, std::vector<std::string> more = {}) {
    fs::create_directories(folder / ("said-" + out));
    return start(words(out, std::move(more)), folder / ("said-" + out), {});
  }
  Outcome end(pid_t child, const std::string& out) { return finish(child, folder / ("said-" + out)); }

  fs::path folder;
};

TEST_F(SweepFaults, KilledAtAnyMomentLosesRunsInFlightOnly) {
  run_undisturbed();
  const auto whole_time = time_of([&] { dln(words("timed")); });  // the files it reads are in memory now
  std::mt19937 random(7);
  std::uniform_real_distribution<double> share(0, 0.9);
  std::size_t interrupted = 0;
  const int times = std::getenv("DLN_KILLS") ? std::atoi(std::getenv("DLN_KILLS")) : 20;
  for (int i = 0; i < times; ++i) {
    const std::string out = "killed-" + std::to_string(i);
    std::size_t before = 0;
    for (int blow = 0; blow < 2; ++blow) {  // killed while it goes on, too
      const pid_t child =
          begin(out, blow == 0 ? std::vector<std::string>{} : std::vector<std::string>{"--resume"});
      const double left = 1 - static_cast<double>(before) / 60;
      std::this_thread::sleep_for(share(random) * left * whole_time);
      kill(child, SIGKILL);
      if (end(child, out).code == 128 + SIGKILL) ++interrupted;
      EXPECT_GE(journalled(out), before) << "what was finished stays finished";
      before = journalled(out);
    }
    const auto again = dln(words(out, {"--resume"}));
    ASSERT_EQ(again.code, 0) << again.err;
    expect_whole(out);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(interrupted, static_cast<std::size_t>(times)) << "or the test looked at nothing";
}

TEST_F(SweepFaults, StopsWithinASecondOfASignal) {
  run_undisturbed();
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}}) {
    const std::string out = "signal-" + std::to_string(signal);
    const pid_t child = begin(out);
    wait_for(out, 3);
    const auto sent = Clock::now();
    kill(child, signal);
    const auto outcome = end(child, out);
    EXPECT_EQ(outcome.code, code);
    EXPECT_NE(outcome.err.find("journal.txt, and --resume goes on with it"), std::string::npos)
        << outcome.err;
    EXPECT_LT(Clock::now() - sent, std::chrono::seconds(1));
    EXPECT_LT(journalled(out), 60u) << "it was not interrupted";
    EXPECT_FALSE(fs::exists(folder / out / "results.csv")) << "nothing half-written";
    const auto again = dln(words(out, {"--resume"}));
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(again.err.find("cut short"), std::string::npos) << again.err;
    expect_whole(out);
  }
}

TEST_F(SweepFaults, GoesOnFromATruncatedJournal) {
  run_undisturbed();
  const auto journal = slurp(folder / "whole" / "journal.txt");
  std::mt19937 random(8);
  for (int i = 0; i < 6; ++i) {
    const std::string out = "cut-" + std::to_string(i);
    fs::create_directories(folder / out);
    const auto cut = i == 0 ? 5 : journal.size() - 1 - random() % (journal.size() / 4);
    spill(folder / out / "journal.txt", journal.substr(0, cut));
    spill(folder / out / "sweep.toml", slurp(folder / "whole" / "sweep.toml"));
    const auto outcome = dln(words(out, {"--resume"}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_whole(out);
  }
}

TEST_F(SweepFaults, DoesTheRunOfADamagedLineAgain) {
  run_undisturbed();
  const auto journal = slurp(folder / "whole" / "journal.txt");
  const auto first = journal.find('\n') + 1;
  std::mt19937 random(9);
  for (int i = 0; i < 8; ++i) {
    const std::string out = "flipped-" + std::to_string(i);
    fs::create_directories(folder / out);
    auto damaged = journal;
    const auto at = first + random() % (journal.size() - first - 1);
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 7));
    spill(folder / out / "journal.txt", damaged);
    spill(folder / out / "sweep.toml", slurp(folder / "whole" / "sweep.toml"));
    const auto outcome = dln(words(out, {"--resume"}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("damaged, so it is passed over"), std::string::npos) << at << outcome.err;
    expect_whole(out);
  }
}

TEST_F(SweepFaults, RefusesTheJournalOfAnotherSweep) {
  run_undisturbed();
  const auto before = slurp(folder / "whole" / "journal.txt");
  auto other = std::string(kPlan);
  other.replace(other.find("rate = 2e-3"), 11, "rate = 3e-3");
  spill(folder / "plan.toml", other);
  const auto outcome = dln(words("whole", {"--resume"}));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("another sweep: 'rate = 0.002' there, 'rate = 0.003' here"), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("name another folder with --out"), std::string::npos) << outcome.err;
  EXPECT_EQ(slurp(folder / "whole" / "journal.txt"), before);
  auto header = before;
  header[3] = 'x';
  spill(folder / "whole" / "journal.txt", header);
  EXPECT_EQ(dln(words("whole", {"--resume"})).code, 3) << "a damaged first line";
}

TEST_F(SweepFaults, DoesNotOverwriteASweepUnasked) {
  run_undisturbed();
  const auto outcome = dln(words("whole"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("--resume goes on with it"), std::string::npos) << outcome.err;
  expect_whole("whole");
  // To go on with what is complete does nothing again and writes the same.
  fs::remove(folder / "whole" / "results.csv");
  const auto csv = dln(words("whole", {"--resume"}));
  EXPECT_EQ(csv.code, 0) << csv.err;
  EXPECT_EQ(csv.out.find("of them now"), std::string::npos) << csv.out;
  EXPECT_TRUE(fs::exists(folder / "whole" / "results.csv"));
}

TEST_F(SweepFaults, LeavesFilesOfAnothersAlone) {
  const fs::path own = folder / "own";
  fs::create_directories(own);
  spill(own / "sweep.toml", kPlan);
  for (const char* name : {"sweep.toml", "results.csv"}) {
    const auto outcome = dln(words("own"));
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_NE(outcome.err.find(std::string(name) + " is there already, and no sweep's"), std::string::npos)
        << outcome.err;
    EXPECT_EQ(slurp(own / "sweep.toml"), name == std::string("sweep.toml") ? kPlan : "");
    fs::remove(own / "sweep.toml");
    spill(own / "results.csv", "mine");
  }
  EXPECT_EQ(slurp(own / "results.csv"), "mine");
  fs::remove(own / "results.csv");
  fs::create_directories(own / "results.npz");
  EXPECT_EQ(dln(words("own")).code, 2) << "before an hour's work, not after it";
  EXPECT_FALSE(fs::exists(own / "journal.txt"));
}

TEST_F(SweepFaults, NoticesThatItsFolderIsGone) {
  auto longer = std::string(kPlan);
  longer.replace(longer.find("to = 59"), 7, "to = 59999");
  spill(folder / "plan.toml", longer);
  const pid_t child = begin("gone");
  wait_for("gone", 1);
  fs::remove_all(folder / "gone");
  const auto outcome = end(child, "gone");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_NE(outcome.err.find("it was removed meanwhile"), std::string::npos) << outcome.err;
}

// What labels say is part of what was learned, found by name or not.
TEST_F(SweepFaults, RemembersLabelsFoundByName) {
  std::string pixels, classes;
  for (unsigned i = 0; i < 60; ++i) {
    for (unsigned k = 0; k < 16; ++k)
      pixels += static_cast<char>((k % (2 + i % 3) == 0 ? 150 : 0) + (i * 7 + k * 13) % 50);
    classes += static_cast<char>(i % 3);
  }
  spill(folder / "t-images-idx3-ubyte", idx({0x803, 60, 4, 4}, pixels));
  spill(folder / "t-labels-idx1-ubyte", idx({0x801, 60}, classes));
  spill(folder / "plan.toml", "experiment = 'training'\n[parameters]\ndata = 'images'\nfile = '" +
                                  (folder / "t-images-idx3-ubyte").string() +
                                  "'\nepochs = 20\n[grid]\nseed = [1, 2]\n");
  const auto first = dln(words("out"));
  ASSERT_EQ(first.code, 0) << first.err;
  std::swap(classes[0], classes[1]);
  spill(folder / "t-labels-idx1-ubyte", idx({0x801, 60}, classes));
  const auto outcome = dln(words("out", {"--resume"}));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("another sweep: '# \""), std::string::npos) << outcome.err;
}

TEST_F(SweepFaults, TwoInOneFolder) {
  run_undisturbed();
  const pid_t first = begin("shared");
  wait_for("shared", 1);
  const auto second = dln(words("shared", {"--resume"}));
  EXPECT_EQ(second.code, 5);
  EXPECT_NE(second.err.find("another dln is adding to it"), std::string::npos) << second.err;
  EXPECT_EQ(end(first, "shared").code, 0);
  expect_whole("shared");
}

// As on a full disk: files may not grow beyond some size.
TEST_F(SweepFaults, OutOfRoomHalfWay) {
  run_undisturbed();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  auto lower = limit;
  const auto journal_size = fs::file_size(folder / "whole" / "journal.txt");
  const auto table_size = fs::file_size(folder / "whole" / "results.jsonl");
  for (const auto room : {journal_size / 2, std::max(journal_size + 100, table_size - 100)}) {
    const std::string out = "full-" + std::to_string(room);
    lower.rlim_cur = room;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &lower), 0);
    const auto outcome = dln(words(out));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    if (room < journal_size) {
      EXPECT_EQ(outcome.code, 5);
      EXPECT_NE(outcome.err.find("cannot write the journal"), std::string::npos) << outcome.err;
      EXPECT_GT(journalled(out), 10u);
    }
    if (outcome.code != 0) {
      EXPECT_EQ(outcome.code, 5) << outcome.err;
      for (const auto& table : kTables) EXPECT_FALSE(fs::exists(folder / out / table));
    }
    const auto again = dln(words(out, {"--resume"}));
    EXPECT_EQ(again.code, 0) << again.err;
    expect_whole(out);
  }
}

TEST_F(SweepFaults, SaysHowLongAHugeGridWouldTake) {
  spill(folder / "plan.toml",
        "experiment = \"mode\"\n[grid]\nlayers = { from = 3, to = 1002 }\nkappa = { from = 0.5, to = 1.9, "
        "count = "
        "1000000000 }\n");
  const auto outcome = dln(words("huge"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("1000000000000 runs would take about "), std::string::npos) << outcome.err;
  EXPECT_TRUE(outcome.err.find(" years on 2 threads") != std::string::npos ||
              outcome.err.find(" days on 2 threads") != std::string::npos)
      << outcome.err;
  EXPECT_FALSE(fs::exists(folder / "huge"));
  spill(folder / "plan.toml",
        "experiment = \"mode\"\n[grid]\nseed = { from = 0, to = 9000000000000000 }\nkappa = { from = 0.5, "
        "to = "
        "1.9, count = 1000000 }\n");
  EXPECT_NE(dln(words("huge")).err.find("more than 1.8e19 runs would take"), std::string::npos);
}

struct BadPlan {
  const char *text, *said;
};

TEST_F(SweepFaults, RefusesABadPlanByItsLine) {
  for (const auto& [text, said] : {
           BadPlan{"", "no experiment is named; expected experiment = one of"},
           {"experiment = \"mod\"\n", "line 1: experiment = \"mod\": expected experiment = one of"},
           {"experiment = \"mod\"\n", "did you mean mode?"},
           {"experiment = 3\n", "line 1: expected experiment = one of"},
           {"experiment = \"mode\"\n", "nothing to sweep: expected [grid] or [[list]]"},
           {"experiment = \"mode\"\n[grid]\n", "line 2: [grid] is empty"},
           {"experiment = \"mode\"\n[grid]\nlayers = []\n",
            "line 3: layers = []: expected at least one value"},
           {"experiment = \"mode\"\n[grid]\nlayer = [3]\n",
            "line 3: 'layer' is no parameter of mode: expected one of"},
           {"experiment = \"mode\"\n[grid]\nlayer = [3]\n", "did you mean layers?"},
           {"experiment = \"mode\"\n[grids]\nlayers = [3]\n",
            "line 2: 'grids': expected experiment, parameters, grid, list; did you mean grid?"},
           {"experiment = \"mode\"\n[grid]\nlayers = [3, 1]\n",
            "line 3: layers = 1: expected a whole number from 2 to"},
           {"experiment = \"mode\"\n[grid]\nlayers = [3.5]\n", "layers = 3.5: expected a whole number"},
           {"experiment = \"mode\"\n[grid]\nlayers = [\"3\"]\n", "layers = '3': expected a whole number"},
           {"experiment = \"mode\"\n[grid]\nlayers = [3, 3]\n", "line 3: layers has 3 twice"},
           {"experiment = \"mode\"\n[grid]\nlayers = 3\n", "layers = 3: expected values in [ ] or a range"},
           {"experiment = \"mode\"\n[grid]\nu0 = [nan]\n", "u0 = nan: expected a number greater than 0"},
           {"experiment = \"mode\"\n[grid]\nu0 = [inf]\n", "u0 = inf: expected a number greater than 0"},
           {"experiment = \"mode\"\n[grid]\nu0 = [-1]\n", "u0 = -1: expected a number greater than 0"},
           {"experiment = \"mode\"\n[grid]\nu0 = { from = 1, to = 2 }\n", "the range of u0 has no count"},
           {"experiment = \"mode\"\n[grid]\nu0 = { from = 2, to = 1, count = 3 }\n", "ends before it begins"},
           {"experiment = \"mode\"\n[grid]\nu0 = { from = 1, to = 2, count = 1 }\n",
            "count in the range of u0 = 1: expected a whole number, 2 or more"},
           {"experiment = \"mode\"\n[grid]\nu0 = { from = 1, to = 2, cnt = 3 }\n",
            "'cnt' in the range of u0: expected from, to, count, spacing"},
           {"experiment = \"mode\"\n[grid]\nu0 = { from = 1, to = 2, count = 3, spacing = 'geometric' }\n",
            "expected \"linear\" or \"log\""},
           {"experiment = \"mode\"\n[grid]\nlayers = { from = 3, to = 9, step = 0 }\n",
            "step in the range of layers = 0"},
           {"experiment = \"mode\"\n[parameters]\nlayers = 3\n[grid]\nlayers = [3]\n",
            "line 5: layers is given twice"},
           {"experiment = \"mode\"\n[parameters]\nlayers = [3]\n[grid]\ns = [1]\n",
            "layers = [ 3 ]: expected a whole number"},
           {"experiment = \"mode\"\n[[list]]\n", "line 2: [[list]] is empty"},
           {"experiment = \"mode\"\n[[list]]\ns = 1\n[[list]]\nu0 = 1\n", "'u0' in [[list]]: expected s"},
           {"experiment = \"mode\"\n[[list]]\ns = 1\nu0 = 1\n[[list]]\nu0 = 1\n",
            "[[list]] without s: expected it, as in the first"},
           {"experiment = \"mode\"\nlist = 3\n", "list: expected tables, [[list]]"},
           {"experiment = \"time-course\"\n[grid]\nstart = ['random']\n",
            "start = 'random': expected one of small-random, decoupled"},
           {"experiment = \"time-course\"\n[grid]\nstart = { from = 1, to = 2 }\n",
            "start is a word: expected values in [ ]"},
           {"experiment = \"time-course\"\n[parameters]\ndata = 'file'\nfile = 'none.csv'\n[grid]\nrun = "
            "[1]\n",
            "cannot read 'none.csv': no such file"},
           {"experiment = \"mode\"\n[grid\n", "line 2: "},
           {"experiment = \"mode\"\nexperiment = \"mode\"\n", "line 2: "},
       }) {
    spill(folder / "plan.toml", text);
    const auto outcome = dln(words("out"));
    EXPECT_EQ(outcome.code, 3) << text << outcome.err;
    EXPECT_NE(outcome.err.find(said), std::string::npos)
        << text << "\nexpected: " << said << "\nsaid: " << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(folder / "out")) << text;
  }
}

TEST_F(SweepFaults, RefusesABadCommandLine) {
  const std::string plan = (folder / "plan.toml").string();
  const auto code = [](std::vector<std::string> words) {
    words.insert(words.begin(), "sweep");
    const auto outcome = dln(words);
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    return outcome.code;
  };
  EXPECT_EQ(code({}), 2);
  EXPECT_EQ(code({plan, "--out", ""}), 2);
  EXPECT_EQ(code({plan, "--threads", "0", "--out", (folder / "o").string()}), 2);
  EXPECT_EQ(code({plan, "--threads", "two", "--out", (folder / "o").string()}), 2);
  EXPECT_EQ(code({"--about", "nothing"}), 2);
  EXPECT_EQ(code({(folder / "none.toml").string()}), 3);
  EXPECT_EQ(code({folder.string()}), 3);
  EXPECT_EQ(code({plan, "--out", "/proc/sweep"}), 5);
  spill(folder / "zero.toml", std::string(50, '\0'));
  EXPECT_EQ(code({(folder / "zero.toml").string(), "--out", (folder / "o").string()}), 3);
  spill(folder / "large.toml", std::string(2 << 20, '#'));
  EXPECT_EQ(code({(folder / "large.toml").string()}), 3);
  EXPECT_FALSE(fs::exists(folder / "o"));
}

}  // namespace
}  // namespace dln::tools
