// NPY: one array of numbers as numpy.save writes it: a Python literal with type, order and shape, then the
// values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dln/data/table.hpp"

namespace dln::data {

struct NpyHeader {
  std::string type;  // '<f8' for little-endian 8-byte floats
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  std::size_t values_at = 0;  // offset of the first value
};

// Of the bytes an NPY file starts with. All functions here throw DataError with what is wrong, the caller
// says where.
NpyHeader parse_npy_header(std::string_view bytes);
// The bytes of a value; throws for what is neither float nor integer of at most 8 bytes, little-endian.
std::size_t npy_value_size(const std::string& type);
// `count` values at `bytes`, as doubles.
void convert_npy(const std::string& type, const char* bytes, double* values, std::size_t count);
// What stands before the values of an array of 8-byte floats.
std::string npy_header(const std::vector<std::size_t>& shape);
// A whole file of one text a row, UTF-8 in, fixed-width UTF-32 out as NumPy has it; what is no UTF-8 becomes
// U+FFFD, byte by byte.
std::string npy_texts(const std::vector<std::string>& texts);
// A whole file in memory; row-major, whatever its order. Throws for values that are not finite.
std::vector<double> parse_npy(std::string_view bytes, std::vector<std::size_t>& shape);

// An array P x ... as a table: a row an example, all further indices in its columns. Streamed, but for one in
// Fortran order. Throws DataError that names the file.
Table npy_table(const std::filesystem::path& path);

}  // namespace dln::data
