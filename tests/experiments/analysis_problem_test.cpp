// Data made ready for a forecast, against the examples themselves: every correlation and error is summed
// again from examples in the coordinates of the problem.
#include "dln/experiments/analysis_problem.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::relative_difference;
using linalg::Vector;

// Sums of some ten terms, an eigenproblem of condition about 1e3 and the differences that centring makes.
constexpr double kRounding = 1e-11;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(3, "analysis problem test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// Five inputs, of which the last is the sum of the first two, and three targets, all of some mean.
data::Dataset examples(Eigen::Index count, int which) {
  data::Dataset set{Matrix(5, count), Matrix(3, count)};
  set.inputs.topRows(4) = gaussian(4, 4, 1) * gaussian(4, count, which);
  set.inputs.topRows(4).colwise() += Vector(Eigen::Vector4d(1, -2, 0.5, 3));
  set.inputs.row(4) = set.inputs.row(0) + set.inputs.row(1);
  set.targets = gaussian(3, 5, 2) * set.inputs + 0.3 * gaussian(3, count, which + 100);
  set.targets.array() += 2;
  return set;
}

const data::Dataset kLearned = examples(30, 10), kHeldOut = examples(12, 20);

data::SplitCorrelations split() {
  return {data::correlate(kLearned), data::correlate(kHeldOut)};
}

// The examples as the problem sees them.
data::Dataset seen(const AnalysisProblem& analysed, InputTreatment treatment, data::Dataset set) {
  if (treatment == InputTreatment::centred) {
    set.inputs.colwise() -= kLearned.inputs.rowwise().mean().eval();
    set.targets.colwise() -= kLearned.targets.rowwise().mean().eval();
  }
  return {analysed.transform * set.inputs, set.targets};
}

double summed_error(const Matrix& map, const data::Dataset& set) {
  return 0.5 * (set.targets - map * set.inputs).squaredNorm();
}

class EveryTreatment : public testing::TestWithParam<InputTreatment> {
 protected:
  AnalysisProblem analysed = analysis_problem(split(), GetParam());
};
INSTANTIATE_TEST_SUITE_P(Of, EveryTreatment,
                         testing::Values(InputTreatment::raw, InputTreatment::centred, InputTreatment::white),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST_P(EveryTreatment, HasTheCorrelationsOfTheExamplesInItsCoordinates) {
  const auto& c = analysed.problem.correlations;
  ASSERT_EQ(c.sigma11.rows(), 4) << "one direction holds no data";
  const auto expect_of = [&](const data::Correlations& found, const data::Dataset& set) {
    const auto wanted = data::correlate(seen(analysed, GetParam(), set));
    EXPECT_LE(relative_difference(found.sigma11, wanted.sigma11), kRounding);
    EXPECT_LE(relative_difference(found.sigma31, wanted.sigma31), kRounding);
    EXPECT_NEAR(found.target_power / wanted.target_power, 1, kRounding);
    EXPECT_EQ(found.examples, wanted.examples);
  };
  expect_of(c, kLearned);
  ASSERT_TRUE(analysed.held_out);
  expect_of(*analysed.held_out, kHeldOut);
  const auto wanted = data::correlate(seen(analysed, GetParam(), kHeldOut));
  EXPECT_LE((analysed.held_out->input_mean - wanted.input_mean).norm(), kRounding * 10);
  EXPECT_LE((analysed.held_out->target_mean - wanted.target_mean).norm(), kRounding * 10);
}

TEST_P(EveryTreatment, MakesSigma11ExactlyDiagonal) {
  const auto form = data::input_form(analysed.problem.correlations.sigma11);
  EXPECT_EQ(form, GetParam() == InputTreatment::white ? data::InputForm::white : data::InputForm::diagonal);
  const auto& sigma31 = analysed.problem.correlations.sigma31;
  const auto& modes = analysed.problem.modes;
  ASSERT_EQ(modes.size(), 3);
  EXPECT_LE(relative_difference(modes.output * modes.singular_values.asDiagonal() * modes.input.transpose(),
                                sigma31),
            kRounding);
  EXPECT_EQ(analysed.problem.fingerprint, data::fingerprint(analysed.problem.correlations));
}

TEST_P(EveryTreatment, LooksBackThroughThePseudoInverseOfItsTransform) {
  const Matrix &t = analysed.transform, &p = analysed.pattern;
  ASSERT_EQ(p.rows(), 5);
  ASSERT_EQ(p.cols(), 4);
  const Matrix there_and_back = p * t;
  EXPECT_LE((t * p - Matrix::Identity(4, 4)).norm(), kRounding);
  EXPECT_LE((there_and_back - there_and_back.transpose()).norm(), kRounding);
  EXPECT_LE((there_and_back * p - p).norm(), kRounding * p.norm());
  data::Dataset centred = seen(analysed, GetParam(), kHeldOut);
  const Matrix inputs = p * centred.inputs;  // every input lies in the data's span
  centred = kHeldOut;
  if (GetParam() == InputTreatment::centred)
    centred.inputs.colwise() -= kLearned.inputs.rowwise().mean().eval();
  EXPECT_LE(relative_difference(inputs, centred.inputs), kRounding);
}

TEST_P(EveryTreatment, TellsTheErrorOfAnyMapOnEitherExamples) {
  const Matrix map = gaussian(3, 4, 30);
  for (const auto& [correlations, set] :
       {std::pair{analysed.problem.correlations, kLearned}, std::pair{*analysed.held_out, kHeldOut}}) {
    const double wanted = summed_error(map, seen(analysed, GetParam(), set));
    EXPECT_NEAR(squared_error_of_map(map, correlations) / wanted, 1, kRounding);
    const auto network = network::LinearNetwork<double>::from_matrices({map});
    EXPECT_NEAR(squared_error_of_map(map, correlations) / network::squared_error(network, correlations), 1,
                kRounding);
  }
}

TEST_P(EveryTreatment, TakesANetworkOverWithItsError) {
  auto stream = base::stream(3, "analysis problem network");
  const auto own = network::small_random_weights({5, 6, 7, 3}, 0.4, stream);
  const auto taken = in_coordinates_of(analysed, own);
  EXPECT_EQ(taken.units(), (std::vector<Eigen::Index>{4, 6, 7, 3}));
  for (const auto& [correlations, set] :
       {std::pair{analysed.problem.correlations, kLearned}, std::pair{*analysed.held_out, kHeldOut}}) {
    data::Dataset own_examples = set;
    if (GetParam() == InputTreatment::centred) {
      own_examples.inputs.colwise() -= kLearned.inputs.rowwise().mean().eval();
      own_examples.targets.colwise() -= kLearned.targets.rowwise().mean().eval();
    }
    EXPECT_NEAR(
        network::squared_error(taken, correlations) / summed_error(network::end_to_end(own), own_examples), 1,
        kRounding);
  }
  for (const auto& units : {std::vector<Eigen::Index>{4, 6, 3}, {5, 6, 2}})
    EXPECT_THROW(in_coordinates_of(analysed, network::LinearNetwork<double>(units)), base::DomainError);
}

TEST(AnalysisProblem, HoldsNothingOutWhereNothingIs) {
  EXPECT_FALSE(analysis_problem({data::correlate(kLearned), {}}, InputTreatment::raw).held_out);
}

TEST(AnalysisProblem, WhereThereIsNothingToLearnIsRefused) {
  const auto refused = [](data::Dataset set, InputTreatment treatment) {
    EXPECT_THROW(analysis_problem({data::correlate(set), {}}, treatment), base::DataError);
  };
  auto constant_inputs = kLearned, constant_targets = kLearned, zero_inputs = kLearned,
       zero_targets = kLearned;
  constant_inputs.inputs.colwise() = Vector(Vector::LinSpaced(5, 0.1, 0.7));
  constant_targets.targets.colwise() = Vector(Vector::LinSpaced(3, 0.1, 0.3));
  zero_inputs.inputs.setZero();
  zero_targets.targets.setZero();
  refused(constant_inputs, InputTreatment::centred);
  refused(constant_targets, InputTreatment::centred);
  for (const auto treatment : {InputTreatment::raw, InputTreatment::centred, InputTreatment::white}) {
    refused(zero_inputs, treatment);
    refused(zero_targets, treatment);
  }
  EXPECT_NO_THROW(analysis_problem({data::correlate(constant_inputs), {}}, InputTreatment::raw));
  EXPECT_NO_THROW(analysis_problem({data::correlate(constant_targets), {}}, InputTreatment::raw));
}

}  // namespace
}  // namespace dln::experiments
