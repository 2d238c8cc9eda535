#include "dln/data/correlations.hpp"

#include <zlib.h>

#include "dln/base/error.hpp"

namespace dln::data {

CorrelationAccumulator::CorrelationAccumulator(Eigen::Index input_size, Eigen::Index target_size)
    : sigma11_lower_(linalg::Matrix::Zero(input_size, input_size)),
      sigma31_(linalg::Matrix::Zero(target_size, input_size)) {}

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
  target_power_ += batch.targets.squaredNorm();
  examples_ += static_cast<std::uint64_t>(batch.inputs.cols());
}

Correlations CorrelationAccumulator::result(Normalisation normalisation) const {
  if (examples_ == 0) throw base::DataError("correlations of no examples at all: expected at least one");
  const double scale = normalisation == Normalisation::mean ? 1 / static_cast<double>(examples_) : 1;
  const linalg::Matrix full = sigma11_lower_.selfadjointView<Eigen::Lower>();
  return {scale * full, scale * sigma31_, scale * target_power_, examples_, normalisation};
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
