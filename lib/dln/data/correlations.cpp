#include "dln/data/correlations.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"

namespace dln::data {

CorrelationAccumulator::CorrelationAccumulator(Eigen::Index input_size, Eigen::Index target_size)
    : sigma11_lower_(linalg::Matrix::Zero(input_size, input_size)),
      sigma31_(linalg::Matrix::Zero(target_size, input_size)),
      input_sum_(linalg::Vector::Zero(input_size)),
      target_sum_(linalg::Vector::Zero(target_size)) {}

void CorrelationAccumulator::add(const Dataset& batch) {
  if (batch.inputs.rows() != sigma31_.cols() || batch.targets.rows() != sigma31_.rows() ||
      batch.inputs.cols() != batch.targets.cols())
    throw base::DomainError(fmt::format(
        "batch of inputs {} x {} and targets {} x {}: expected {} x P and {} x P", batch.inputs.rows(),
        batch.inputs.cols(), batch.targets.rows(), batch.targets.cols(), sigma31_.cols(), sigma31_.rows()));
  if (!batch.inputs.allFinite() || !batch.targets.allFinite())
    throw base::DataError(fmt::format("examples {} to {}: expected finite values, found one that is not",
                                      examples_,
                                      examples_ + static_cast<std::uint64_t>(batch.inputs.cols())));
  sigma11_lower_.selfadjointView<Eigen::Lower>().rankUpdate(batch.inputs);
  sigma31_.noalias() += batch.targets * batch.inputs.transpose();
  input_sum_ += batch.inputs.rowwise().sum();
  target_sum_ += batch.targets.rowwise().sum();
  target_power_ += batch.targets.squaredNorm();
  examples_ += static_cast<std::uint64_t>(batch.inputs.cols());
}

Correlations CorrelationAccumulator::result(Normalisation normalisation) const {
  if (examples_ == 0) throw base::DataError("correlations of no examples at all: expected at least one");
  const double share = 1 / static_cast<double>(examples_);
  const double scale = normalisation == Normalisation::mean ? share : 1;
  const linalg::Matrix full = sigma11_lower_.selfadjointView<Eigen::Lower>();
  return {scale * full,  scale * sigma31_,   scale * target_power_, examples_,
          normalisation, share * input_sum_, share * target_sum_};
}

Correlations correlate(const Dataset& dataset) {
  CorrelationAccumulator accumulator(dataset.inputs.rows(), dataset.targets.rows());
  accumulator.add(dataset);
  return accumulator.result();
}

Correlations correlate(ExampleSource& source, base::Progress& progress) {
  CorrelationAccumulator accumulator(source.input_size, source.target_size);
  Dataset batch;
  std::uint64_t seen = 0;
  while (source.next(batch)) {
    accumulator.add(batch);
    seen += static_cast<std::uint64_t>(batch.inputs.cols());
    progress.report("reading examples", static_cast<double>(seen) / static_cast<double>(source.examples));
  }
  return accumulator.result();
}

SplitCorrelations correlate_split(ExampleSource& source, double share, std::uint64_t seed,
                                  base::Progress& progress) {
  base::require(share >= 0 && share < 1, "share held out", share, "a number from 0 to less than 1");
  CorrelationAccumulator learned(source.input_size, source.target_size), held_out = learned;
  auto stream = base::stream(seed, "held out");
  const auto all = static_cast<double>(source.examples);
  // How many are still to be looked at, and to be held out: of those left each with the same probability.
  double left = all, wanted = std::min(std::round(share * all), all - 1);
  const bool any = wanted > 0;
  Dataset batch;
  std::vector<Eigen::Index> chosen[2];
  while (source.next(batch)) {
    for (auto& columns : chosen) columns.clear();
    for (Eigen::Index j = 0; j < batch.inputs.cols(); ++j, --left) {
      const bool out = stream.bernoulli(wanted / left);
      wanted -= out;
      chosen[out].push_back(j);
    }
    for (const bool out : {false, true})
      if (!chosen[out].empty())
        (out ? held_out : learned)
            .add(chosen[!out].empty() ? batch
                                      : Dataset{batch.inputs(Eigen::all, chosen[out]),
                                                batch.targets(Eigen::all, chosen[out])});
    progress.report("reading examples", 1 - left / all);
  }
  SplitCorrelations split{learned.result(), std::nullopt};
  if (any) split.held_out = held_out.result();
  return split;
}

namespace {

constexpr double kRounding = 1e-12;  // what sums over millions of examples leave of a difference that is zero

void require_means(const Correlations& c) {
  if (c.input_mean.size() != c.sigma11.rows() || c.target_mean.size() != c.sigma31.rows())
    throw base::DomainError("centring: these correlations came without the means of inputs and targets");
}

// The number that the examples' products were summed with: P in sums, 1 in means.
double weight(const Correlations& c) {
  return c.normalisation == Normalisation::sum ? static_cast<double>(c.examples) : 1;
}

// a - b, entries that are rounding of terms as large as `scale` set to zero.
linalg::Matrix clean_difference(const linalg::Matrix& a, const linalg::Matrix& b,
                                const linalg::Matrix& scale) {
  const linalg::Matrix difference = a - b;
  return (difference.array().abs() > kRounding * scale.array()).select(difference, 0);
}

}  // namespace

Correlations centred(const Correlations& raw) {
  require_means(raw);
  const double p = weight(raw);
  const linalg::Vector &x = raw.input_mean, &y = raw.target_mean;
  const linalg::Vector size = (raw.sigma11.diagonal() / p).cwiseMax(0).cwiseSqrt();  // root mean square
  Correlations result = raw;
  result.sigma11 = clean_difference(raw.sigma11, p * x * x.transpose(), p * size * size.transpose());
  result.sigma31 = clean_difference(raw.sigma31, p * y * x.transpose(), p * y.cwiseAbs() * size.transpose());
  result.target_power = std::max(0.0, raw.target_power - p * y.squaredNorm());
  result.input_mean.setZero();
  result.target_mean.setZero();
  return result;
}

Eigen::Index constant_inputs(const Correlations& raw) {
  require_means(raw);
  const auto square = raw.sigma11.diagonal().array();
  return (square - weight(raw) * raw.input_mean.array().square() <= kRounding * square).count();
}

InputForm input_form(const linalg::Matrix& sigma11) {
  if (sigma11.rows() == sigma11.cols() && sigma11.isIdentity(0)) return InputForm::white;
  return sigma11.isDiagonal(0) ? InputForm::diagonal : InputForm::correlated;
}

double whiteness_residual(const linalg::Matrix& sigma11) {
  const auto identity = linalg::Matrix::Identity(sigma11.rows(), sigma11.cols());
  return (sigma11 - identity).norm() / identity.norm();
}

std::uint32_t fingerprint(const Correlations& correlations) {
  uLong code = ::crc32(0, nullptr, 0);
  for (const linalg::Matrix* matrix : {&correlations.sigma11, &correlations.sigma31}) {
    const std::int64_t sizes[] = {matrix->rows(), matrix->cols()};
    code = ::crc32_z(code, reinterpret_cast<const Bytef*>(sizes), sizeof sizes);
    code = ::crc32_z(code, reinterpret_cast<const Bytef*>(matrix->data()),
                     sizeof(double) * static_cast<std::size_t>(matrix->size()));
  }
  return static_cast<std::uint32_t>(code);
}

double sum_factor(const Correlations& correlations) {
  return correlations.normalisation == Normalisation::mean ? static_cast<double>(correlations.examples) : 1;
}

double time_constant(double learning_rate, const Correlations& correlations) {
  base::require_positive("learning rate", learning_rate);
  return 1 / (learning_rate * sum_factor(correlations));
}

}  // namespace dln::data
