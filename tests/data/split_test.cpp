// Examples parted in two, and what a file says of its images and columns.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/data/correlations.hpp"
#include "dln/data/npz.hpp"

namespace {

namespace fs = std::filesystem;
using namespace dln::data;
using dln::linalg::Matrix;
using Names = std::vector<std::string>;

// Example mu is one in input mu, so that Sigma11's diagonal tells which examples were summed; its target is
// mu + 1.
constexpr Eigen::Index kExamples = 60;
ExampleSource one_hot(Eigen::Index batch_size) {
  ExampleSource source{kExamples, 1, kExamples, {}, {}};
  source.next = [batch_size, at = Eigen::Index{0}](Dataset& batch) mutable {
    if (at == kExamples) return false;
    const Eigen::Index count = std::min(batch_size, kExamples - at);
    batch.inputs = Matrix::Identity(kExamples, kExamples).middleCols(at, count);
    batch.targets = Matrix::NullaryExpr(
        1, count, [at](Eigen::Index, Eigen::Index j) { return static_cast<double>(at + j + 1); });
    at += count;
    return true;
  };
  return source;
}

SplitCorrelations split(double share, std::uint64_t seed = 1, Eigen::Index batch_size = 7) {
  auto source = one_hot(batch_size);
  dln::base::SilentProgress silent;
  return correlate_split(source, share, seed, silent);
}

Matrix examples_in(const Correlations& c) {
  return c.sigma11.diagonal();
}

TEST(CorrelateSplit, PartsTheExamplesSoThatTheTwoSumUpToAll) {
  auto source = one_hot(kExamples);
  dln::base::SilentProgress silent;
  const auto all = correlate(source, silent);
  const auto [learned, held_out] = split(0.3);
  ASSERT_TRUE(held_out);
  // Whole numbers: sums of them are exact.
  EXPECT_EQ(learned.sigma11 + held_out->sigma11, all.sigma11);
  EXPECT_EQ(learned.sigma31 + held_out->sigma31, all.sigma31);
  EXPECT_EQ(learned.target_power + held_out->target_power, all.target_power);
  EXPECT_EQ(learned.examples + held_out->examples, all.examples);
  EXPECT_EQ(static_cast<double>(learned.examples), learned.sigma11.trace());
  EXPECT_EQ(examples_in(learned).cwiseProduct(examples_in(*held_out)).norm(), 0) << "none is in both";
  // Means over the part's own examples.
  const double own = static_cast<double>(held_out->examples);
  EXPECT_LE((held_out->input_mean - examples_in(*held_out) / own).norm(), 1e-15);
  EXPECT_NEAR(held_out->target_mean[0] * own, held_out->sigma31.sum(), 1e-12 * held_out->sigma31.sum());
}

TEST(CorrelateSplit, HoldsOutAsManyAsWereAskedForAndEachAsLikely) {
  Matrix often = Matrix::Zero(kExamples, 1);
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto held_out = split(0.3, seed).held_out.value();
    EXPECT_EQ(held_out.examples, 18u);
    often += examples_in(held_out);
  }
  // Binomial, of 100 with probability 0.3: five standard deviations.
  EXPECT_LE((often.array() - 30).abs().maxCoeff(), 5 * std::sqrt(100 * 0.3 * 0.7));
  EXPECT_EQ(split(0.999).held_out->examples, kExamples - 1u) << "never all";
  EXPECT_FALSE(split(0.001).held_out) << "less than half an example";
}

TEST(CorrelateSplit, IsThatOfItsSeedWhateverTheBatches) {
  const Matrix wanted = examples_in(split(0.3, 5, kExamples).held_out.value());
  for (const Eigen::Index size : {1, 2, 7, 59})
    EXPECT_EQ(examples_in(split(0.3, 5, size).held_out.value()), wanted) << size;
  EXPECT_NE(examples_in(split(0.3, 6).held_out.value()), wanted);
}

TEST(CorrelateSplit, OfNothingHoldsNothingOut) {
  const auto [learned, held_out] = split(0);
  EXPECT_FALSE(held_out);
  EXPECT_EQ(examples_in(learned), Matrix::Ones(kExamples, 1));
}

