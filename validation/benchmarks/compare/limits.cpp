#include "validation/benchmarks/compare/limits.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "validation/benchmarks/compare/measure.hpp"

namespace dln::compare {
namespace {

// Read by nobody, so that no sum is left out.
volatile double sink;

void read_plainly(const double* p, std::size_t n) {
  Eigen::Array<double, 16, 1> sums = Eigen::Array<double, 16, 1>::Zero();
  for (std::size_t i = 0; i + 16 <= n; i += 16) sums += Eigen::Map<const Eigen::Array<double, 16, 1>>(p + i);
  sink = sums.sum();
}
void update_plainly(double* p, std::size_t n) {
  Eigen::Map<Eigen::ArrayXd>(p, static_cast<Eigen::Index>(n)) *= 1.0000001;
}

#if defined(__x86_64__)
// Eight sums, so that adding is not what takes the time.
__attribute__((target("avx512f"))) void read_by_avx512(const double* p, std::size_t n) {
  __m512d s[8];
  for (auto& sum : s) sum = _mm512_setzero_pd();
  for (std::size_t i = 0; i + 64 <= n; i += 64)
    for (std::size_t k = 0; k < 8; ++k) s[k] = _mm512_add_pd(s[k], _mm512_loadu_pd(p + i + 8 * k));
  for (std::size_t k = 1; k < 8; ++k) s[0] = _mm512_add_pd(s[0], s[k]);
  double parts[8];
  _mm512_storeu_pd(parts, s[0]);
  sink = parts[0];
}
__attribute__((target("avx512f"))) void update_by_avx512(double* p, std::size_t n) {
  const __m512d factor = _mm512_set1_pd(1.0000001);
  for (std::size_t i = 0; i + 8 <= n; i += 8)
    _mm512_storeu_pd(p + i, _mm512_mul_pd(factor, _mm512_loadu_pd(p + i)));
}
__attribute__((target("avx512f"))) void fuse_by_avx512(long times) {
  const __m512d x = _mm512_set1_pd(0.999), y = _mm512_set1_pd(1e-3);
  __m512d s[12];
  for (auto& sum : s) sum = _mm512_set1_pd(0.5);
  for (long i = 0; i < times; ++i)
    for (auto& sum : s) sum = _mm512_fmadd_pd(sum, x, y);
  for (std::size_t k = 1; k < 12; ++k) s[0] = _mm512_add_pd(s[0], s[k]);
  double parts[8];
  _mm512_storeu_pd(parts, s[0]);
  sink = parts[0];
}
__attribute__((target("avx2,fma"))) void fuse_by_avx2(long times) {
  const __m256d x = _mm256_set1_pd(0.999), y = _mm256_set1_pd(1e-3);
  __m256d s[12];
  for (auto& sum : s) sum = _mm256_set1_pd(0.5);
  for (long i = 0; i < times; ++i)
    for (auto& sum : s) sum = _mm256_fmadd_pd(sum, x, y);
  for (std::size_t k = 1; k < 12; ++k) s[0] = _mm256_add_pd(s[0], s[k]);
  sink = _mm256_cvtsd_f64(s[0]);
}
bool has_avx512() {
  return __builtin_cpu_supports("avx512f");
}
#endif

void read(const double* p, std::size_t n) {
#if defined(__x86_64__)
  if (has_avx512()) return read_by_avx512(p, n);
#endif
  read_plainly(p, n);
}
void update(double* p, std::size_t n) {
#if defined(__x86_64__)
  if (has_avx512()) return update_by_avx512(p, n);
#endif
  update_plainly(p, n);
}

double measured_fused_rate() {
#if defined(__x86_64__)
  constexpr long times = 2'000'000;
  if (has_avx512()) return 12 * 2 * 8 * times / timed(0.1, [] { fuse_by_avx512(times); }).cpu;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return 12 * 2 * 4 * times / timed(0.1, [] { fuse_by_avx2(times); }).cpu;
#endif
  return 0;
}

}  // namespace

double Limits::fused_rate() {
  if (fused_ < 0) look_again();
  return fused_;
}

void Limits::look_again() {
  constexpr Eigen::Index n = 1024;
  const Eigen::MatrixXd a = Eigen::MatrixXd::Constant(n, n, 0.5), b = a;
  Eigen::MatrixXd c(n, n);
  own_product_ = std::max(own_product_, 2.0 * n * n * n / timed(0.3, [&] { c.noalias() = a * b; }).cpu);
  fused_ = std::max(fused_, measured_fused_rate());
}

double Limits::product_rate() {
  if (fused_ < 0) look_again();
  return seen_product_ > 0 ? std::max(own_product_, seen_product_) : std::max(own_product_, fused_);
}

void Limits::see_product_rate(double rate) {
  seen_product_ = std::max(seen_product_, rate);
}

void Limits::measure_bytes(std::size_t doubles) {
  std::vector<double> memory(doubles, 1.0);
  const double reading = timed(0.1, [&] { read(memory.data(), doubles); }).cpu;
  const double updating = timed(0.1, [&] { update(memory.data(), doubles); }).cpu;
  bytes_[doubles] = {reading, updating};
}

double Limits::read_seconds(std::size_t doubles) {
  if (!bytes_.contains(doubles)) measure_bytes(doubles);
  return bytes_[doubles].first;
}

double Limits::update_seconds(std::size_t doubles) {
  if (!bytes_.contains(doubles)) measure_bytes(doubles);
  return bytes_[doubles].second;
}

double Limits::step_seconds(std::size_t weights) {
  return std::max(read_seconds(weights) + update_seconds(weights),
                  60 * static_cast<double>(weights) / product_rate());
}

}  // namespace dln::compare
