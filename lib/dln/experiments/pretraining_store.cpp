#include "dln/experiments/pretraining_store.hpp"

#include <fmt/format.h>

#include <optional>

namespace dln::experiments {
namespace {

// One number after the other, each list preceded by its length.
class Packed {
 public:
  explicit Packed(std::vector<double> kept = {}) : numbers(std::move(kept)) {}

  std::vector<double> numbers;

  void put(double x) { numbers.push_back(x); }
  void put(const std::vector<double>& list) {
    put(static_cast<double>(list.size()));
    numbers.insert(numbers.end(), list.begin(), list.end());
  }
  double take() { return numbers.at(next_++); }
  std::vector<double> take_list() {
    std::vector<double> list(static_cast<std::size_t>(take()));
    for (double& x : list) x = take();
    return list;
  }

 private:
  std::size_t next_ = 0;
};

// Writes with Writing = true, else reads into the same places.
template <bool Writing>
void exchange(Packed& packed, double& x) {
  if constexpr (Writing)
    packed.put(x);
  else
    x = packed.take();
}
template <bool Writing>
void exchange(Packed& packed, std::optional<TimedRun>& run) {
  double there = run ? 1 : 0;
  exchange<Writing>(packed, there);
  if (there == 0) return;
  if (!run) run.emplace();
  for (double* x : {&run->kappa, &run->rate, &run->epochs}) exchange<Writing>(packed, *x);
  for (auto* list : {&run->curve.epochs, &run->curve.errors})
    if constexpr (Writing)
      packed.put(*list);
    else
      *list = packed.take_list();
}
template <bool Writing>
void exchange(Packed& packed, StartRuns& runs) {
  auto epochs = static_cast<double>(runs.pretraining_epochs);
  exchange<Writing>(packed, epochs);
  runs.pretraining_epochs = static_cast<long>(epochs);
  for (auto* run : {&runs.same_rate, &runs.best, &runs.best_stable}) exchange<Writing>(packed, *run);
  auto rows = static_cast<double>(runs.layer_strengths.rows()),
       columns = static_cast<double>(runs.layer_strengths.cols());
  exchange<Writing>(packed, rows);
  exchange<Writing>(packed, columns);
  if constexpr (!Writing)
    runs.layer_strengths.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  for (Eigen::Index i = 0; i < runs.layer_strengths.size(); ++i)
    exchange<Writing>(packed, runs.layer_strengths.data()[i]);
}
template <bool Writing>
void exchange(Packed& packed, StartComparison& result) {
  exchange<Writing>(packed, result.random);
  exchange<Writing>(packed, result.pretrained);
  exchange<Writing>(packed, result.decoupling_residual);
  auto count = static_cast<double>(result.autoencoders.size());
  exchange<Writing>(packed, count);
  result.autoencoders.resize(static_cast<std::size_t>(count));
  for (auto& layer : result.autoencoders)
    for (double* x : {&layer.epochs, &layer.error_share, &layer.learned, &layer.most})
      exchange<Writing>(packed, *x);
}

}  // namespace

std::string study_key(const LearningProblem& problem, const PretrainingStudy& s) {
  std::string kappas;
  for (double kappa : s.kappas) kappas += fmt::format("{:a},", kappa);
  return fmt::format(
      "pretraining-2/{:08x}/Nl={}/width={}/sigma={:a}/K={}/kappa={:a}/kappas={}/below={:a}/at-most={}/"
      "patience={:a}/same={}/curves={}/seed={}",
      problem.fingerprint, s.layers, s.hidden_units, s.deviation, s.pretraining_epochs, s.pretraining_kappa,
      kappas, s.error_threshold, s.max_epochs, s.patience, s.at_same_rate, s.curves, s.seed);
}

std::vector<double> packed(StartComparison result) {
  Packed numbers;
  exchange<true>(numbers, result);
  return std::move(numbers.numbers);
}

StartComparison unpacked(std::vector<double> numbers) {
  Packed kept(std::move(numbers));
  StartComparison result;
  exchange<false>(kept, result);
  return result;
}

}  // namespace dln::experiments
