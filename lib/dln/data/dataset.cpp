#include "dln/data/dataset.hpp"

#include <fmt/ranges.h>
#include <zlib.h>

#include <array>
#include <fstream>
#include <string_view>

#include "dln/base/error.hpp"
#include "dln/data/byte_reader.hpp"
#include "dln/data/csv.hpp"
#include "dln/data/idx.hpp"
#include "dln/data/npy.hpp"
#include "dln/data/npz.hpp"

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

namespace {

enum class Format { idx, npz, npy, csv };

// By the first bytes, unpacked where they are gzipped. What starts with a zero byte is IDX, good or bad, and
// so is what calls itself idx.
Format format_of(const fs::path& path) {
  if (path.filename().string().find("-idx") != std::string::npos) return Format::idx;
  ByteReader file(path);
  std::array<unsigned char, 6> bytes{};
  const auto count = file.read_some(bytes);
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), count);
  if (start.starts_with("PK")) return Format::npz;
  if (start.starts_with("\x93NUMPY")) return Format::npy;
  return start.starts_with('\0') ? Format::idx : Format::csv;
}

fs::path training_images_in(const fs::path& folder) {
  for (const char* name : {"train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"})
    if (fs::exists(folder / name)) return folder / name;
  throw base::DataError(fmt::format(
      "{}: a folder without train-images-idx3-ubyte(.gz); name the file with the images", folder.string()));
}

void require_exists(const fs::path& path) {
  std::error_code trouble;
  if (!fs::exists(path, trouble))
    throw base::DataError(fmt::format("cannot read '{}': {}", path.string(),
                                      trouble ? trouble.message() : "no such file or folder"));
}

ExampleSource open_images(const fs::path& images, const SourceOptions& options) {
  const fs::path labels = options.targets ? *options.targets : labels_beside(images);
  std::error_code trouble;
  if (!fs::exists(labels, trouble))
    throw base::DataError(fmt::format("cannot read {}: no such file; name the labels of {} with --labels",
                                      labels.string(), images.string()));
  return open_idx(images, labels, options);
}

// The one array of these names.
NumberArray take(NamedArrays& arrays, const fs::path& path, std::string_view what,
                 std::initializer_list<const char*> names) {
  std::string found, held;
  for (const char* name : names)
    if (arrays.contains(name)) {
      if (!found.empty())
        throw base::DataError(
            fmt::format("cannot use {}: it holds both '{}' and '{}'; expected one array of {}", path.string(),
                        found, name, what));
      found = name;
    }
  if (!found.empty()) return std::move(arrays[found]);
  for (const auto& [name, array] : arrays)
    if (held.size() < 100) held += (held.empty() ? "" : ", ") + name.substr(0, 40);
  throw base::DataError(fmt::format("cannot use {}: it holds no {}; expected an array named {}, found {}",
                                    path.string(), what, fmt::join(names, ", "),
                                    held.empty() ? "none at all" : held));
}

ExampleSource open_archive(const fs::path& path, const SourceOptions& options) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 32;
  if (options.targets)
    throw base::DataError(fmt::format("cannot use {}: an NPZ file holds its own targets; leave out {}",
                                      path.string(), options.targets->string()));
  auto arrays = read_npz(path, kMostBytes);
  auto x = take(arrays, path, "inputs", {"x", "X", "inputs"});
  auto y = take(arrays, path, "targets", {"y", "Y", "targets", "labels"});
  return examples_of(array_table(std::move(x), path.string() + " (inputs)"),
                     array_table(std::move(y), path.string() + " (targets)"), options);
}

Table open_table(const fs::path& path) {
  const auto format = format_of(path);
  if (format == Format::npy) return npy_table(path);
  if (format == Format::csv) return csv_table(path);
  throw base::DataError(fmt::format("cannot use {}: expected a table of targets, CSV or NPY", path.string()));
}

}  // namespace

ExampleSource open_dataset(const fs::path& path, const SourceOptions& options) {
  base::require(options.batch_size >= 1, "batch size", static_cast<double>(options.batch_size), "1 or more");
  require_exists(path);
  if (fs::is_directory(path)) return open_images(training_images_in(path), options);
  const auto format = format_of(path);
  if (format == Format::idx) return open_images(path, options);
  ExampleSource source;
  if (format == Format::npz) {
    source = open_archive(path, options);
  } else if (options.targets) {
    require_exists(*options.targets);
    source = examples_of(open_table(path), open_table(*options.targets), options);
  } else {
    source = examples_of(open_table(path), options);
  }
  source.files = {identify(path)};
  if (options.targets) source.files.push_back(identify(*options.targets));
  return source;
}

}  // namespace dln::data
