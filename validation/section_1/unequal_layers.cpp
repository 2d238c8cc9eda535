// Eq 8 in closed form from unequal layers, of any signs.
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using theory::UnequalMode;

// ab = c sinh(theta) instead of (c/2) sinh(theta), as v3's Supplement A has it: tau u' = sqrt(c^2 + u^2)(s -
// u), which is Eq 8's own law for twice the c and twice the tau.
UnequalMode<double> law_of_v3(double a0, double b0, double s, double tau) {
  const double c = 2 * (a0 - b0) * (a0 + b0), u0 = a0 * b0, p = std::hypot(c, 2 * u0);
  // The larger layer from its square, the smaller from the product.
  const double larger = std::sqrt((p + std::abs(c)) / 2), smaller = u0 / larger;
  return c >= 0 ? unequal_law(larger, smaller, s, 2 * tau) : unequal_law(smaller, larger, s, 2 * tau);
}

// Largest |difference of a or b| / max(1, sqrt(s)) between the law and Eq 8 integrated, over sign cases.
double law_against_flow(const UnequalLaw& law) {
  base::Worst worst;
  for (double s : {1.0, 0.3, -0.5, 0.0})
    for (const LayerStart& start :
         {LayerStart{0.4, 0.1}, {0.1, -0.4}, {-0.3, -0.2}, {1e-3, -5e-4}, {1.5, 1.2}, {0, 0.7}}) {
      const auto mode = law(start.a0, start.b0, s, 2);
      const auto grid = base::TimeGrid<double>::linear(0, 30, 31);
      const auto solution = ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s, 2}).layers(),
                                                         {start.a0, start.b0}, grid, sharp_integration());
      for (std::size_t i = 0; i < grid.size(); ++i) {
        const auto [a, b] = layers_at(mode, grid[i]);
        const auto x = solution.trajectory.state(i);
        worst.see(std::abs(a - x[0]));
        worst.see(std::abs(b - x[1]));
      }
    }
  return worst.value();
}

double law_against_network(Context& context, const LearningProblem& problem, const UnequalLaw& law) {
  const double a0 = 2e-3, b0 = -5e-4;
  return network_against_law(problem, a0, b0, context.seed(),
                             [&](double s, double t) { return strength_at(law(a0, b0, s, 1), t); });
}

Check flow_check(double measured, Subject subject) {
  return {
      .quantity =
          "largest difference of a or b from Eq 8 integrated: s = 1, 0.3, −0.5, 0; layers of all signs",
      .measured = measured,
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-9,
      .bound_reason =
          "tolerance 1e-12, amplified by up to e^{st/τ} on the way past the saddle from (1e-3, −5e-4), which "
          "is about 1000",
      .wide_reason = "The stepper mostly does better than its tolerance",
      .witness_pair = "TF",
      .subject = subject};
}

std::vector<Check> c11(Context& context, const UnequalLaw& law) {
  std::vector<Check> checks{flow_check(law_against_flow(law), Subject::claim)};
  for (const LearningProblem* problem : {&context.tree(), &context.images()})
    checks.push_back(
        {.quantity =
             "largest |u_{N} − u_{T}| / s over all modes of a network from a_{0} = 2e-3, b_{0} = −5e-4",
         .measured = law_against_network(context, *problem, law),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-8,
         .bound_reason =
             "tolerance 1e-10 of the network's flow times 2 s t / τ of up to 60, by which a plateau "
             "amplifies it",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TN",
         .dataset = problem->name});
  return checks;
}

std::vector<Check> x8(Context&, const UnequalLaw& corrected) {
  // One start is enough to refute; both layers positive, where v3's form is defined without doubt.
  const auto mode = law_of_v3(0.4, 0.1, 1, 1);
  const auto grid = base::TimeGrid<double>::linear(0, 5, 51);
  const auto solution = ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, 1}).layers(),
                                                     {0.4, 0.1}, grid, sharp_integration());
  base::Worst worst;
  for (std::size_t i = 0; i < grid.size(); ++i)
    worst.see(std::abs(strength_at(mode, grid[i]) -
                       solution.trajectory.state(i)[0] * solution.trajectory.state(i)[1]));
  return {{.quantity = "largest |u − u_{F}| of ab = c sinh θ from a_{0} = 0.4, b_{0} = 0.1, s = 1",
           .measured = worst.value(),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.05,
           .bound_reason = "the integration errs by less than 1e-9",
           .witness_pair = "TF",
           .subject = Subject::printed},
          flow_check(law_against_flow(corrected), Subject::corrected)};
}

}  // namespace

std::vector<Claim> claims_on_unequal_layers() {
  return {
      {{.id = "C11",
        .section = 1,
        .sentence = "Eq 8 is solved in closed form from any two layer strengths, of any signs.",
        .source = "after Eq 9, supplement",
        .formula = "a ± b = (a_{0} ± b_{0}) r^{±1},  r^{2} = D′/D,  s − u = 4K^{2}q(s − u_{0})/(DD′)",
        .witnesses = "STFN",
        .algebra = Algebra::whole,
        .figures = {"2"},
        .needs_images = true},
       [](Context& c) { return c11(c, unequal_law); },
       "ab = c sinh θ without its factor ½",
       [](Context& c) { return c11(c, law_of_v3); }},
      {{.id = "X8",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The hyperbolic solution for unequal layers in Supplement A of the long version, arXiv "
                    "1312.6120v3.",
        .source = "v3, Supplement A",
        .formula = "ab = c_{0} sinh θ",
        .printed = "ab = c_{0} sinh θ, c_{0} = a^{2} − b^{2}",
        .corrected = "ab = (c_{0}/2) sinh θ",
        .witnesses = "STF",
        .algebra = Algebra::whole,
        .figures = {}},
       [](Context& c) { return x8(c, unequal_law); },
       "the correction is the printed form",
       [](Context& c) { return x8(c, law_of_v3); }},
  };
}

}  // namespace dln::validation::section_1
