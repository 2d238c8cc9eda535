// dln pretrain on data of one's own: what its table says, and the network that it writes.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dln/base/worst.hpp"
#include "dln/data/npz.hpp"
#include "dln/linalg/matrix.hpp"
#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Words = std::vector<std::string>;

constexpr Eigen::Index kExamples = 6, kInputs = 4, kTargets = 2;
constexpr double kRate = 1.0 / 36;  // the default, 1/(2 d_1)

// Components q_k, columns, of variances 18, 8, 2 and 0; targets along the first two, s = 7.2 and 1.6.
Matrix components() {
  Matrix q(kInputs, kInputs);
  q << 1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1;
  return q / 2;
}
Matrix inputs() {
  Matrix x(kInputs, kExamples);
  const Matrix q = components();
  x << 3 * q.col(0), -3 * q.col(0), 2 * q.col(1), -2 * q.col(1), q.col(2), -q.col(2);
  return x;
}
Matrix targets() {
  Matrix y = Matrix::Zero(kTargets, kExamples);
  y.row(0) << 1.2, -1.2, 0, 0, 0, 0;
  y.row(1) << 0, 0, 0.4, -0.4, 0, 0;
  return y;
}

// A CSV of these examples, moved by `inputs_by` and `targets_by`.
std::string csv(double inputs_by = 0, double targets_by = 0, double targets_times = 1) {
  std::ostringstream out;
  out << "a,b,c,d,p,q\n";
  const Matrix x = inputs(), y = targets_times * targets();
  for (Eigen::Index mu = 0; mu < kExamples; ++mu) {
    for (Eigen::Index i = 0; i < kInputs; ++i) out << x(i, mu) + inputs_by << ',';
    out << y(0, mu) + targets_by << ',' << y(1, mu) + targets_by << '\n';
  }
  return out.str();
}

Outcome pretrain(const fs::path& data, const Words& more) {
  Words arguments{"pretrain", data.string(), "--target-columns", "p,q"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return dln(arguments);
}

std::vector<Words> rows_of(std::istream& in) {
  std::vector<Words> rows;
  for (std::string line; std::getline(in, line) && !line.empty();) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, '\t');) rows.back().push_back(cell);
  }
  return rows;
}

struct Printed {
  std::vector<Words> layers, runs;  // the heads first
  std::string rest;
};
Printed printed(const Outcome& outcome) {
  std::istringstream in(outcome.out);
  Printed result{rows_of(in), rows_of(in), {}};
  result.rest.assign(std::istreambuf_iterator<char>(in), {});
  return result;
}
std::vector<double> numbers(const std::string& cell) {
  std::istringstream in(cell);
  std::vector<double> list;
  for (std::string word; std::getline(in, word, ',');) list.push_back(std::stod(word));
  return list;
}

Matrix matrix_of(const data::NumberArray& array) {
  Matrix m(static_cast<Eigen::Index>(array.shape.at(0)), static_cast<Eigen::Index>(array.shape.at(1)));
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j)
      m(i, j) = array.values[static_cast<std::size_t>(i * m.cols() + j)];
  return m;
}
std::vector<Matrix> weights_of(const fs::path& npz) {
  const auto arrays = data::read_npz(npz, 1 << 20);
  std::vector<Matrix> weights;
  for (int l = 1; arrays.contains("W" + std::to_string(l)); ++l)
    weights.push_back(matrix_of(arrays.at("W" + std::to_string(l))));
  return weights;
}
Matrix map_of(const std::vector<Matrix>& weights) {
  Matrix map = Matrix::Identity(weights.front().cols(), weights.front().cols());
  for (const auto& w : weights) map = w * map;
  return map;
}
double error_of(const std::vector<Matrix>& weights) {
  return 0.5 * (targets() - map_of(weights) * inputs()).squaredNorm();
}

// What dln simulate makes of a network file at `rate`, after each of `steps`.
std::vector<std::vector<Matrix>> simulated(const fs::path& npz, double rate, const std::vector<long>& steps) {
  auto arrays = data::read_npz(npz, 1 << 20);
  arrays["lambda"].values = {rate};
  arrays["steps"] = {{steps.size()}, {steps.begin(), steps.end()}};
  const auto file = npz.parent_path() / "continued.npz";
  spill(file, data::npz_bytes(arrays));
  const auto outcome = dln({"simulate", "--network", file.string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  std::vector<std::vector<Matrix>> all;
  const auto json = nlohmann::json::parse(outcome.out);
  for (const auto& at : json.at("W")) {
    all.emplace_back();
    for (const auto& rows : at) {
      Matrix w(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.at(0).size()));
      for (Eigen::Index i = 0; i < w.rows(); ++i)
        for (Eigen::Index j = 0; j < w.cols(); ++j)
          w(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j)).get<double>();
      all.back().push_back(w);
    }
  }
  return all;
}

