// A real type of 50 decimal digits, in which integrators show their order free of rounding.
#pragma once

#include <boost/multiprecision/cpp_bin_float.hpp>

namespace dln::ode {

using FiftyDigits =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

}  // namespace dln::ode
