#include "tools/bounded_file.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "dln/base/error.hpp"

namespace dln::tools {

std::ifstream open_bounded(const std::string& path, std::uintmax_t most, std::string_view wanted) {
  std::error_code none;
  if (const auto size = std::filesystem::file_size(path, none); !none && size > most)
    throw base::DataError(fmt::format("cannot read {}: {} bytes; expected {}", path, size, wanted));
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path, none))
    throw base::DataError(fmt::format("cannot read {}: no such file, or not readable", path));
  return in;
}

std::string read_bounded(std::istream& in, std::uintmax_t most) {
  std::string text;
  std::array<char, 1 << 16> block;
  while (text.size() <= most && (in.read(block.data(), block.size()), in.gcount() > 0))
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace dln::tools
