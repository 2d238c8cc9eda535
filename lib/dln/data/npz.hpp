// NPZ: named arrays of numbers in one file, as numpy.savez and savez_compressed write them (a zip archive of
// NPY files).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "dln/data/table.hpp"

namespace dln::data {

using NamedArrays = std::map<std::string, NumberArray>;
using NamedTexts = std::map<std::string, std::vector<std::string>>;

// Arrays of floats or integers, little-endian, of at most `byte_limit` bytes in all once
// unpacked. Throws DataError that names file and array for anything else, and for a value that is not finite.
NamedArrays read_npz(const std::filesystem::path& path, std::uint64_t byte_limit);

// The bytes of an NPZ file that holds these arrays as 8-byte floats, and columns of texts, stored unpacked;
// the same bytes for the same arrays. Throws WriteError when libzip fails.
std::string npz_bytes(const NamedArrays& arrays, const NamedTexts& texts = {});

}  // namespace dln::data
