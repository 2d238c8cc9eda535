// CSV: rows of numbers separated by commas (or tabs), gzipped or not, with or without a line of names.
#pragma once

#include <filesystem>

#include "dln/data/table.hpp"

namespace dln::data {

// Strict: every row as long as the first, every field a finite decimal number with a point, blanks around it
// allowed; fields may be quoted. A first line of names alone, or of anything quoted, is a header. Line ends
// LF or CR LF, a UTF-8 byte order mark is skipped, empty lines may only come last. Memory is that of a block
// of rows and of one line, at most 1 MiB long. Throws DataError that names file, line and column, while the
// table is read too.
Table csv_table(const std::filesystem::path& path);

}  // namespace dln::data
