// A theory of one's own, from a TOML file; everything wrong with it at once.
#pragma once

#include <filesystem>
#include <vector>

#include "validation/own_theory/theory.hpp"

namespace dln::tools {

inline constexpr std::uintmax_t kLargestTheoryFile = 1 << 20;  // bytes

struct TheoryFile {
  validation::Theory theory;
  std::vector<validation::Problem> problems;  // all that is wrong with it, in the order of its lines
};

// Reads `path`, UTF-8 with or without a byte order mark, lines ending in LF or CRLF. Throws base::DataError
// when there is no text to read: no such file, a folder, too large, zero bytes.
TheoryFile read_theory(const std::filesystem::path& path);

// In the order of lines, each said once.
std::vector<validation::Problem> in_order(std::vector<validation::Problem> problems);

}  // namespace dln::tools
