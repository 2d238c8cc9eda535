// IDX and gzipped IDX, the format of MNIST: a magic number, big-endian sizes, then one byte a value.
#pragma once

#include <filesystem>

#include "dln/data/dataset.hpp"

namespace dln::data {

// The labels that belong to a file of images by the usual naming (images-idx3 -> labels-idx1).
// Throws DataError when the name does not follow it.
std::filesystem::path labels_beside(const std::filesystem::path& images);

// Images (magic 0x00000803) with labels (0x00000801): input = pixels row by row times input_scale, target =
// one-hot label. Sizes are checked against the file before anything is allocated, and the bytes against the
// sizes while streaming. Throws DataError.
ExampleSource open_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                       const SourceOptions& options);

}  // namespace dln::data
