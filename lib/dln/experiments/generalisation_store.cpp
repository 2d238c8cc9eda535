#include "dln/experiments/generalisation_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dln::experiments {

using linalg::Vector;

std::string draw_key(const GeneralisationOptions& o, int draw) {
  std::string teacher;
  for (const double s : o.teacher) teacher += fmt::format("{:a},", s);
  return fmt::format("generalisation-1/N1={}/N3={}/teacher={}/noise={:a}/seed={}/draw={}", o.inputs,
                     o.outputs, teacher, o.noise, o.seed, draw);
}

std::string curve_key(const GeneralisationOptions& o, int draw, const std::string& network,
                      const std::vector<double>& times) {
  return fmt::format("{}/{}/u0={:a}/samples={}/to={:a}", draw_key(o, draw), network, o.initial_strength,
                     times.size(), times.back());
}

std::optional<ErrorCurve> unpacked(const std::optional<std::vector<double>>& kept, std::size_t samples) {
  if (!kept || kept->size() != 2 * samples) return std::nullopt;
  const auto middle = kept->begin() + static_cast<std::ptrdiff_t>(samples);
  return ErrorCurve{{kept->begin(), middle}, {middle, kept->end()}};
}

std::vector<double> packed(const ErrorCurve& curve) {
  std::vector<double> numbers = curve.training;
  numbers.insert(numbers.end(), curve.test.begin(), curve.test.end());
  return numbers;
}

std::optional<SpectrumDraw> unpacked_spectrum(const std::optional<std::vector<double>>& kept,
                                              const GeneralisationOptions& o) {
  const Eigen::Index n = std::min(o.inputs, o.outputs), k = static_cast<Eigen::Index>(o.teacher.size());
  if (!kept || static_cast<Eigen::Index>(kept->size()) != n + 2 * k + 1) return std::nullopt;
  const Eigen::Map<const Vector> numbers(kept->data(), n + 2 * k + 1);
  return SpectrumDraw{numbers.head(n), numbers.segment(n, k), numbers.segment(n + k, k), numbers[n + 2 * k]};
}

std::vector<double> packed(const SpectrumDraw& spectrum) {
  std::vector<double> numbers(spectrum.singular_values.begin(), spectrum.singular_values.end());
  for (const Vector& v : {spectrum.output_overlaps, spectrum.input_overlaps})
    numbers.insert(numbers.end(), v.begin(), v.end());
  numbers.push_back(spectrum.teacher_in_bulk);
  return numbers;
}

}  // namespace dln::experiments
