#include "tools/network_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "dln/base/error.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "tools/network_arrays.hpp"

namespace dln::tools {
namespace {

using data::NamedArrays;
using data::NumberArray;
using linalg::Matrix;

constexpr double kSymmetric = 1e-12;       // of the largest entry: rounding of a sum over examples
constexpr double kSmallestStart = 1e-250;  // below, the integrator's tolerance would be no normal number
constexpr double kIndefinite = -1e-10;     // of the largest eigenvalue: rounding of a singular Sigma11

// What the file holds, asked for by name.
class Contents {
 public:
  explicit Contents(NamedArrays arrays) : arrays_(std::move(arrays)) {}

  bool has(const std::string& name) const { return arrays_.contains(name); }

  const NumberArray& array(const std::string& name) {
    const auto found = arrays_.find(name);
    if (found == arrays_.end()) throw base::DataError(fmt::format("{} is missing", name));
    used_.insert(name);
    return found->second;
  }
  double scalar(const std::string& name) {
    const NumberArray& a = array(name);
    if (a.values.size() != 1) throw base::DataError(fmt::format("{}: expected one number", name));
    return a.values[0];
  }
  const std::vector<double>& list(const std::string& name) {
    const NumberArray& a = array(name);
    if (a.shape.size() != 1) throw base::DataError(fmt::format("{}: expected an array of numbers", name));
    return a.values;
  }
  std::vector<long> counts(const std::string& name) {
    std::vector<long> whole;
    for (double value : list(name)) {
      if (!(value >= 0 && value <= 9e15 && value == std::floor(value)))
        throw base::DataError(fmt::format("{}: {:.17g}: expected whole numbers from 0 to 9e15", name, value));
      whole.push_back(static_cast<long>(value));
    }
    return whole;
  }
  Matrix matrix(const std::string& name) {
    const NumberArray& a = array(name);
    if (a.shape.size() != 2 || a.values.empty())
      throw base::DataError(fmt::format("{}: its shape is ({}); expected a matrix, an array of rows", name,
                                        fmt::join(a.shape, ", ")));
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(a.values.data(), static_cast<Eigen::Index>(a.shape[0]),
                                      static_cast<Eigen::Index>(a.shape[1]));
  }
  std::vector<std::string> unused() const {
    std::vector<std::string> names;
    for (const auto& [name, array] : arrays_)
      if (!used_.contains(name)) names.push_back(name);
    return names;
  }

