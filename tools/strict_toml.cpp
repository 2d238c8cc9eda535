#include "tools/strict_toml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dln::tools {
namespace {

// Where the string that begins at `at` has ended. Strings of one line end with it.
std::size_t after_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool long_string = text.substr(at).starts_with(three);
  for (at += long_string ? 3 : 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"')
      ++at;
    else if (long_string ? text.substr(at).starts_with(three) : text[at] == quote)
      return at + (long_string ? 3 : 1);
    else if (!long_string && text[at] == '\n')
      return at;
  }
  return text.size();
}

toml::source_position position_of(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<toml::source_index>(line), static_cast<toml::source_index>(at - start + 1)};
}

}  // namespace

std::optional<toml::source_position> deeper_than(std::string_view text, std::size_t names) {
  constexpr std::string_view kBetweenKeys = "\n,=[]{}";
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = after_string(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (kBetweenKeys.find(c) != kBetweenKeys.npos) dots = 0;
    if (c == '.' && ++dots >= names) return position_of(text, at);
    ++at;
  }
  return {};
}

toml::table parse_toml(const std::string& text, const std::string& name) {
  if (const auto place = deeper_than(text, kDeepestKey))
    throw toml::parse_error(
        fmt::format("a key of more than {} names; expected tables that nest less", kDeepestKey).c_str(),
        *place);
  return toml::parse(text, name);
}

}  // namespace dln::tools
