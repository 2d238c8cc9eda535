// An NPY file as a table, read block by block, front to back.
#include <algorithm>
#include <memory>
#include <span>

#include "dln/base/error.hpp"
#include "dln/data/byte_reader.hpp"
#include "dln/data/npy.hpp"
#include "dln/data/npy_layout.hpp"

namespace dln::data {
namespace {

// Of a file that is read front to back; what its header's length says is limited before it is allocated.
NpyHeader read_npy_header(ByteReader& file) {
  std::string bytes(12, '\0');
  const auto at = [&](std::size_t first) {
    return std::span(reinterpret_cast<unsigned char*>(bytes.data()) + first, bytes.size() - first);
  };
  file.read(at(0), "header");
  const std::size_t width = bytes[6] == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[8 + i])) << (8 * i);
  if (length < 4 || length > 65535) throw base::DataError("its header is damaged");
  bytes.resize(8 + width + length);
  file.read(at(12), "header");
  return parse_npy_header(bytes);
}

// What a pass over an array keeps between blocks of rows.
struct NpyStream {
  ByteReader file;
  NpyHeader header;
  std::size_t columns, left;
  std::vector<char> bytes = {};
};

bool fill(NpyStream& stream, Eigen::Index wanted, linalg::Matrix& block) {
  const std::size_t rows = std::min(stream.left, static_cast<std::size_t>(wanted));
  if (rows == 0) {
    stream.file.require_end();
    return false;
  }
  const std::size_t count = rows * stream.columns;
  stream.bytes.resize(count * npy_value_size(stream.header.type));
  stream.file.read(std::span(reinterpret_cast<unsigned char*>(stream.bytes.data()), stream.bytes.size()),
                   "values");
  block.resize(static_cast<Eigen::Index>(stream.columns), static_cast<Eigen::Index>(rows));
  convert_npy(stream.header.type, stream.bytes.data(), block.data(), count);
  stream.left -= rows;
  return true;
}

Table fortran_table(ByteReader& file, const NpyHeader& header, std::size_t count) {
  constexpr std::size_t kMost = 1 << 28;  // two gigabytes of doubles
  if (count > kMost)
    file.fail(fmt::format("{} values in Fortran order do not fit in memory; save numpy.ascontiguousarray(x)",
                          count));
  std::vector<char> bytes(count * npy_value_size(header.type));
  file.read(std::span(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()), "values");
  file.require_end();
  NumberArray array{header.shape, std::vector<double>(count)};
  convert_npy(header.type, bytes.data(), array.values.data(), count);
  array.values = row_major(array.values, array.shape);
  return array_table(std::move(array), file.path().string());
}

}  // namespace

Table npy_table(const std::filesystem::path& path) {
  ByteReader file(path);
  try {
    const auto header = read_npy_header(file);
    const std::size_t size = npy_value_size(header.type);
    const std::size_t count = number_of_values(header.shape, std::size_t{1} << 60);
    if (header.shape.empty() || count == 0)
      throw base::DataError(
          fmt::format("it is an array of {} values; expected P x N1 with a row an example", count));
    file.require_plausible(count * size);
    if (header.fortran_order && header.shape.size() > 1) return fortran_table(file, header, count);
    const std::size_t rows = header.shape[0], columns = count / rows;
    Table table;
    table.name = path.string();
    table.columns = static_cast<Eigen::Index>(columns);
    note_image_shape(table, header.shape);
    table.restart = [path, header, rows, columns]() -> RowBlocks {
      auto stream = std::make_shared<NpyStream>(NpyStream{ByteReader(path), header, columns, rows});
      std::vector<unsigned char> skipped(header.values_at);
      stream->file.read(skipped, "header");
      return [stream](Eigen::Index wanted, linalg::Matrix& block) { return fill(*stream, wanted, block); };
    };
    return table;
  } catch (const base::DataError& error) {
    const std::string what = error.what();
    if (what.find(path.string()) != std::string::npos) throw;
    file.fail(what);
  }
}

}  // namespace dln::data
