// The dense matrices of the house, and the few residuals that more than one room measures.
#pragma once

#include <Eigen/Core>
#include <algorithm>

namespace dln::linalg {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

// ||a - b||_F / ||b||_F.
inline double relative_difference(const Matrix& a, const Matrix& b) {
  return (a - b).norm() / b.norm();
}

// ||off-diagonal part||_F / ||diagonal||_F of any matrix, rectangular ones included.
inline double off_diagonal_ratio(const Matrix& a) {
  Matrix rest = a;
  rest.diagonal().setZero();
  return rest.norm() / a.diagonal().norm();
}

// ||q^T q - I||_F: how far the columns of q are from orthonormal.
inline double orthonormality_residual(const Matrix& q) {
  return (q.transpose() * q - Matrix::Identity(q.cols(), q.cols())).norm();
}

}  // namespace dln::linalg
