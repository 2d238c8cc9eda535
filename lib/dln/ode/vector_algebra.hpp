// States of any real type as odeint's steppers see them: private to integrate.cpp.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <tuple>
#include <utility>

namespace dln::ode {

// odeint's element-wise loops over std::vector of any real type. norm_inf turns a NaN into infinity, so that
// a step with a NaN anywhere is rejected rather than accepted.
struct VectorAlgebra {
  template <std::size_t... I, class Arguments>
  static void loop(std::index_sequence<I...>, Arguments arguments) {
    auto& operation = std::get<sizeof...(I)>(arguments);
    const std::size_t n = std::get<0>(arguments).size();
    for (std::size_t k = 0; k < n; ++k) operation(std::get<I>(arguments)[k]...);
  }
  template <class... States>
  static void each(States&&... states_then_operation) {
    loop(std::make_index_sequence<sizeof...(States) - 1>(), std::forward_as_tuple(states_then_operation...));
  }

  // One name for each number of states, as odeint asks for them.
  // clang-format off
  template <class... A> static void for_each1(A&&... a) { each(a...); }
  template <class... A> static void for_each2(A&&... a) { each(a...); }
  template <class... A> static void for_each3(A&&... a) { each(a...); }
  template <class... A> static void for_each4(A&&... a) { each(a...); }
  template <class... A> static void for_each5(A&&... a) { each(a...); }
  template <class... A> static void for_each6(A&&... a) { each(a...); }
  template <class... A> static void for_each7(A&&... a) { each(a...); }
  template <class... A> static void for_each8(A&&... a) { each(a...); }
  template <class... A> static void for_each9(A&&... a) { each(a...); }
  template <class... A> static void for_each10(A&&... a) { each(a...); }
  template <class... A> static void for_each11(A&&... a) { each(a...); }
  template <class... A> static void for_each12(A&&... a) { each(a...); }
  template <class... A> static void for_each13(A&&... a) { each(a...); }
  template <class... A> static void for_each14(A&&... a) { each(a...); }
  template <class... A> static void for_each15(A&&... a) { each(a...); }
  // clang-format on

  template <class State>
  static auto norm_inf(const State& x) {
    using Real = typename State::value_type;
    using std::abs;
    Real largest(0);
    for (const Real& value : x) {
      const Real size = abs(value);
      if (!(size <= std::numeric_limits<Real>::max())) return std::numeric_limits<Real>::infinity();
      if (size > largest) largest = size;
    }
    return largest;
  }
};

}  // namespace dln::ode
