// Eq 18, Q = V11: the printed check of it on real images and on tasks made to pass, to fail and to mislead.
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/data/consistency.hpp"
#include "dln/linalg/decompositions.hpp"
#include "validation/context.hpp"
#include "validation/section_3/consistency_tasks.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::Consistency;
using data::TaskModes;

constexpr double kSmall = 0.1, kApproximate = 1.0 / 3;

// How a claim obtains the input modes of a task.
using InputModes = std::function<data::SingularModes(const data::Correlations&)>;

data::SingularModes modes_of(const data::Correlations& correlations) {
  return data::singular_modes(correlations.sigma31);
}
// As many orthonormal columns that have nothing to do with the task.
data::SingularModes unrelated_modes(const data::Correlations& correlations) {
  auto modes = modes_of(correlations);
  auto stream = base::stream(1, "claim C38, wrong variant");
  modes.input = linalg::haar_orthonormal(modes.input.rows(), modes.size(), stream);
  return modes;
}

Consistency examined(Context& context, const data::Correlations& correlations, const InputModes& modes) {
  return data::consistency(correlations, modes(correlations), context.seed());
}

double largest_invariance(const Consistency& found, std::size_t first, std::size_t last) {
  base::Worst worst;
  for (std::size_t k = first; k < last && k < found.by_mode.size(); ++k)
    worst.see(found.by_mode[k].invariance);
  return worst.value();
}
double smallest_invariance(const Consistency& found, std::size_t first) {
  base::Worst worst;
  for (std::size_t k = first; k < found.by_mode.size(); ++k) worst.see(-found.by_mode[k].invariance);
  return -worst.value();
}

// Fig 5's contrast between the task's modes, pixels and chance.
void add_fig5_contrast(const Consistency& found, const std::string& dataset, std::vector<Check>& checks) {
  checks.push_back({.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V over the task's modes",
                    .measured = found.modes.off_diagonal,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kSmall,
                    .bound_reason = "nearly diagonal: 99 % of the squared norm on the diagonal",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "Σ¹¹'s own in pixels, over that",
                    .measured = found.inputs_off_diagonal / found.modes.off_diagonal,
                    .expected = 10,
                    .relation = Relation::at_least,
                    .bound = 10,
                    .bound_reason = "Fig 5's contrast of left and centre: an order of magnitude",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "that of as many random orthonormal columns, over that",
                    .measured = found.random.off_diagonal / found.modes.off_diagonal,
                    .expected = 10,
                    .relation = Relation::at_least,
                    .bound = 10,
                    .bound_reason = "an order of magnitude less than by chance",
                    .witness_pair = "D",
                    .dataset = dataset});
}

// Over all modes at once, where the brightness decides.
void add_eq18_of_all_modes(const Consistency& found, const std::string& dataset, std::vector<Check>& checks) {
  checks.push_back({.quantity = "‖Σ¹¹V − V diag‖/‖diag‖, which Eq 18 needs too",
                    .measured = found.modes.invariance,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kSmall,
                    .bound_reason = "the same 99 %",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "growth of the off-diagonal residual without mode 1, the brightness",
                    .measured = found.without_leading
                                    ? found.without_leading->off_diagonal / found.modes.off_diagonal
                                    : NAN,
                    .expected = 2,
                    .relation = Relation::at_least,
                    .bound = 2,
                    .bound_reason = "mode 1, of several times all other variance, outweighs the rest",
                    .witness_pair = "D",
                    .dataset = dataset});
}

void add_eq18_mode_by_mode(const Consistency& found, const std::string& dataset, std::vector<Check>& checks) {
  const std::size_t r = found.by_mode.size();
  checks.push_back({.quantity = "largest ‖Σ¹¹v − dv‖/d of modes 1 to 4",
                    .measured = largest_invariance(found, 0, 4),
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kApproximate,
                    .bound_reason = "approximate: Σ¹¹v keeps 90 % of its squared length along v",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "smallest ‖Σ¹¹v − dv‖/d of the last three modes",
                    .measured = smallest_invariance(found, r > 3 ? r - 3 : 0),
                    .expected = kApproximate,
                    .relation = Relation::at_least,
                    .bound = kApproximate,
                    .bound_reason = "the weak modes violate Eq 18: not even 90 %",
                    .witness_pair = "D",
                    .dataset = dataset});
}

