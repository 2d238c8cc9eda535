// dln sweep under mpirun: the same bytes for any number of ranks, and the end of all when one dies.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/tools/program.hpp"

#ifdef DLN_MPIEXEC
namespace dln::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kPlan = R"(experiment = "time-course"
[parameters]
levels = 4
features = 100
hidden_units = 16
rate = 1e-3
u0 = 1e-9
[grid]
run = { from = 0, to = 119 }
)";

class SweepRanksTest : public testing::Test {
 protected:
  SweepRanksTest()
      : folder(
            scratch(std::string("ranks-") + testing::UnitTest::GetInstance()->current_test_info()->name())) {
    spill(folder / "plan.toml", kPlan);
    // Also on a machine with fewer cores than ranks, and for root, as tests may run.
    for (const char* name :
         {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"})
      setenv(name, "1", 1);
  }

  pid_t begin(int ranks, const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{DLN_MPIEXEC,
                                   "-n",
                                   std::to_string(ranks),
                                   DLN_PROGRAM,
                                   "sweep",
                                   (folder / "plan.toml").string(),
                                   "--out",
                                   (folder / out).string(),
                                   "--threads",
                                   "1"};
    words.insert(words.end(), more.begin(), more.end());
    const pid_t child = fork();
    if (child != 0) return child;
#ifdef __SANITIZE_ADDRESS__  // Open MPI unloads what keeps memory to the end: no suppression can name it then
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
#endif
    const int said = open((folder / ("said-" + out)).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(said, 1);
    dup2(said, 2);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int end(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  std::string said(const std::string& out) {
    return slurp(folder / ("said-" + out));
  }

  void run_by_itself() {
    const auto outcome =
        dln({"sweep", (folder / "plan.toml").string(), "--out", (folder / "alone").string()});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }
  void expect_as_alone(const std::string& out) {
    for (const char* table : {"results.csv", "results.jsonl", "results.npz"})
      EXPECT_EQ(slurp(folder / out / table), slurp(folder / "alone" / table)) << out << "/" << table;
  }
  std::size_t journalled(const std::string& out) const {
    return static_cast<std::size_t>(std::ranges::count(slurp(folder / out / "journal.txt"), '\n'));
  }
  // The process of one rank of the sweep into `out`.
  pid_t process_of(int rank, const std::string& out) const {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const auto name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      if (slurp(entry.path() / "cmdline").find(std::string(DLN_PROGRAM) + '\0' + "sweep") != 0) continue;
      if (slurp(entry.path() / "cmdline").find((folder / out).string() + '\0') == std::string::npos) continue;
      if (slurp(entry.path() / "environ").find("OMPI_COMM_WORLD_RANK=" + std::to_string(rank) + '\0') !=
          std::string::npos)
        return std::stoi(name);
    }
    return -1;
  }

  fs::path folder;
};

TEST_F(SweepRanksTest, SameBytesForAnyNumberOfRanks) {
  run_by_itself();
  for (int ranks : {1, 2, 4}) {
    const auto out = std::to_string(ranks);
    EXPECT_EQ(end(begin(ranks, out)), 0) << said(out);
    expect_as_alone(out);
    EXPECT_NE(said(out).find("120 runs: 120 done"), std::string::npos) << said(out);
  }
}

TEST_F(SweepRanksTest, ADeadRankEndsTheJobAndResumeCompletesIt) {
  run_by_itself();
  for (int victim : {1, 0, 2}) {
    const auto out = "victim-" + std::to_string(victim);
    const pid_t job = begin(3, out);
    for (int i = 0; i < 3000 && journalled(out) < 20; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_GE(journalled(out), 20u) << said(out);
    const pid_t dies = process_of(victim, out);
    ASSERT_GT(dies, 0);
    const auto then = Clock::now();
    kill(dies, SIGKILL);
    EXPECT_NE(end(job), 0) << said(out);
    EXPECT_LT(Clock::now() - then, std::chrono::seconds(10));
    ASSERT_FALSE(fs::exists(folder / out / "results.csv")) << "it had ended already";
    const auto kept = journalled(out);
    EXPECT_GE(kept, 20u);
    for (int i = 0; i < 200 && process_of(0, out) > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(end(begin(2, out, {"--resume"})), 0) << said(out);
    expect_as_alone(out);
  }
}

TEST_F(SweepRanksTest, BadInputEndsAll) {
  spill(folder / "plan.toml", "experiment = \"mode\"\n[grid]\nlayers = [1]\n");
  EXPECT_EQ(end(begin(2, "bad")), 3);
  EXPECT_NE(said("bad").find("layers = 1: expected a whole number"), std::string::npos) << said("bad");
  EXPECT_FALSE(fs::exists(folder / "bad"));
}

}  // namespace
}  // namespace dln::tools
#endif
