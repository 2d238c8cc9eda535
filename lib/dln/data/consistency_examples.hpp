// Tasks made to pass or to fail the consistency condition Q = V11 (Eq 18), with a spectrum of one's choice.
//
// N1 examples x_k = sqrt(Lambda_k) q_k, so that Sigma11 = Q diag(Lambda) Q^T in sums, with targets y = W x of
// the teacher W = Sigma31 Sigma11^{-1}, which a linear network can learn without error.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dln/data/dataset.hpp"

namespace dln::data {

// Which input modes v_1 .. v_r the task has.
enum class TaskModes {
  leading,     // q_1 .. q_r: Eq 18 holds
  minor,       // q_{N1-r+1} .. q_{N1}: it holds, with the components that carry least variance
  random,      // Haar orthonormal: it is violated
  misleading,  // (q_k + q_{N1+1-k})/sqrt 2: V^T Sigma11 V is diagonal, and no v is an eigenvector
};
inline constexpr std::array kAllTaskModes{TaskModes::leading, TaskModes::minor, TaskModes::random,
                                          TaskModes::misleading};
std::string_view name_of(TaskModes modes);

struct ConsistencyExample {
  TaskModes modes = TaskModes::leading;
  linalg::Vector variances;  // Lambda : N1, positive, descending
  linalg::Vector
      singular_values;       // s of Sigma31 : r, positive, descending; r <= N1, misleading ones r <= N1/2
  Eigen::Index outputs = 0;  // N3 >= r
  std::uint64_t seed = 1;    // of Q, U and the random modes; the same Q and U for every kind of modes
};

// inputs : N1 x N1, targets : N3 x N1. Throws DomainError.
Dataset sample(const ConsistencyExample& example);

}  // namespace dln::data
