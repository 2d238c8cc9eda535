// The light markup of claims on a terminal and in plain text: _{...} and ^{...} without their braces.
#pragma once

#include <string>
#include <string_view>

namespace dln::validation {

inline std::string plain(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = (text[i] == '_' || text[i] == '^') && i + 1 < text.size() && text[i + 1] == '{';
    if (opens) {
      if (text[i] == '^') out += '^';
      ++depth;
      ++i;
    } else if (depth > 0 && text[i] == '}') {
      --depth;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace dln::validation
