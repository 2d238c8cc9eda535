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
};

struct SourceOptions {
  std::optional<std::filesystem::path> labels;  // default: found beside the images by its name
  int classes = 10;                             // labels 0 .. classes - 1 become one-hot targets
  double input_scale = 1.0 / 255;               // of the raw values
  Eigen::Index batch_size = 4096;
};

// Picks the reader by the file's content; IDX and gzipped IDX images for now. A folder stands for the
// training pair in it, train-images-idx3-ubyte[.gz] and its labels. Throws DataError.
ExampleSource open_dataset(const std::filesystem::path& path, const SourceOptions& options = {});

}  // namespace dln::data