 private:
  NamedArrays arrays_;
  std::set<std::string> used_;
};

network::LinearNetwork<double> read_start(Contents& contents) {
  std::vector<Matrix> weights;
  while (contents.has(fmt::format("W{}", weights.size() + 1))) {
    const int l = static_cast<int>(weights.size()) + 1;
    weights.push_back(contents.matrix(fmt::format("W{}", l)));
    if (l > 1 && weights[static_cast<std::size_t>(l - 2)].rows() != weights.back().cols())
      throw base::DataError(fmt::format("W{} has {} columns; expected {}, the rows of W{}", l,
                                        weights.back().cols(),
                                        weights[static_cast<std::size_t>(l - 2)].rows(), l - 1));
  }
  if (weights.empty()) throw base::DataError("the start is missing: W0 (JSON) or W1, W2, ... (NPZ)");
  for (const auto& name : contents.unused())
    if (name.starts_with('W') && name.size() > 1 &&
        name.find_first_not_of("0123456789", 1) == std::string::npos)
      throw base::DataError(fmt::format("{} is given but W{} is missing", name, weights.size() + 1));
  auto start = network::LinearNetwork<double>::from_matrices(weights);
  double largest = 0;
  for (double w : start.buffer()) largest = std::max(largest, std::abs(w));
  if (largest > 0 && largest < kSmallestStart)
    throw base::DataError(fmt::format("the largest weight of the start is {:g}; expected 0 or at least {:g}",
                                      largest, kSmallestStart));
  if (contents.has("dims")) {
    const auto dims = contents.counts("dims");
    if (!std::ranges::equal(dims, start.units()))
      throw base::DataError(fmt::format("dims are {}; the matrices of the start have {}",
                                        fmt::join(dims, ", "), fmt::join(start.units(), ", ")));
  }
  return start;
}

void require_shape(std::string_view name, const Matrix& m, Eigen::Index rows, Eigen::Index columns) {
  if (m.rows() != rows || m.cols() != columns)
    throw base::DataError(fmt::format("{} is {} x {}; expected {} x {} for this start", name, m.rows(),
                                      m.cols(), rows, columns));
}

data::Correlations read_correlations(Contents& contents, const network::LinearNetwork<double>& start) {
  data::Correlations correlations;
  correlations.sigma11 = contents.matrix("Sigma11");
  correlations.sigma31 = contents.matrix("Sigma31");
  const Matrix& sigma11 = correlations.sigma11;
  require_shape("Sigma11", sigma11, start.inputs(), start.inputs());
  require_shape("Sigma31", correlations.sigma31, start.outputs(), start.inputs());
  Eigen::Index i = 0, j = 0;
  const double gap = (sigma11 - sigma11.transpose()).cwiseAbs().maxCoeff(&i, &j);
  if (gap > kSymmetric * sigma11.cwiseAbs().maxCoeff())
    throw base::DataError(
        fmt::format("Sigma11 is not symmetric: entry ({0}, {1}) is {2:.17g}, ({1}, {0}) is {3:.17g}", i + 1,
                    j + 1, sigma11(i, j), sigma11(j, i)));
  const auto eigenvalues = linalg::symmetric_eigen(sigma11).values;
  const double least = eigenvalues.minCoeff();
  if (least < kIndefinite * eigenvalues.cwiseAbs().maxCoeff())
    throw base::DataError(fmt::format(
        "Sigma11 is indefinite: it has the eigenvalue {:.6g}; expected none below 0, as for any sum of x x^T",
        least));
  return correlations;
}

// Sums over examples give Sigma31 no part outside the span of Sigma11: along it the error falls for ever.
bool outside_the_data(const data::Correlations& correlations) {
  const auto eigen = linalg::symmetric_eigen(correlations.sigma11);
  const Eigen::Index rank = (eigen.values.array() > -kIndefinite * eigen.values[0]).count();
  const Matrix outside = correlations.sigma31 * eigen.vectors.rightCols(eigen.values.size() - rank);
  return outside.stableNorm() > 1e-6 * correlations.sigma31.stableNorm();
}

void require_increasing(std::string_view name, const auto& moments) {
  if (moments.empty()) throw base::DataError(fmt::format("{}: expected at least one, got none", name));
  if (moments.front() < 0)
    throw base::DataError(fmt::format("{}: {:g}: expected 0 or greater; the start holds at 0", name,
                                      static_cast<double>(moments.front())));
  for (std::size_t i = 1; i < moments.size(); ++i)
    if (!(moments[i] > moments[i - 1]))
      throw base::DataError(
          fmt::format("{}: {} after {}; expected them to increase", name, moments[i], moments[i - 1]));
}

double read_positive(Contents& contents, const std::string& name) {
  const double value = contents.scalar(name);
  if (!(value > 0))
    throw base::DataError(fmt::format("{} = {:g}: expected a number greater than 0", name, value));
  return value;
}

std::variant<FlowTask, DescentTask> read_task(Contents& contents) {
  const bool flow = contents.has("tau") || contents.has("times");
  const bool descent = contents.has("lambda") || contents.has("steps");
  if (flow == descent) {
    std::vector<std::string> given;
    for (const char* name : {"tau", "times", "lambda", "steps"})
      if (contents.has(name)) given.push_back(name);
    throw base::DataError(
        fmt::format("of tau, times, lambda and steps it gives {}; expected either tau and times (gradient "
                    "flow) or lambda and "
                    "steps (Eq 1)",
                    given.empty() ? "none" : fmt::format("{}", fmt::join(given, ", "))));
  }
  if (descent) {
    DescentTask task{read_positive(contents, "lambda"), contents.counts("steps")};
    require_increasing("steps", task.steps);
    return task;
  }
  FlowTask task{read_positive(contents, "tau"), contents.list("times")};
  require_increasing("times", task.times);
  return task;
}

std::size_t moments_of(const NetworkFile& file) {
  if (const auto* flow = std::get_if<FlowTask>(&file.task)) return flow->times.size();
  return std::get<DescentTask>(file.task).steps.size();
}

NetworkFile checked(Contents contents, std::vector<std::string> unknown, std::uint64_t memory) try {
  auto start = read_start(contents);
  auto correlations = read_correlations(contents, start);
  auto task = read_task(contents);
  std::vector<std::string> remarks;
  std::ranges::copy(contents.unused(), std::back_inserter(unknown));
  for (const auto& name : unknown)
    remarks.push_back(fmt::format("'{}' means nothing here and is ignored", name.substr(0, 60)));
  if (outside_the_data(correlations))
    remarks.push_back(
        "Sigma31 has a part outside the span of Sigma11, which no data have; weights will grow without "
        "bound");
  NetworkFile file{std::move(start), std::move(correlations), std::move(task), std::move(remarks)};
  // Each moment is held as computed, as handed on, and again by the second integrator; a step and the measure
  // of amplification need some hundreds.
  const double needed =
      8 * (4 * static_cast<double>(moments_of(file)) + 500) * static_cast<double>(file.start.buffer().size());
  if (needed > static_cast<double>(memory))
    throw base::DataError(fmt::format(
        "{} moments of {} weights need {:.3g} GB of memory; expected at most {:.3g} GB: ask for fewer "
        "moments",
        moments_of(file), file.start.buffer().size(), needed / 1e9, static_cast<double>(memory) / 1e9));
  return file;
} catch (const base::DataError& error) {
  if (unknown.empty()) throw;  // perhaps a name that is missed was misspelt
  throw base::DataError(
      fmt::format("{} ('{}' means nothing here)", error.what(), fmt::join(unknown, "', '")));
}

// What `use` makes of the named arrays of a file; trouble names the file.
template <class Use>
auto with_arrays(const std::filesystem::path& path, std::uint64_t memory, const Use& use) {
  std::vector<std::string> ignored;
  auto arrays = read_network_arrays(path, memory, ignored);
  try {
    return use(std::move(arrays), std::move(ignored));
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace

NetworkFile read_network_file(const std::filesystem::path& path, std::uint64_t memory) {
  return with_arrays(path, memory, [memory](NamedArrays arrays, std::vector<std::string> ignored) {
    return checked(Contents(std::move(arrays)), std::move(ignored), memory);
  });
}

network::LinearNetwork<double> read_weights_file(const std::filesystem::path& path, std::uint64_t memory) {
  return with_arrays(path, memory, [](NamedArrays arrays, const std::vector<std::string>&) {
    Contents contents(std::move(arrays));
    return read_start(contents);
  });
}

}  // namespace dln::tools
