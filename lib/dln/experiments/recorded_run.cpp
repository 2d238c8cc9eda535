#include "dln/experiments/recorded_run.hpp"

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/network/input_compression.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/output_compression.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-10;  // of E, a difference of sums

// The problem and the network in as few inputs and outputs as is exact.
struct Trained {
  network::OutputCompression outputs;
  network::InputCompression inputs;
  data::Correlations correlations;
  std::optional<data::Correlations> held_out;

  Trained(const AnalysisProblem& analysed, const Network& start)
      : outputs(analysed.problem.correlations.sigma31, start),
        inputs(outputs.compress(analysed.problem.correlations), outputs.compress(start)),
        correlations(compressed(analysed.problem.correlations)) {
    if (analysed.held_out) held_out = compressed(*analysed.held_out);
  }
  Network expand(const Network& network) const { return outputs.expand(inputs.expand(network)); }
  data::Correlations compressed(const data::Correlations& c) const {
    return inputs.compress(outputs.compress(c));
  }
};

}  // namespace

RecordedRun record_run(const AnalysisProblem& analysed, const Network& start, double rate,
                       const std::vector<double>& epochs, base::Progress& progress) {
  base::require(!epochs.empty() && epochs.front() == 0, "first epoch",
                epochs.empty() ? kNothing : epochs.front(), "0");
  const auto& problem = analysed.problem;
  network::require_fitting(start.units(), problem.correlations);
  const int matrices = start.depth().weight_matrices();
  const Trained trained(analysed, start);
  Network network = trained.inputs.compress(trained.outputs.compress(start));
  const auto [s, d] = aligned_modes(problem);
  const linalg::Vector halves = s.cwiseQuotient(2 * d);
  const Eigen::Index modes = s.size();

  RecordedRun run;
  run.half_epochs = linalg::Vector::Constant(modes, kNothing);
  std::vector<double> rows, squares;
  linalg::Vector before;
  double before_epoch = 0, before_error = std::numeric_limits<double>::infinity();
  std::size_t next = 0;
  network::ChainGradient<double> gradient(trained.correlations, network);
  const auto observe = [&](long iteration, double error) {
    const auto epoch = static_cast<double>(iteration);
    run.error_rose = run.error_rose || error > before_error + kRounding * problem.correlations.target_power;
    before_error = error;
    if (next == epochs.size() || epoch != epochs[next]) return true;
    ++next;
    const Network whole = trained.expand(network);
    const auto measured = network::mode_strengths(whole, problem.modes);
    for (Eigen::Index k = 0; k < modes; ++k)
      if (std::isnan(run.half_epochs[k]) && measured.strengths[k] >= halves[k])
        run.half_epochs[k] = before.size() == 0
                                 ? 0
                                 : before_epoch + (epoch - before_epoch) * (halves[k] - before[k]) /
                                                      (measured.strengths[k] - before[k]);
    before = measured.strengths;
    before_epoch = epoch;
    run.epochs.push_back(epoch);
    rows.insert(rows.end(), measured.strengths.begin(), measured.strengths.end());
    run.leak.push_back(measured.leak);
    run.error.push_back(error);
    if (trained.held_out) run.held_out_error.push_back(network::squared_error(network, *trained.held_out));
    for (int l = 1; l <= matrices; ++l) squares.push_back(whole.weight(l).squaredNorm());
    progress.report("training", epoch / epochs.back());
    return next < epochs.size();
  };
  const auto result = network::descend_in_place(
      gradient, network, {.learning_rate = rate, .max_iterations = static_cast<long>(epochs.back())},
      observe);
  run.reason = result.reason;
  run.iterations = result.iterations;
  run.path = network::path_of(start.units(), network.units(), 0, true, gradient.path());
  run.end = trained.expand(network);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto samples = static_cast<Eigen::Index>(run.epochs.size());
  run.strengths = Eigen::Map<const RowMajor>(rows.data(), samples, modes);
  run.squares = Eigen::Map<const RowMajor>(squares.data(), samples, matrices);
  return run;
}

}  // namespace dln::experiments
