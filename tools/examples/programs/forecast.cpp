// What a table will teach a network: its modes (Eq 3), in which order they are learned, and when (Eqs 11,
// 15).
//   forecast plants.csv
#include <cstdio>
#include <exception>

#include "dln/data/dataset.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/data/whitening.hpp"
#include "dln/theory/deep_mode.hpp"

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fputs("usage: forecast TABLE.csv (the last column is the class)\n", stderr);
    return 2;
  }
  auto source = dln::data::open_dataset(argv[1]);
  dln::base::SilentProgress progress;
  const auto raw = dln::data::correlate(source, progress);
  std::printf("%llu examples, %td inputs, %td classes\n", static_cast<unsigned long long>(raw.examples),
              raw.sigma11.rows(), raw.sigma31.rows());

  // The theory wants Sigma11 = I: centred inputs, then whitened.
  const auto white = dln::data::whiten(dln::data::centred(raw), dln::data::WhiteScale::identity);
  const auto modes = dln::data::singular_modes(white.correlations.sigma31);
  const double rate = 0.05, tau = dln::data::time_constant(rate, white.correlations);

  std::printf("%5s %12s %14s %14s %14s\n", "mode", "s", "t_half_N3", "t_half_N4", "t_half_N6");
  for (Eigen::Index i = 0; i < modes.size(); ++i) {
    std::printf("%5td %12.8g", i + 1, modes.singular_values[i]);
    for (const int layers : {3, 4, 6}) {
      const dln::theory::DeepMode<double> mode(
          dln::base::DepthExponent(dln::base::Depth::from_layers(layers)),
          {.singular_value = modes.singular_values[i], .initial_strength = 1e-3, .time_constant = tau});
      std::printf(" %14.8g", half_learning_time(mode));
    }
    std::printf("\n");
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "forecast: %s\n", error.what());
  return 1;
}
