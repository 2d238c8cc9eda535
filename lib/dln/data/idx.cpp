#include "dln/data/idx.hpp"

#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "dln/base/error.hpp"

namespace dln::data {
namespace {

namespace fs = std::filesystem;

// deflate cannot expand by more than about 1032 : 1, so no file holds more than this many times its size.
constexpr std::uintmax_t kLargestExpansion = 1040;
// Sigma11 of so many inputs takes half a gigabyte.
constexpr std::uint64_t kLargestInput = 1 << 13;

// A plain or gzipped file read front to back; every shortfall is an error with the file's name.
class ByteReader {
 public:
  explicit ByteReader(const fs::path& path) : path_(path) {
    std::error_code trouble;
    const auto kind = fs::status(path, trouble).type();
    if (kind == fs::file_type::not_found) fail("no such file");
    if (trouble) fail(trouble.message());
    if (kind == fs::file_type::directory) fail("it is a folder; name a file");
    if (kind != fs::file_type::regular) fail("it is not a regular file");
    file_bytes_ = fs::file_size(path, trouble);
    if (trouble) fail(trouble.message());
    file_.reset(::gzopen(path.c_str(), "rb"));
    if (!file_) fail(std::strerror(errno));
    ::gzbuffer(file_.get(), 1 << 18);
  }

  void read(std::span<unsigned char> bytes, const char* what) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto wanted = static_cast<unsigned>(std::min<std::size_t>(bytes.size() - done, 1u << 30));
      const int got = ::gzread(file_.get(), bytes.data() + done, wanted);
      if (got < 0) fail_damaged();
      if (got == 0) fail(fmt::format("it ends inside its {}; the file is truncated", what));
      done += static_cast<std::size_t>(got);
    }
  }

  // Reads on to the end, where gzip keeps its checksum.
  void require_end() {
    unsigned char extra;
    const int got = ::gzread(file_.get(), &extra, 1);
    if (got > 0) fail("bytes follow after the last example; expected the end of the file");
    int code = Z_OK;
    ::gzerror(file_.get(), &code);
    if (got < 0 || code != Z_OK) fail_damaged();
  }

  std::uint32_t big_endian() {
    std::array<unsigned char, 4> b;
    read(b, "header");
    return (std::uint32_t{b[0]} << 24) | (std::uint32_t{b[1]} << 16) | (std::uint32_t{b[2]} << 8) | b[3];
  }

  // Refuses sizes that this file cannot possibly hold, before anyone allocates for them.
  void require_plausible(std::uintmax_t promised) {
    if (::gzdirect(file_.get()) == 0) {
      if (promised / kLargestExpansion > file_bytes_)
        fail(fmt::format("its header promises {} bytes, more than a file of {} bytes can hold", promised,
                         file_bytes_));
      return;
    }
    const std::uintmax_t header = static_cast<std::uintmax_t>(::gztell(file_.get()));
    const std::uintmax_t held = file_bytes_ - header;
    if (promised > held)
      fail(fmt::format("its header promises {} bytes of values, the file holds {}; it is truncated", promised,
                       held));
    if (promised < held)
      fail(fmt::format("{} bytes follow after the last example; expected the end of the file",
                       held - promised));
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw base::DataError(fmt::format("cannot read {}: {}", path_.string(), what));
  }

 private:
  [[noreturn]] void fail_damaged() const {
    int code = Z_OK;
    const char* message = ::gzerror(file_.get(), &code);
    if (code == Z_BUF_ERROR) fail("the compressed data end early; the file is truncated");
    fail(code == Z_ERRNO ? std::strerror(errno) : fmt::format("damaged compressed data ({})", message));
  }

  struct Close {
    void operator()(gzFile file) const { ::gzclose(file); }
  };
  fs::path path_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> file_;
  std::uintmax_t file_bytes_ = 0;
};

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

// What a source keeps between batches.
struct IdxStream {
  ByteReader images;
  std::vector<unsigned char> labels;
  std::vector<unsigned char> bytes;
  std::uint64_t pixels = 0;
  std::uint64_t delivered = 0;
  bool ended = false;
};

bool fill(IdxStream& stream, const SourceOptions& options, Dataset& batch) {
  const std::uint64_t left = stream.labels.size() - stream.delivered;
  if (left == 0) {
    if (!stream.ended) stream.images.require_end();
    stream.ended = true;
    return false;
  }
  const std::uint64_t count = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(options.batch_size));
  stream.bytes.resize(count * stream.pixels);
  stream.images.read(stream.bytes, "images");
  const auto rows = static_cast<Eigen::Index>(stream.pixels), columns = static_cast<Eigen::Index>(count);
  using Bytes = Eigen::Matrix<unsigned char, Eigen::Dynamic, Eigen::Dynamic>;
  batch.inputs =
      Eigen::Map<const Bytes>(stream.bytes.data(), rows, columns).cast<double>() * options.input_scale;
  batch.targets = linalg::Matrix::Zero(options.classes, columns);
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
  base::require(options.classes >= 1 && options.classes <= 256, "number of classes", options.classes,
                "1 to 256");
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
  auto known = read_labels(labels, options.classes, images, count);

  auto stream =
      std::make_shared<IdxStream>(IdxStream{std::move(file), std::move(known), {}, pixels, 0, false});
  ExampleSource source;
  source.input_size = static_cast<Eigen::Index>(pixels);
  source.target_size = options.classes;
  source.examples = count;
  source.files = {identify(images), identify(labels)};
  source.next = [stream, options](Dataset& batch) { return fill(*stream, options, batch); };
  return source;
}

}  // namespace dln::data
