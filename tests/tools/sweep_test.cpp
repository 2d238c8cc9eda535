// dln sweep: the same numbers as the experiments by themselves, the same bytes for any number of threads, and
// tables that say the same.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dln/data/npz.hpp"
#include "dln/experiments/depth_sweep.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/theory/deep_mode.hpp"
#include "tests/tools/program.hpp"
#include "tools/sweep/sweep_plan.hpp"
#include "tools/sweep/sweep_runner.hpp"

namespace dln::tools {
namespace {

const std::vector<std::string> kTables{"results.csv", "results.jsonl", "results.npz"};

constexpr const char* kModes = R"(experiment = "mode"
[parameters]
eps = 0.01
[grid]
layers = [3, 5, 10]
kappa = { from = 0.5, to = 2.5, count = 5 }
)";

// Sweeps `plan` into `folder`/NAME.
fs::path swept(const fs::path& folder, const std::string& name, const std::string& plan,
               std::vector<std::string> more = {}) {
  spill(folder / "plan.toml", plan);
  std::vector<std::string> words{"sweep", (folder / "plan.toml").string(), "--out", (folder / name).string()};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = dln(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return folder / name;
}

std::vector<nlohmann::json> rows_of(const fs::path& results) {
  std::vector<nlohmann::json> rows;
  std::istringstream lines(slurp(results / "results.jsonl"));
  for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
  return rows;
}

TEST(Sweep, SaysWhatTheoryAndDescentSay) {
  const auto rows = rows_of(swept(scratch("sweep-modes"), "out", kModes));
  ASSERT_EQ(rows.size(), 15u);
  std::size_t index = 0;
  for (int layers : {3, 5, 10})
    for (double kappa : {0.5, 1.0, 1.5, 2.0, 2.5}) {
      const auto& row = rows[index];
      EXPECT_EQ(row["index"], index++);
      EXPECT_EQ(row["parameters"]["layers"], layers);
      EXPECT_EQ(row["parameters"]["kappa"], kappa);
      const auto depth = base::Depth::from_layers(layers);
      const theory::DeepMode<double> mode(base::DepthExponent(depth), {1, 1e-3, 1});
      EXPECT_EQ(row["half_time"], half_learning_time(mode));
      EXPECT_EQ(row["learning_time"], learning_time(mode, 0.01));
      const double largest = layers - 1;  // L s^{2 - 2/L} at s = 1
      EXPECT_NEAR(row["lambda_max"].get<double>(), largest, 1e-15 * largest);
      const auto steps = flow::steps_to_learn(
          flow::ModeDescent(depth, {1, 1e-3, kappa * (1 / row["lambda_max"].get<double>())}), 0.01,
          1'000'000);
      EXPECT_EQ(row["outcome"], "done") << "none of these leaves the range of numbers: " << row;
      if (steps)
        EXPECT_EQ(row["steps"], *steps) << row;
      else
        EXPECT_TRUE(row["steps"].is_null()) << row;
    }
}

TEST(Sweep, WritesTheSameThreeTimes) {
  const auto out = swept(scratch("sweep-tables"), "out", kModes);
  const auto rows = rows_of(out);
  std::istringstream csv(slurp(out / "results.csv"));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "index,layers,kappa,outcome,lambda_max,half_time,learning_time,flow_steps,steps,message");
  for (const auto& row : rows) {
    std::getline(csv, line);
    std::istringstream fields(line);
    std::vector<std::string> cells;
    for (std::string cell; std::getline(fields, cell, ',');) cells.push_back(cell);
    ASSERT_GE(cells.size(), 9u) << line;
    EXPECT_EQ(std::stoul(cells[0]), row["index"]);
    EXPECT_EQ(std::stod(cells[2]), row["parameters"]["kappa"]);
    EXPECT_EQ(cells[3], row["outcome"]);
    EXPECT_EQ(std::stod(cells[5]), row["half_time"]);
    if (row["steps"].is_null())
      EXPECT_EQ(cells[8], "nan");
    else
      EXPECT_EQ(std::stod(cells[8]), row["steps"]);
  }
  EXPECT_FALSE(std::getline(csv, line));
}

// NumPy's own format, read without our reader, which takes numbers only.
TEST(Sweep, NpzHoldsNumbersAndWords) {
  const auto out = swept(scratch("sweep-npz"), "out", "experiment = \"mode\"\n[grid]\nkappa = [0.5, 1.0]\n");
  const std::string bytes = slurp(out / "results.npz");
  const auto words = bytes.find("'<U4'");
  ASSERT_NE(words, std::string::npos);
  EXPECT_NE(bytes.find("outcome.npy"), std::string::npos);
  const auto values = bytes.find('\n', words) + 1;
  EXPECT_EQ(bytes.substr(values, 16), std::string("d\0\0\0o\0\0\0n\0\0\0e\0\0\0", 16));
  const double kappas[] = {0.5, 1.0};
  EXPECT_NE(bytes.find(std::string(reinterpret_cast<const char*>(kappas), 16)), std::string::npos);
}

TEST(Sweep, SameBytesForAnyNumberOfThreads) {
  const auto folder = scratch("sweep-threads");
  const std::string plan =
      "experiment = \"time-course\"\n[parameters]\nlevels = 3\nfeatures = 40\n[grid]\nu0 = [1e-3, 1e-2]\n"
      "run = { from = 0, to = 9 }\n";
  const auto one = swept(folder, "1", plan, {"--threads", "1"});
  for (const char* threads : {"2", "7"}) {
    const auto more = swept(folder, threads, plan, {"--threads", threads});
    for (const auto& table : kTables) EXPECT_EQ(slurp(one / table), slurp(more / table)) << table << threads;
  }
  const auto rows = rows_of(one);
  EXPECT_NE(rows[0]["half_time"][0], rows[1]["half_time"][0]) << "starts differ";
}

// Fig 3 right is a sweep over starts.
TEST(Sweep, HasTheNumbersOfFig3) {
  const auto rows = rows_of(swept(scratch("sweep-fig3"), "out",
                                  "experiment = \"time-course\"\n[parameters]\nlevels = 3\nfeatures = 60\n"
                                  "rate = 2e-3\n[grid]\nactivation = [\"linear\", \"tanh\"]\n"
                                  "run = { from = 0, to = 3 }\n"));
  ASSERT_EQ(rows.size(), 8u);
  const auto problem = experiments::tree_problem({.levels = 3, .features = 60, .seed = 1});
  std::size_t index = 0;
  for (const auto activation : {experiments::Activation::linear, experiments::Activation::tanh}) {
    experiments::MemoryRunStore store;
    base::SilentProgress silent;
    experiments::TimeCourseOptions options;
    options.learning_rate = 2e-3;
    options.activation = activation;
    const auto starts = run_random_starts(problem, options, 4, store, silent);
    const auto predicted = predicted_half_times(problem, options);
    for (Eigen::Index run = 0; run < 4; ++run, ++index) {
      EXPECT_EQ(rows[index]["plateaus"], starts.plateaus[static_cast<std::size_t>(run)]);
      for (Eigen::Index k = 0; k < problem.modes.size(); ++k) {
        const auto mode = static_cast<std::size_t>(k);
        EXPECT_EQ(rows[index]["half_time"][mode], starts.half_times(run, k)) << index << " " << k;
        EXPECT_EQ(rows[index]["theory"][mode], predicted[k]);
        EXPECT_EQ(rows[index]["delay"][mode], (starts.half_times(run, k) - predicted[k]) / predicted[k]);
      }
    }
  }
}

// Fig 4 left and right is one over depths and rates.
TEST(Sweep, HasTheNumbersOfFig4) {
  const auto rows = rows_of(swept(scratch("sweep-fig4"), "out",
                                  "experiment = \"depth\"\n[parameters]\ndata = 'tree'\nscale = "
                                  "'white'\nlevels = 3\nfeatures = 60\nhidden_units = 40\n"
                                  "threshold = 10\nmax_epochs = 20000\n[grid]\nlayers = [3, 6]\n"
                                  "rate = [1e-1, 2e-2, 1e-2, 5e-3, 1e-3]\n"));
  const auto problem = experiments::tree_problem({.levels = 3, .features = 60, .seed = 1});
  experiments::DepthSweepOptions options;
  options.layers = {3, 6};
  options.rates = {1e-1, 2e-2, 1e-2, 5e-3, 1e-3};
  options.hidden_units = 40;
  options.error_threshold = 10;
  options.max_epochs = 20'000;
  experiments::MemoryRunStore store;
  base::SilentProgress silent;
  const auto figure = run_depth_sweep(problem, options, store, silent);
  std::size_t index = 0, learned = 0, diverged = 0;
  for (const auto& row : figure)
    for (const auto& run : row.runs) {
      const auto& ours = rows[index++];
      if (run.outcome == experiments::SweepOutcome::learned) {
        EXPECT_EQ(ours["epochs"], run.epoch) << ours;
        ++learned;
      }
      if (run.outcome == experiments::SweepOutcome::diverged) {
        EXPECT_EQ(ours["outcome"], "diverged") << ours;
        ++diverged;
      }
    }
  EXPECT_GE(learned, 4u) << "or the test looks at nothing";
  EXPECT_GE(diverged, 1u);
}

TEST(Sweep, GoesOnPastRunsThatFailOrDiverge) {
  const auto folder = scratch("sweep-troubled");
  // eps beyond s/2 is no target; kappa = 30 diverges.
  const auto out =
      swept(folder, "out", "experiment = \"mode\"\n[grid]\neps = [1e-3, 2.0]\nkappa = [1.0, 30.0]\n");
  const auto rows = rows_of(out);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0]["outcome"], "done");
  EXPECT_EQ(rows[1]["outcome"], "diverged");
  for (std::size_t i : {2u, 3u}) {
    EXPECT_EQ(rows[i]["outcome"], "failed");
    EXPECT_NE(rows[i]["message"].get<std::string>().find("eps = 2"), std::string::npos) << rows[i];
    EXPECT_FALSE(rows[i].contains("steps"));
  }
  EXPECT_NE(slurp(out / "results.csv").find("2,2,1,failed,,,,,,eps = 2: "), std::string::npos)
      << slurp(out / "results.csv");
  spill(folder / "all.toml", "experiment = \"mode\"\n[grid]\neps = [2.0, 3.0]\n");
  const auto none = dln({"sweep", (folder / "all.toml").string(), "--out", (folder / "none").string()});
  EXPECT_EQ(none.code, 4) << "not one run succeeded";
  EXPECT_NE(none.out.find("2 failed"), std::string::npos) << none.out;
}

