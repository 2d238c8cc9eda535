// Fig 3: three-layer networks from decoupled or small random weights, linear or tanh; each run is one start.
#include "dln/experiments/learning_speed.hpp"
#include "dln/experiments/time_course.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

SweepOutcome run(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  const experiments::TimeCourseOptions options{
      .hidden_units = at.whole("hidden_units"),
      .learning_rate = at.real("rate"),
      .initial_strength = at.real("u0"),
      .start =
          at.word("start") == "decoupled" ? experiments::Start::decoupled : experiments::Start::small_random,
      .activation =
          at.word("activation") == "tanh" ? experiments::Activation::tanh : experiments::Activation::linear,
      .completion = at.real("completion"),
      .max_epochs = static_cast<long>(at.whole("max_epochs")),
      .sample_every = static_cast<long>(at.whole("sample_every")),
      .seed = at.seed(),
      .run = static_cast<std::uint64_t>(at.whole("run"))};
  const auto course = experiments::run_time_course(*problem, options);
  const bool diverged = course.reason == network::DescentStop::diverged;
  const auto predicted = experiments::predicted_half_times(*problem, options);
  SweepOutcome outcome{.diverged = diverged, .values = {}};
  outcome.values = {static_cast<double>(course.iterations),
                    course.reason == network::DescentStop::observer ? 1.0 : 0.0,
                    diverged ? kNoNumber : experiments::count_plateaus(course.descent_speed)};
  for (Eigen::Index k = 0; k < course.half_times.size(); ++k) {
    const double theory = k < predicted.size() ? predicted[k] : kNoNumber;
    outcome.values.insert(outcome.values.end(), {problem->modes.singular_values[k], course.half_times[k],
                                                 theory, (course.half_times[k] - theory) / theory});
  }
  return outcome;
}

}  // namespace

SweepExperiment time_course_experiment() {
  auto parameters =
      joined(data_parameters(),
             {whole("hidden_units", 32, 1, 100'000, "N_2"),
              real("rate", 0.5e-3, 0, 1e6, "learning rate lambda, of sums over the examples"),
              real("u0", 1e-6, 0, 1e6, "initial strength of every mode, in the mean"),
              word("start", "small-random", {"small-random", "decoupled"}, "where learning starts"),
              word("activation", "linear", {"linear", "tanh"}, "of the hidden units"),
              real("completion", 0.99, 0, 1, "a run ends when every mode has this share of its s"),
              whole("max_epochs", 100'000, 1, 1'000'000'000, "or after so many epochs"),
              whole("sample_every", 4, 1, 1'000'000, "epochs between looks at the strengths"),
              whole("run", 0, 0, kLargestSeed, "which start of this seed")});
  return {.name = "time-course",
          .summary = "Fig 3: when a three-layer network learns each mode, and how much later than Eq 11 says",
          .parameters = std::move(parameters),
          .columns = {{"epochs", "of the whole run"},
                      {"complete", "1 when every mode was learned"},
                      {"plateaus", "of the total error"}},
          .mode_columns = {{"s", "singular value"},
                           {"half_time", "epochs to s/2; NaN for a mode that was not learned"},
                           {"theory", "the same by Eq 11"},
                           {"delay", "of the first over the second, relative"}},
          .run = run};
}

}  // namespace dln::tools