class PretrainCommand : public testing::Test {
 protected:
  PretrainCommand()
      : folder(scratch(std::string("pretrain-") +
                       testing::UnitTest::GetInstance()->current_test_info()->name())),
        data(folder / "a.csv"),
        npz(folder / "start.npz") {
    spill(data, csv());
  }

  fs::path folder, data, npz;
};

// A component grows from its seed u_0 = N_2 sigma^2/2 in ln(1/u_0)/(2 rate d) epochs: 9, 20 and 79 here.
TEST_F(PretrainCommand, TabulatesWhatEachAutoencoderHolds) {
  const auto outcome = pretrain(data, {"--units", "3,2", "--epochs", "600", "--out", npz.string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const auto [layers, runs, rest] = printed(outcome);
  ASSERT_EQ(layers.size(), 3u) << outcome.out;
  EXPECT_EQ(layers[0], (Words{"layer", "epochs", "reconstruction_error_share", "learned_components",
                              "strengths_of_the_first_five"}));
  for (std::size_t l : {1, 2}) {
    EXPECT_EQ(layers[l].at(0), std::to_string(l));
    EXPECT_EQ(layers[l].at(1), "600");
  }
  EXPECT_EQ(layers[1].at(3), "3");
  EXPECT_EQ(layers[2].at(3), "2");
  const auto first = numbers(layers[1].at(4)), second = numbers(layers[2].at(4));
  ASSERT_EQ(first.size(), 3u) << "as many as the rank of the data";
  ASSERT_EQ(second.size(), 3u);
  for (double strength : first) EXPECT_NEAR(strength, 1, 1e-6);  // e^(-2 rate d 600) / u_0 = 2e-25, in print
  // The first layer keeps lengths to order N_2 sigma^2: variances stay 18, 8, 2, and two units lose the last.
  EXPECT_LT(std::abs(std::stod(layers[1].at(2))), 1e-12);
  EXPECT_NEAR(std::stod(layers[2].at(2)), 2.0 / 28, 1e-3);
  EXPECT_NEAR(second[0], 1, 1e-6);
  EXPECT_NEAR(second[1], 1, 1e-6);
  EXPECT_NEAR(second[2], 0, 1e-6);
  // Sum of squared targets 3.2; a linear map can have none left: 12 % of that remain at the end.
  EXPECT_NE(rest.find("error below 0.192, of 1.6 at zero weights and 0 at the least"), std::string::npos)
      << rest;
  EXPECT_NE(rest.find("units 3-3-2-2"), std::string::npos) << rest;
}

TEST_F(PretrainCommand, CountsWhatFewEpochsLeaveOut) {
  const auto outcome = pretrain(data, {"--units", "3", "--epochs", "50", "--out", npz.string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto layer = printed(outcome).layers.at(1);
  EXPECT_EQ(layer.at(3), "2");
  const auto strengths = numbers(layer.at(4));
  const Matrix code = weights_of(npz).at(0) * components();
  const double variances[] = {18, 8, 2};
  double left = 0;
  for (Eigen::Index k = 0; k < 3; ++k) {
    const auto strength = strengths.at(static_cast<std::size_t>(k));
    // Encoder and decoder grow alike: half of the strength each, to order N sigma^2 / sqrt(strength).
    EXPECT_NEAR(code.col(k).squaredNorm(), strength, 0.02) << k;
    left += variances[k] * (1 - strength) * (1 - strength);
  }
  EXPECT_LT(strengths[2], 0.1);
  EXPECT_NEAR(std::stod(layer.at(2)), left / 28, 1e-3);  // off the diagonal O(N sigma^2)
}

TEST_F(PretrainCommand, CountsPretrainingInTheTotals) {
  const auto outcome =
      pretrain(data, {"--units", "3,2", "--epochs", "600", "--below", "0.05", "--out", npz.string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = printed(outcome).runs;
  ASSERT_EQ(runs.size(), 5u) << outcome.out;
  EXPECT_EQ(runs[0], (Words{"start", "rates", "rate", "epochs", "with_pretraining"}));
  EXPECT_EQ((Words{runs[1].at(0), runs[2].at(0), runs[3].at(0), runs[4].at(0)}),
            (Words{"pretrained", "pretrained", "random", "random"}));
  for (std::size_t i : {1, 3}) {
    EXPECT_EQ(runs[i].at(1), "all");
    EXPECT_EQ(runs[i + 1].at(1), "error_never_rises");
    EXPECT_LE(std::stol(runs[i].at(3)), std::stol(runs[i + 1].at(3))) << "one of all is one of these";
  }
  for (std::size_t i : {1, 2, 3, 4}) {
    const long epochs = std::stol(runs[i].at(3));
    EXPECT_EQ(std::stol(runs[i].at(4)), epochs + (i <= 2 ? 2 * 600 : 0));
    EXPECT_GE(epochs, 1);
  }
}

// The network that it writes, continued by another command in the data's own coordinates.
TEST_F(PretrainCommand, LearnsAtTheEpochThatItPrints) {
  const auto outcome =
      pretrain(data, {"--units", "3,3,3", "--epochs", "600", "--below", "0.1", "--out", npz.string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = printed(outcome).runs;
  ASSERT_NE(runs.at(1).at(2), runs.at(2).at(2)) << "here the fastest rate makes the error rise";
  for (std::size_t i : {1, 2}) {
    const long learned = std::stol(runs[i].at(3));
    std::vector<long> steps;
    for (long step = 0; step <= learned; ++step) steps.push_back(step);
    const auto at = simulated(npz, std::stod(runs[i].at(2)), steps);
    ASSERT_EQ(at.size(), steps.size());
    std::vector<double> errors;
    for (const auto& weights : at) errors.push_back(error_of(weights));
    EXPECT_LT(errors.back(), 0.1);
    EXPECT_GE(*std::min_element(errors.begin(), errors.end() - 1), 0.1) << "and not before";
    EXPECT_EQ(std::ranges::is_sorted(errors, std::greater<>()), i == 2);
  }
}

TEST_F(PretrainCommand, FindsTheRateThatLargeTargetsNeed) {
  spill(data, csv(0, 0, 1000));  // singular values of some 7000: the edge of stability is near 1/(2 s)
  const auto outcome = pretrain(data, {"--units", "3", "--epochs", "100"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = printed(outcome).runs;
  for (std::size_t i : {1, 2, 3, 4}) {
    EXPECT_NE(runs.at(i).at(2), "none") << i;
    EXPECT_LT(std::stod(runs[i].at(2)), 1e-2) << i;
  }
}

TEST_F(PretrainCommand, ExpectsNoMoreThanABottleneckCanLearn) {
  // One unit holds the mode of s = 7.2, d = 18: 2.88 of 3.2 are explained, 1/2 of the rest remains.
  const auto outcome = pretrain(data, {"--units", "1", "--epochs", "100"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(printed(outcome).rest.find("of 1.6 at zero weights and 0.16 at the least"), std::string::npos)
      << printed(outcome).rest;
  EXPECT_NE(printed(outcome).runs.at(1).at(2), "none");
  const auto refused = pretrain(data, {"--units", "1", "--below", "0.1"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("more than 0.16"), std::string::npos) << refused.err;
}

TEST_F(PretrainCommand, SaysSoWhereNothingIsLearned) {
  const auto outcome = pretrain(data, {"--units", "3,3", "--epochs", "2", "--at-most", "3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = printed(outcome).runs;
  for (std::size_t i : {1, 2, 3, 4}) {
    EXPECT_EQ(runs.at(i).at(2), "none");
    EXPECT_EQ(runs[i].at(3), "more than 3");
    EXPECT_EQ(runs[i].at(4), i <= 2 ? "more than 7" : "more than 3");
  }
}

TEST_F(PretrainCommand, WritesAStartThatSimulateReadsBackInTheDatasOwnCoordinates) {
  ASSERT_EQ(pretrain(data, {"--units", "2,2", "--epochs", "600", "--out", npz.string()}).code, 0);
  const auto arrays = data::read_npz(npz, 1 << 20);
  const Matrix x = inputs(), y = targets();
  EXPECT_LT((matrix_of(arrays.at("Sigma11")) - x * x.transpose()).norm(), 1e-13);  // rounding of sums of 18
  EXPECT_LT((matrix_of(arrays.at("Sigma31")) - y * x.transpose()).norm(), 1e-13);
  EXPECT_NEAR(arrays.at("lambda").values.at(0), kRate, 1e-14);
  const auto weights = weights_of(npz);
  const auto at = simulated(npz, kRate, {0});
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(at[0], weights) << "to the last bit";
  ASSERT_EQ(weights.size(), 3u);
  // Two units hold the two leading components at their lengths, up to N sigma^2 = 4e-4 in every layer, and
  // nothing of a direction in which there are no data.
  const Matrix q = components().leftCols(2), lower = weights[1] * weights[0];
  EXPECT_LT((lower.transpose() * lower - q * q.transpose()).norm(), 2e-3);
  EXPECT_LT((weights[0].transpose() * weights[0] - q * q.transpose()).norm(), 1e-3);
  EXPECT_LT((weights[0] * components().col(3)).norm(), 1e-14);
  base::Worst top;
  for (Eigen::Index i = 0; i < weights[2].size(); ++i) top.see(std::abs(weights[2].data()[i]));
  EXPECT_LT(top.value(), 0.05) << "untrained: entries N(0, 0.01^2)";
  EXPECT_GT(top.value(), 0.001);
  EXPECT_NEAR(error_of(weights), 1.6, 0.2) << "of zero weights, nearly";
}

TEST_F(PretrainCommand, GivesTheSameBytesForTheSameSeed) {
  const auto made = [&](const char* seed) {
    const auto outcome =
        pretrain(data, {"--units", "3,2", "--epochs", "50", "--seed", seed, "--out", npz.string()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return std::pair(outcome.out, slurp(npz));
  };
  const auto once = made("7");
  EXPECT_EQ(once, made("7"));
  const auto other = made("8");
  EXPECT_NE(once.first, other.first);
  EXPECT_NE(once.second, other.second) << "the pretrained start too";
}

// Explicit Euler against what it approximates: at the same time rate * epochs, the gap is of first order.
TEST_F(PretrainCommand, DescentTendsToTheFlow) {
  const auto encoder = [&](double rate, bool flow) {
    Words more{"--units",  "2",
               "--sigma",  "0.1",
               "--rate",   std::to_string(rate),
               "--epochs", std::to_string(std::lround(0.2 / rate)),
               "--out",    npz.string()};
    if (flow) more.push_back("--flow");
    const auto outcome = pretrain(data, more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find(flow ? "Pretraining: flow" : "Pretraining: descent"), std::string::npos);
    return weights_of(npz).at(0);
  };
  const auto gap = [&](double rate) { return (encoder(rate, true) - encoder(rate, false)).norm(); };
  const double coarse = gap(0.0005), fine = gap(0.00025);
  // (rate/2) |W''| t: curvature 2 d_1 = 36 over t = 0.2 makes 0.0005/2 * 36 * 36 * 0.2 = 0.065 of the weights
  // at most.
  EXPECT_LT(coarse, 0.065);
  EXPECT_GT(fine, 1e-5) << "a flow that is none";
  EXPECT_NEAR(coarse / fine, 2, 0.1);  // the next order: rate * 2 d_1 = 0.018
  EXPECT_LT((encoder(0.0005, true) - encoder(0.00025, true)).norm(), 1e-7) << "integrator, printed 6 digits";
}

// Small whole numbers: sums, means and their products are exact, and so centred data are the same to the bit.
TEST_F(PretrainCommand, CentresInputsAndTargets) {
  const auto run = [&](const std::string& text, bool centred) {
    spill(data, text);
    Words more{"--units", "2", "--epochs", "60", "--out", npz.string()};
    if (centred) more.push_back("--centred");
    const auto outcome = pretrain(data, more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return printed(outcome);
  };
  const std::string head = "a,b,c,d,p,q\n";
  const std::string around_zero = head + "3,1,0,1,2,0\n-3,-1,0,-1,-2,0\n0,2,4,-2,0,1\n0,-2,-4,2,0,-1\n",
                    moved = head + "5,4,-4,0,7,5\n-1,2,-4,-2,3,5\n2,5,0,-3,5,6\n2,1,-8,1,5,4\n";
  const auto expected = run(around_zero, false);
  const auto bytes = slurp(npz);
  const auto centred = run(moved, true);
  EXPECT_EQ(slurp(npz), bytes);
  EXPECT_EQ(centred.layers, expected.layers);
  EXPECT_EQ(centred.runs, expected.runs);
  EXPECT_NE(centred.rest.find("4 examples, centred"), std::string::npos) << centred.rest;
  run(moved, false);
  EXPECT_NE(slurp(npz), bytes);
}

TEST_F(PretrainCommand, ReadsTheSameFromNpz) {
  const Words more{"--units", "3", "--epochs", "40"};
  const auto expected = pretrain(data, more);
  data::NamedArrays arrays{{"x", {{kExamples, kInputs}, {}}}, {"y", {{kExamples, kTargets}, {}}}};
  for (Eigen::Index mu = 0; mu < kExamples; ++mu) {
    for (double v : Vector(inputs().col(mu))) arrays["x"].values.push_back(v);
    for (double v : Vector(targets().col(mu))) arrays["y"].values.push_back(v);
  }
  spill(folder / "a.npz", data::npz_bytes(arrays));
  const auto outcome = dln({"pretrain", (folder / "a.npz").string(), "--units", "3", "--epochs", "40"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, expected.out);
}

}  // namespace
}  // namespace dln::tools
