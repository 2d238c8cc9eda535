#include "dln/data/idx.hpp"

#include <cstring>
#include <memory>
#include <vector>

#include "dln/base/error.hpp"
#include "dln/data/byte_reader.hpp"

namespace dln::data {
namespace {

namespace fs = std::filesystem;

void require_magic(ByteReader& file, std::uint32_t expected, const char* what) {
  const std::uint32_t magic = file.big_endian();
  if (magic != expected)
    file.fail(
        fmt::format("its first four bytes are 0x{:08x}; IDX {} start with 0x{:08x}", magic, what, expected));
}

// All labels, one byte each: small enough to keep, and needed whole to know that they are in range.
std::vector<unsigned char> read_labels(const fs::path& path, int classes, const fs::path& images,
                                       std::uint64_t image_count) {
  ByteReader file(path);
  require_magic(file, 0x00000801, "labels");
  const std::uint32_t count = file.big_endian();
  if (count != image_count)
    file.fail(fmt::format("it holds {} labels, but {} holds {} images", count, images.string(), image_count));
  file.require_plausible(count);
  std::vector<unsigned char> labels(count);
  file.read(labels, "labels");
  file.require_end();
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= classes)
      file.fail(
          fmt::format("label {} of example {} is out of range; expected 0 to {}", labels[i], i, classes - 1));
  return labels;
}

constexpr double kDefaultScale = 1.0 / 255;
constexpr int kDefaultClasses = 10;

// What a source keeps between batches.
struct IdxStream {
  ByteReader images;
  std::vector<unsigned char> labels;
  std::vector<unsigned char> bytes;
  std::uint64_t pixels = 0;
  int classes = kDefaultClasses;
  double scale = kDefaultScale;
  std::uint64_t batch_size = 1;
  std::uint64_t delivered = 0;
  bool ended = false;
};

bool fill(IdxStream& stream, Dataset& batch) {
  const std::uint64_t left = stream.labels.size() - stream.delivered;
  if (left == 0) {
    if (!stream.ended) stream.images.require_end();
    stream.ended = true;
    return false;
  }
  const std::uint64_t count = std::min(left, stream.batch_size);
  stream.bytes.resize(count * stream.pixels);
  stream.images.read(stream.bytes, "images");
  const auto rows = static_cast<Eigen::Index>(stream.pixels), columns = static_cast<Eigen::Index>(count);
  using Bytes = Eigen::Matrix<unsigned char, Eigen::Dynamic, Eigen::Dynamic>;
  batch.inputs = Eigen::Map<const Bytes>(stream.bytes.data(), rows, columns).cast<double>() * stream.scale;
  batch.targets = linalg::Matrix::Zero(stream.classes, columns);
  for (Eigen::Index j = 0; j < columns; ++j)
    batch.targets(stream.labels[stream.delivered + static_cast<std::uint64_t>(j)], j) = 1;
  stream.delivered += count;
  return true;
}

}  // namespace

fs::path labels_beside(const fs::path& images) {
  std::string name = images.filename().string();
  for (const auto& [from, to] : {std::pair{"images", "labels"}, std::pair{"idx3", "idx1"}}) {
    const auto at = name.find(from);
    if (at == std::string::npos)
      throw base::DataError(
          fmt::format("{}: its name does not say where its labels are (as in train-images-idx3-ubyte); name "
                      "them with --labels",
                      images.string()));
    name.replace(at, std::strlen(from), to);
  }
  return images.parent_path() / name;
}

ExampleSource open_idx(const fs::path& images, const fs::path& labels, const SourceOptions& options) {
  const int classes = options.classes.value_or(kDefaultClasses);
  base::require(classes >= 1 && classes <= 256, "number of classes", classes, "1 to 256");
  base::require(options.batch_size >= 1, "batch size", static_cast<double>(options.batch_size), "1 or more");
  ByteReader file(images);
  require_magic(file, 0x00000803, "images");
  const std::uint64_t count = file.big_endian(), rows = file.big_endian(), columns = file.big_endian();
  const std::uint64_t pixels = rows * columns;  // each below 2^32: no overflow
  if (count == 0 || pixels == 0)
    file.fail(fmt::format("it promises {} images of {} x {} pixels", count, rows, columns));
  if (pixels > kLargestInput)
    file.fail(fmt::format(
        "images of {} x {} pixels: expected at most {} pixels, whose correlations still fit in memory", rows,
        columns, kLargestInput));
  file.require_plausible(count * pixels);
  auto known = read_labels(labels, classes, images, count);

  auto stream = std::make_shared<IdxStream>(IdxStream{std::move(file),
                                                      std::move(known),
                                                      {},
                                                      pixels,
                                                      classes,
                                                      options.input_scale.value_or(kDefaultScale),
                                                      static_cast<std::uint64_t>(options.batch_size)});
  ExampleSource source;
  source.input_size = static_cast<Eigen::Index>(pixels);
  source.target_size = classes;
  source.classes = classes;
  source.image_rows = static_cast<Eigen::Index>(rows);
  source.image_columns = static_cast<Eigen::Index>(columns);
  source.examples = count;
  source.files = {identify(images), identify(labels)};
  source.next = [stream](Dataset& batch) { return fill(*stream, batch); };
  return source;
}

}  // namespace dln::data
