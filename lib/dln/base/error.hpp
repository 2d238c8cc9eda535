// The kinds of trouble dln reports by throwing. Each message is one sentence that names the value and
// what was wanted; numerical non-success that a caller may expect comes back as a status instead.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dln::base {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A value outside the domain on which a function is defined.
class DomainError : public Error {
 public:
  using Error::Error;
};

// A target that the flow never attains from where it starts.
class UnreachableError : public DomainError {
 public:
  using DomainError::DomainError;
};

// The content of a file is not what its format promises.
class DataError : public Error {
 public:
  using Error::Error;
};

// A computation could not be carried out to the accuracy promised.
class NumericalError : public Error {
 public:
  using Error::Error;
};

// A result could not be written where it was asked for.
class WriteError : public Error {
 public:
  using Error::Error;
};

// A program that dln calls is not installed, or failed.
class ExternalProgramError : public Error {
 public:
  using Error::Error;
};

// Throws DomainError("NAME = VALUE: expected WANTED") unless `holds`.
template <class Real>
void require(bool holds, std::string_view name, const Real& value, std::string_view wanted) {
  if (!holds)
    throw DomainError(fmt::format("{} = {}: expected {}", name, static_cast<double>(value), wanted));
}

// Real may be a multiprecision type, whose isfinite is found by argument-dependent lookup.
template <class Real>
bool is_finite(const Real& x) {
  using std::isfinite;
  return isfinite(x);
}

template <class Real>
void require_positive(std::string_view name, const Real& value) {
  require(is_finite(value) && value > 0, name, value, "a finite number greater than 0");
}

template <class Real>
void require_non_negative(std::string_view name, const Real& value) {
  require(is_finite(value) && value >= 0, name, value, "a finite number, 0 or greater");
}

}  // namespace dln::base
