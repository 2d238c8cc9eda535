// JSON read with a bound on how deep it nests: nlohmann's reader and destructor take any depth, but copies,
// comparisons and dumps recurse, and a megabyte of brackets overflows the stack.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dln/base/error.hpp"

namespace dln::tools {

inline constexpr int kDeepestJson = 64;  // files of ours nest five deep

// For the callback of Json::parse. Throws DataError when an array or object opens too deep.
template <class Json>
void require_shallow(int depth, typename Json::parse_event_t event) {
  using Event = typename Json::parse_event_t;
  if ((event == Event::array_start || event == Event::object_start) && depth > kDeepestJson)
    throw base::DataError(
        fmt::format("it nests more than {} arrays and objects; expected fewer", kDeepestJson));
}

}  // namespace dln::tools
