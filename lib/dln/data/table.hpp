// Table: rows of numbers, an example each, read in blocks as often as wanted, and the two ways in which
// tables become examples: some columns are targets, or a second table holds them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dln/data/dataset.hpp"

namespace dln::data {

// Invariant: as many values as the product of the shape; {} is the shape of a single number. Row-major: the
// last index runs fastest, whatever the order in the file.
struct NumberArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

// Fills `block`, columns x rows, with at most `wanted` of the next rows and returns true, or returns false at
// the end. Throws DataError for a file that turns out damaged.
using RowBlocks = std::function<bool(Eigen::Index wanted, linalg::Matrix& block)>;

struct Table {
  std::string name;  // for messages
  Eigen::Index columns = 0;
  std::vector<std::string> column_names = {};      // empty when they have none
  std::function<RowBlocks()> restart;              // a fresh pass from the first row
  Eigen::Index image_rows = 0, image_columns = 0;  // where each row is an image, row by row
};

// Where the array has the shape P x rows x columns.
void note_image_shape(Table& table, const std::vector<std::size_t>& shape);

// An array P x ... in memory: all indices but the first in its columns. Throws DataError for one without
// values.
Table array_table(NumberArray array, std::string name);

// Reads the table once, to learn how many rows it has and whether its targets are labels, then hands it out.
// Throws DataError for columns that do not exist, for more inputs than kLargestInput, for labels out of
// range.
ExampleSource examples_of(const Table& table, const SourceOptions& options);
// Inputs and targets row by row from two tables.
ExampleSource examples_of(const Table& inputs, const Table& targets, const SourceOptions& options);

}  // namespace dln::data
