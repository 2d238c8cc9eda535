// What this machine allows, measured: operations a second and bytes a second of one thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace dln::compare {

class Limits {
 public:
  // Fused multiply-adds kept in registers, in operations (two each) a second. 0 where there are no vectors to
  // ask for by name.
  double fused_rate();
  // Operations a second of a product of large square matrices: by Eigen as compiled here or by the peers'
  // BLAS, whichever is faster; where no BLAS was seen and Eigen was compiled for less than this machine has,
  // the fused rate stands for it. Each look keeps the best so far: other programs may have had the machine
  // before.
  double product_rate();
  void see_product_rate(double rate);
  void look_again();
  // Seconds to read so many doubles once, and to read them and write them back, in memory of that size.
  double read_seconds(std::size_t doubles);
  double update_seconds(std::size_t doubles);

  // Of a step of Eq 13 in place with ten outputs: the larger of a pass that reads the weights and one that
  // reads and writes them, and of 60 operations a weight.
  double step_seconds(std::size_t weights);

 private:
  void measure_bytes(std::size_t doubles);

  double fused_ = -1, own_product_ = 0, seen_product_ = 0;
  std::map<std::size_t, std::pair<double, double>> bytes_;
};

}  // namespace dln::compare