void add_raw_images(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  const auto found = examined(context, context.raw_images(), modes);
  const std::string dataset = context.images(experiments::InputScale::raw).name;
  add_fig5_contrast(found, dataset, checks);
  add_eq18_of_all_modes(found, dataset, checks);
  add_eq18_mode_by_mode(found, dataset, checks);
}

void add_centred_images(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  const auto found = examined(context, data::centred(context.raw_images()), modes);
  const std::string dataset = context.images(experiments::InputScale::raw).name + ", centred";
  checks.push_back({.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V, centred",
                    .measured = found.modes.off_diagonal,
                    .expected = kSmall,
                    .relation = Relation::at_least,
                    .bound = kSmall,
                    .bound_reason = "without the mean the block is no longer nearly diagonal",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "that of random columns, over that",
                    .measured = found.random.off_diagonal / found.modes.off_diagonal,
                    .expected = 1.5,
                    .relation = Relation::at_least,
                    .bound = 1.5,
                    .bound_reason = "and yet below what chance gives",
                    .witness_pair = "D",
                    .dataset = dataset});
}

void add_constructed(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  for (const auto which : data::kAllTaskModes) {
    const auto correlations = task_on(context, which);
    const auto found = examined(context, correlations, modes);
    const std::string dataset = "task on " + std::string(name_of(which));
    const bool printed_passes = which != TaskModes::random;
    checks.push_back(
        {.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V",
         .measured = found.modes.off_diagonal,
         .expected = 0,
         .relation = printed_passes ? Relation::at_most : Relation::at_least,
         .bound = printed_passes ? kRounding : kSmall,
         .bound_reason = printed_passes ? "rounding: size² × eps" : "not nearly diagonal, as chance has it",
         .wide_reason = printed_passes ? "Errors of 40 terms hardly ever add up" : "",
         .witness_pair = "D",
         .dataset = dataset});
    const bool holds = which == TaskModes::leading || which == TaskModes::minor;
    checks.push_back({.quantity = holds ? "largest ‖Σ¹¹v − dv‖/d" : "smallest ‖Σ¹¹v − dv‖/d",
                      .measured = holds ? largest_invariance(found, 0, 4) : smallest_invariance(found, 0),
                      .expected = 0,
                      .relation = holds ? Relation::at_most : Relation::at_least,
                      // Variances down to 1/100 of the largest, to which the roundings are relative.
                      .bound = holds ? 100 * kRounding : kApproximate,
                      .bound_reason = holds ? "rounding: size² × eps × the condition of Σ¹¹, 100"
                                            : "no mode is an eigenvector, whatever the printed check says",
                      .wide_reason = holds ? "Errors of 40 terms hardly ever add up" : "",
                      .witness_pair = "D",
                      .dataset = dataset});
  }
}

std::vector<Check> c38(Context& context, const InputModes& modes) {
  std::vector<Check> checks;
  add_raw_images(context, modes, checks);
  add_centred_images(context, modes, checks);
  add_constructed(context, modes, checks);
  return checks;
}
}  // namespace

std::vector<Claim> claims_on_consistency() {
  return {
      {{.id = "C38",
        .section = 3,
        .sentence =
            "On images as they are VᵀΣ¹¹V is nearly diagonal over the task's modes, as Fig 5 shows, because "
            "the "
            "brightness outweighs the rest: modes 1 to 4 are approximately principal components, the weakest "
            "are not, and centred the block is not nearly diagonal. The check is necessary for Eq 18, not "
            "sufficient.",
        .source = "section 3, Eq 18 and Fig 5",
        .formula = "Q = V¹¹",
        .witnesses = "SD",
        .algebra = Algebra::part,
        .figures = {"5l", "5c"},
        .needs_images = true},
       [](Context& c) { return c38(c, modes_of); },
       "random orthonormal columns in the place of V¹¹",
       [](Context& c) { return c38(c, unrelated_modes); }},
  };
}

}  // namespace dln::validation::section_3
