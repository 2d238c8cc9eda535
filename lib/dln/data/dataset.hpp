// Examples (x, y): a Dataset in memory, or an ExampleSource that hands them out batch by batch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::data {

// One example a column: inputs : N1 x P, targets : N3 x P.
struct Dataset {
  linalg::Matrix inputs;
  linalg::Matrix targets;
};

// Which file was read, so that a result can say what it stands on.
struct FileIdentity {
  std::string path;
  std::uintmax_t bytes = 0;
  std::uint32_t crc32 = 0;
};
// Throws DataError when the file cannot be read.
FileIdentity identify(const std::filesystem::path& path);

// A stream of examples that never sit in memory together.
struct ExampleSource {
  Eigen::Index input_size = 0;   // N1
  Eigen::Index target_size = 0;  // N3
  std::uint64_t examples = 0;    // P
  std::vector<FileIdentity> files;
  // Fills the next batch and returns true, or returns false when all have been handed out.
  // Throws DataError when the source turns out damaged.
  std::function<bool(Dataset& batch)> next;
  int classes = 0;  // of the labels that became one-hot targets; 0: targets were numbers
  // What the file says of its inputs and targets, if anything: rows and columns of images, row by row, and
  // names (of targets that are numbers).
  Eigen::Index image_rows = 0, image_columns = 0;
  std::vector<std::string> input_names = {}, target_names = {};
};

// Sigma11 of so many inputs takes half a gigabyte.
constexpr std::uint64_t kLargestInput = 1 << 13;

struct SourceOptions {
  // A second file with the targets: the labels of IDX images (default: found beside them by name), or a table
  // of as many rows.
  std::optional<std::filesystem::path> targets;
  // Of a table: the columns that hold targets, by name or by number from 1; default: the last one.
  std::vector<std::string> target_columns;
  // Labels 0 .. classes - 1 become one-hot targets. Default: 10 for IDX; in a table, a single target column
  // of whole numbers from 0 to at most 255 is taken for labels up to the largest of them. 0: targets of a
  // table are numbers as they stand.
  std::optional<int> classes;
  std::optional<double> input_scale;  // of the raw inputs; default: 1/255 for IDX, 1 for tables
  Eigen::Index batch_size = 4096;
};

// Picks the reader by the file's content: IDX images with labels (gzipped or not), NPZ, NPY, CSV (gzipped or
// not). A folder stands for MNIST's training pair in it, train-images-idx3-ubyte[.gz] and its labels.
// Throws DataError.
ExampleSource open_dataset(const std::filesystem::path& path, const SourceOptions& options = {});

}  // namespace dln::data
