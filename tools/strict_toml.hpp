// TOML read with a bound on how deep its tables nest. toml++ bounds the nesting of values but not that of
// dotted keys, a.a.a... and [a.a.a...], and takes such tables down by recursion: a file of 300 kB is enough
// to overflow the stack.
#pragma once

#include <toml++/toml.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dln::tools {

inline constexpr std::size_t kDeepestKey = 32;  // names with dots between; files of ours have two

// The first place, in lines and columns from 1, where a key has more than that. Strings and comments are
// skipped.
std::optional<toml::source_position> deeper_than(std::string_view text, std::size_t names);

// As toml::parse. Throws toml::parse_error.
toml::table parse_toml(const std::string& text, const std::string& name);

}  // namespace dln::tools