// A small run of each, twice: the same bits, as many numbers as there are columns, and not all of them
// nothing.
TEST(Sweep, EveryExperimentRuns) {
  const std::string data = "[parameters]\nlevels = 3\nfeatures = 60\n";
  const std::map<std::string, std::string> plans{
      {"mode", "[grid]\nlayers = [3]\n"},
      {"mode-rates", "[grid]\nlayers = [4]\n"},
      {"time-course", data + "rate = 2e-3\n[grid]\nrun = [1]\n"},
      {"depth", data + "data = 'tree'\nscale = 'white'\nhidden_units = 20\nthreshold = 10\nrate = "
                       "1e-2\n[grid]\nlayers = [5]\n"},
      {"training", data + "[grid]\nlayers = [4]\n"},
      {"sharpness", data + "samples = 5\n[grid]\nlayers = [3]\n"},
      {"pretraining",
       "[parameters]\ndata = 'tree'\nscale = 'white'\nlevels = 3\nfeatures = 2\nhidden_units = 20\nthreshold "
       "= 2\nsigma = "
       "0.1\n[grid]\nlayers = [3]\n"},
      {"starts", data + "[grid]\nlayers = [3]\n"},
      {"transitions", data + "data = 'ring'\n[grid]\nlayers = [5]\n"},
      {"generalisation", "[parameters]\ninputs = 40\noutputs = 20\n[grid]\nlayers = [3]\n"},
      {"perceptual-learning", "[grid]\nlayers = [4]\n"},
      {"critical-period", "[grid]\ninput_age = [2]\n"},
  };
  SweepDataCache cache;
  for (const auto& experiment : sweep_experiments()) {
    ASSERT_TRUE(plans.contains(experiment.name)) << experiment.name;
    const auto plan = SweepPlan::parse("experiment = '" + experiment.name + "'\n" + plans.at(experiment.name),
                                       experiment.name);
    const auto first = carry_out(plan, 0, cache), second = carry_out(plan, 0, cache);
    EXPECT_EQ(first.record.state, SweepRecord::State::done)
        << experiment.name << ": " << first.record.message;
    const auto &values = first.record.values, &again = second.record.values;
    ASSERT_EQ(values.size(), again.size());
    EXPECT_EQ(std::memcmp(values.data(), again.data(), values.size() * sizeof(double)), 0) << experiment.name;
    const auto beyond = values.size() - experiment.columns.size();
    EXPECT_EQ(experiment.mode_columns.empty() ? beyond : beyond % experiment.mode_columns.size(), 0u)
        << experiment.name;
    EXPECT_GE(std::ranges::count_if(values, [](double x) { return std::isfinite(x) && x != 0; }), 2)
        << experiment.name;
    const auto about = dln({"sweep", "--about", experiment.name});
    EXPECT_EQ(about.code, 0);
    for (const auto& parameter : experiment.parameters)
      EXPECT_NE(about.out.find('\n' + parameter.name + '\t'), std::string::npos) << parameter.name;
  }
}

