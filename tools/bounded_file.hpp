// Files that someone names, read no further than such a file would ever reach, whatever they turn out to be.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace dln::tools {

// Throws base::DataError, which names the file, when it cannot be read or has more than `most` bytes;
// `wanted` is what was expected instead, such as "a report.json". A pipe or a device has no size to be asked
// for.
std::ifstream open_bounded(const std::string& path, std::uintmax_t most, std::string_view wanted);

// All that is left of it, or more than `most` bytes: little more is read than that.
std::string read_bounded(std::istream& in, std::uintmax_t most);

}  // namespace dln::tools
