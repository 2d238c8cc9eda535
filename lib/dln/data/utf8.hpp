// UTF-8 told from other encodings, so that a file of text is refused where it goes wrong.
#pragma once

#include <string_view>

namespace dln::data {

// Where the first byte stands, from 0, that begins no character: continuation bytes where they belong, enough
// to tell Latin-1 from UTF-8. npos for text that is UTF-8.
inline std::size_t first_not_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const auto byte = static_cast<unsigned char>(text[i++]);
    int more = byte < 0x80                   ? 0
               : byte >= 0xC2 && byte < 0xE0 ? 1
               : byte >= 0xE0 && byte < 0xF0 ? 2
               : byte >= 0xF0 && byte < 0xF5 ? 3
                                             : -1;
    if (more < 0) return start;
    for (; more > 0; --more, ++i)
      if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return start;
  }
  return std::string_view::npos;
}

}  // namespace dln::data