// Half of what is held out is another half with another seed; and what is learned is the library's.
TEST(Sweep, LearnsATableOfOnesOwn) {
  const auto folder = scratch("sweep-own");
  std::string table = "a,b,y\n";
  unsigned noise = 1;
  for (int i = 0; i < 200; ++i) {
    noise = noise * 1664525u + 1013904223u;
    const double a = (noise >> 8) % 1000 / 500.0 - 1, b = (noise >> 18) % 1000 / 1000.0 - 0.5;
    table +=
        std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(2 * a - b + 0.1 * (i % 5)) + "\n";
  }
  spill(folder / "own.csv", table);
  const auto rows = rows_of(
      swept(folder, "out",
            "experiment = 'training'\n[parameters]\ndata = 'file'\nfile = '" + (folder / "own.csv").string() +
                "'\ntarget_columns = 'y'\nheld_out = 0.5\nhidden_units = 4\nscale = 'centred'\n"
                "[grid]\ndata_seed = [1, 2]\nlayers = [2, 3]\n"));
  ASSERT_EQ(rows.size(), 4u);
  for (const auto& row : rows) {
    EXPECT_LT(row["error"], 0.2 * row["error_at_start"].get<double>()) << row;
    EXPECT_LE(row["least_held_out_error"], row["held_out_error"]) << row;
    EXPECT_GT(row["half_epochs"][0], 0) << row;
  }
  EXPECT_NE(rows[0]["held_out_error"], rows[2]["held_out_error"]);
  EXPECT_NE(slurp(folder / "out" / "sweep.toml")
                .find("own.csv\": " + std::to_string(table.size()) + " bytes, CRC-32"),
            std::string::npos);
}

