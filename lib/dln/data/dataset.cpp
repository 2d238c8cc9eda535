#include "dln/data/dataset.hpp"

#include <zlib.h>

#include <array>
#include <fstream>

#include "dln/base/error.hpp"
#include "dln/data/idx.hpp"

namespace dln::data {

namespace fs = std::filesystem;

FileIdentity identify(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code trouble;
  if (!fs::is_regular_file(path, trouble) || !file)
    throw base::DataError(fmt::format("cannot read {}: expected a readable file", path.string()));
  FileIdentity identity{path.string(), 0, static_cast<std::uint32_t>(::crc32(0, nullptr, 0))};
  std::array<char, 1 << 16> block;
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    const auto count = static_cast<uInt>(file.gcount());
    identity.crc32 = static_cast<std::uint32_t>(
        ::crc32(identity.crc32, reinterpret_cast<const Bytef*>(block.data()), count));
    identity.bytes += count;
  }
  return identity;
}

ExampleSource open_dataset(const fs::path& path, const SourceOptions& options) {
  std::error_code trouble;
  if (!fs::exists(path, trouble))
    throw base::DataError(fmt::format("cannot read '{}': {}", path.string(),
                                      trouble ? trouble.message() : "no such file or folder"));
  fs::path images = path;
  if (fs::is_directory(path)) {
    images = path / "train-images-idx3-ubyte.gz";
    if (!fs::exists(images)) images = path / "train-images-idx3-ubyte";
    if (!fs::exists(images))
      throw base::DataError(fmt::format(
          "{}: a folder without train-images-idx3-ubyte(.gz); name the file with the images", path.string()));
  }
  const fs::path labels = options.labels ? *options.labels : labels_beside(images);
  if (!fs::exists(labels, trouble))
    throw base::DataError(fmt::format("cannot read {}: no such file; name the labels of {} with --labels",
                                      labels.string(), images.string()));
  return open_idx(images, labels, options);
}

}  // namespace dln::data