TEST(CorrelateSplit, LeavesSomethingToLearnFromAndRefusesOtherShares) {
  EXPECT_EQ(split(1 - 1e-9).learned.examples, 1u);
  for (const double bad : {-0.1, 1.0, 2.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(split(bad), dln::base::DomainError) << bad;
}

TEST(CorrelateSplit, ReportsHowFarItHasRead) {
  struct Recorder : dln::base::Progress {
    void report(std::string_view, double fraction) override { fractions.push_back(fraction); }
    std::vector<double> fractions;
  } recorder;
  auto source = one_hot(30);
  correlate_split(source, 0.5, 1, recorder);
  EXPECT_EQ(recorder.fractions, (std::vector<double>{0.5, 1}));
}

fs::path file(const std::string& name, const std::string& bytes) {
  const fs::path folder = fs::path(DLN_TEST_SCRATCH) / "split";
  fs::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary) << bytes;
  return folder / name;
}

std::string npy(const std::string& shape, std::size_t values) {
  const std::string literal = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(literal.size());
  bytes += '\0';
  bytes += literal;
  for (std::size_t i = 0; i < values; ++i) bytes += static_cast<char>(i % 2);
  return bytes;
}

TEST(ExampleSource, KnowsTheShapeOfImages) {
  const auto shape = [](const ExampleSource& source) {
    return std::pair{source.image_rows, source.image_columns};
  };
  const std::pair<Eigen::Index, Eigen::Index> image{3, 2}, none{0, 0};
  SourceOptions options;
  options.targets = file("labels-idx1", std::string("\0\0\x08\x01\0\0\0\2\1\0", 10));
  const auto idx =
      file("images-idx3", std::string("\0\0\x08\x03\0\0\0\2\0\0\0\3\0\0\0\2", 16) + "abcdefghijkl");
  EXPECT_EQ(shape(open_dataset(idx, options)), image);

  options.targets = file("y.npy", npy("(2,)", 2));
  EXPECT_EQ(shape(open_dataset(file("x.npy", npy("(2, 3, 2)", 12)), options)), image);
  EXPECT_EQ(shape(open_dataset(file("flat.npy", npy("(2, 6)", 12)), options)), none);
  EXPECT_EQ(shape(open_dataset(file("deep.npy", npy("(2, 3, 2, 1)", 12)), options)), none);

  const NumberArray x{{2, 3, 2}, std::vector<double>(12, 0.5)}, flat{{2, 6}, x.values}, y{{2}, {1, 0}};
  EXPECT_EQ(shape(open_dataset(file("x.npz", npz_bytes({{"x", x}, {"y", y}})))), image);
  EXPECT_EQ(shape(open_dataset(file("flat.npz", npz_bytes({{"x", flat}, {"y", y}})))), none);
}

TEST(ExampleSource, KnowsTheNamesOfColumns) {
  const auto path = file("named.csv", "height,weight,age\n1.5,60,3.5\n1.25,50,2.5\n");
  auto source = open_dataset(path);
  EXPECT_EQ(source.input_names, (Names{"height", "weight"}));
  EXPECT_EQ(source.target_names, (Names{"age"}));

  SourceOptions options;
  options.target_columns = {"age", "height"};
  source = open_dataset(path, options);
  EXPECT_EQ(source.input_names, (Names{"weight"}));
  EXPECT_EQ(source.target_names, (Names{"age", "height"}));

  source = open_dataset(file("labels.csv", "height,class\n1.5,1\n1.25,0\n"));
  EXPECT_EQ(source.input_names, (Names{"height"}));
  EXPECT_TRUE(source.target_names.empty()) << "of classes, not of a column";

  options = {};
  options.targets = file("targets.csv", "mass\n0.5\n0.25\n");
  source = open_dataset(path, options);
  EXPECT_EQ(source.input_names, (Names{"height", "weight", "age"}));
  EXPECT_EQ(source.target_names, (Names{"mass"}));

  source = open_dataset(file("nameless.csv", "1.5,60,3.5\n1.25,50,2.5\n"));
  EXPECT_TRUE(source.input_names.empty());
  EXPECT_TRUE(source.target_names.empty());
}

}  // namespace