TEST(SweepPlan, CountsTheLastParameterFastest) {
  const auto plan = SweepPlan::parse(
      "experiment = \"mode\"\n[[list]]\nlayers = 3\ns = 1.0\n[[list]]\nlayers = 9\ns = 2.5\n[grid]\n"
      "u0 = { from = 1e-4, to = 1e-2, count = 3, spacing = \"log\" }\nseed = { from = 5, to = 11, step = 3 "
      "}\n",
      "p");
  ASSERT_EQ(plan.runs(), 2u * 3 * 3);
  std::uint64_t run = 0;
  for (const auto& [layers, s] : {std::pair{3, 1.0}, {9, 2.5}})
    for (double u0 : {1e-4, 1e-3, 1e-2})
      for (int seed : {5, 8, 11}) {
        const auto at = plan.at(run++);
        EXPECT_EQ(at.whole("layers"), layers);
        EXPECT_EQ(at.real("s"), s);
        EXPECT_NEAR(at.real("u0"), u0, 1e-18);
        EXPECT_EQ(at.whole("seed"), seed);
        EXPECT_EQ(at.real("kappa"), 1) << "its standard value";
      }
  EXPECT_EQ(plan.at(0).real("u0"), 1e-4) << "ends are exact";
  EXPECT_EQ(plan.at(8).real("u0"), 1e-2);
}

TEST(SweepPlan, ReadsItsResolvedFormBackTheSame) {
  for (const std::string& text :
       {std::string(kModes),
        std::string(
            "experiment = \"time-course\"\n[parameters]\nrate = 1\n[[list]]\nlevels = 3\n[[list]]\nlevels = "
            "4\n[grid]\nactivation = ['tanh']\nu0 = { from = 0.1, to = 1, count = 7, spacing = 'log' }\n"),
        std::string("experiment = 'mode'\n[[list]]\nlayers = 1e3\n")}) {
    const auto plan = SweepPlan::parse(text, "p");
    const auto again = SweepPlan::parse(plan.resolved(), "resolved");
    EXPECT_EQ(again.resolved(), plan.resolved());
    ASSERT_EQ(again.runs(), plan.runs());
    for (std::uint64_t run = 0; run < plan.runs(); ++run)
      for (const auto& parameter : plan.experiment().parameters)
        EXPECT_EQ(again.at(run)[parameter.name], plan.at(run)[parameter.name]) << parameter.name;
  }
}

TEST(SweepPlan, ShippedExamplesAreWhatTheySay) {
  const auto plan_of = [](const char* name) {
    return SweepPlan::parse(slurp(fs::path(DLN_SOURCE_DIR) / "tools/examples/sweeps" / name), name);
  };
  EXPECT_EQ(plan_of("fig3-right.toml").runs(), 200u);
  EXPECT_EQ(plan_of("fig4.toml").runs(), 15u * 20);
  const auto rates = experiments::paper_rates();
  const auto fig4 = plan_of("fig4.toml");
  for (std::uint64_t i = 0; i < 20; ++i)
    EXPECT_NEAR(fig4.at(i).real("rate"), rates[19 - i], 1e-12 * rates[19 - i]) << i;
}

}  // namespace
}  // namespace dln::tools
