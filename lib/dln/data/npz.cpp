#include "dln/data/npz.hpp"

#include <zip.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

#include "dln/base/error.hpp"

static_assert(std::endian::native == std::endian::little, "values are copied as they stand in the file");

namespace dln::data {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

constexpr std::string_view kMagic = "\x93NUMPY";

// The Python literal that opens an NPY file: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
struct Header {
  std::string type;
  bool fortran_order;
  std::vector<std::size_t> shape;
  std::size_t values_at;  // offset of the first value
};

// What follows `key` in the literal, blanks skipped.
std::string_view after(std::string_view literal, std::string_view key) {
  const auto at = literal.find("'" + std::string(key) + "'");
  if (at == std::string_view::npos) throw base::DataError(fmt::format("its header names no {}", key));
  auto rest = literal.substr(at + key.size() + 2);
  const auto start = rest.find_first_not_of(" :");
  return start == std::string_view::npos ? std::string_view() : rest.substr(start);
}

std::vector<std::size_t> parse_shape(std::string_view text) {
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos)
    throw base::DataError("its header has no shape in parentheses");
  std::vector<std::size_t> shape;
  for (text = text.substr(1, end - 1); !text.empty();) {
    const auto start = text.find_first_not_of(" ,");
    if (start == std::string_view::npos) break;
    std::size_t size = 0;
    const auto [stop, trouble] = std::from_chars(text.data() + start, text.data() + text.size(), size);
    if (trouble != std::errc()) throw base::DataError("its shape is not made of whole numbers");
    shape.push_back(size);
    text = text.substr(static_cast<std::size_t>(stop - text.data()));
  }
  return shape;
}

Header parse_header(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 12) throw base::DataError("it is no NPY file");
  const int version = static_cast<unsigned char>(bytes[6]);
  const std::size_t width = version == 1 ? 2 : 4;  // of the number that holds the literal's length
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[8 + i])) << (8 * i);
  if (version < 1 || version > 3 || length > bytes.size() - 8 - width)
    throw base::DataError("its header is damaged");
  const auto literal = bytes.substr(8 + width, length);
  const auto type = after(literal, "descr");
  const auto quote = type.find('\'', 1);
  if (!type.starts_with('\'') || quote == std::string_view::npos)
    throw base::DataError("its values are records; expected plain numbers");
  return {std::string(type.substr(1, quote - 1)), after(literal, "fortran_order").starts_with("True"),
          parse_shape(after(literal, "shape")), 8 + width + length};
}

template <class Stored>
std::vector<double> convert(std::string_view bytes, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<double>(stored);
  }
  return values;
}

std::vector<double> values_of(const Header& header, std::string_view bytes, std::size_t count) {
  const auto of = [&]<class Stored>(Stored) {
    if (bytes.size() != count * sizeof(Stored))
      throw base::DataError(fmt::format("it holds {} bytes of values; expected {} for its shape",
                                        bytes.size(), count * sizeof(Stored)));
    return convert<Stored>(bytes, count);
  };
  const std::string& t = header.type;
  if (t == "<f8") return of(double{});
  if (t == "<f4") return of(float{});
  if (t == "<i8") return of(std::int64_t{});
  if (t == "<i4") return of(std::int32_t{});
  if (t == "<u8") return of(std::uint64_t{});
  if (t == "<u4") return of(std::uint32_t{});
  throw base::DataError(
      fmt::format("its values are of type '{}'; expected float64, float32 or integers of 4 or 8 bytes, "
                  "little-endian",
                  t.substr(0, 20)));
}

// From the first index running fastest to the last.
std::vector<double> row_major(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
  std::vector<double> turned(values.size());
  std::vector<std::size_t> index(shape.size());
  for (double& value : turned) {
    std::size_t at = 0;
    for (std::size_t d = shape.size(); d-- > 0;) at = at * shape[d] + index[d];
    value = values[at];
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
  return turned;
}

NumberArray parse_npy(std::string_view bytes) {
  const Header header = parse_header(bytes);
  std::size_t count = 1;
  for (std::size_t size : header.shape)
    if (size > 0 && count > bytes.size() / size)  // more values than there are bytes
      throw base::DataError("its shape promises more values than the file holds");
    else
      count *= size;
  auto values = values_of(header, bytes.substr(header.values_at), count);
  for (double value : values)
    if (!std::isfinite(value))
      throw base::DataError(fmt::format("it holds {}; expected finite numbers", value));
  if (header.fortran_order) values = row_major(values, header.shape);
  return {header.shape, std::move(values)};
}

std::string unpack(zip_t* archive, zip_uint64_t index, std::uint64_t size) {
  const Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry) throw base::DataError(zip_strerror(archive));
  std::string bytes(size, '\0');
  std::uint64_t got = 0;
  while (got < size) {
    const auto more = zip_fread(entry.get(), bytes.data() + got, size - got);
    if (more < 0) throw base::DataError(zip_file_strerror(entry.get()));
    if (more == 0) throw base::DataError("it ends before its promised size");
    got += static_cast<std::uint64_t>(more);
  }
  char beyond;  // reading past the end is what makes libzip look at the checksum
  if (zip_fread(entry.get(), &beyond, 1) != 0) throw base::DataError("its checksum or its size is wrong");
  return bytes;
}

std::string header_of(const NumberArray& array) {
  std::string shape;
  for (std::size_t size : array.shape) shape += fmt::format("{}, ", size);
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.pop_back();
  std::string literal = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }";
  literal += std::string(63 - (10 + literal.size()) % 64, ' ') + '\n';  // values start at a multiple of 64
  const auto length = static_cast<std::uint16_t>(literal.size());
  std::string header(kMagic);
  header += {1, 0, static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  return header + literal;
}

}  // namespace

NamedArrays read_npz(const std::filesystem::path& path, std::uint64_t byte_limit) {
  int trouble = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &trouble));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, trouble);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw base::DataError(fmt::format("cannot read {}: {}; expected an NPZ file, as numpy.savez writes it",
                                      path.string(), why));
  }
  NamedArrays arrays;
  std::uint64_t total = 0;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive.get(), index, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE))
      throw base::DataError(fmt::format("cannot read {}: {}", path.string(), zip_strerror(archive.get())));
    std::string name = about.name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    if (about.size > byte_limit - total)
      throw base::DataError(fmt::format("cannot read {}: its arrays need more than the {} bytes there are",
                                        path.string(), byte_limit));
    total += about.size;
    try {
      arrays[name] = parse_npy(unpack(archive.get(), index, about.size));
    } catch (const base::DataError& error) {
      throw base::DataError(
          fmt::format("cannot use {}: array '{}': {}", path.string(), name.substr(0, 60), error.what()));
    }
  }
  return arrays;
}

std::string npz_bytes(const NamedArrays& arrays) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  const auto fail = [](const char* why) {
    throw base::WriteError(fmt::format("cannot make an NPZ file: {}", why));
  };
  if (!target) fail(zip_error_strerror(&error));
  zip_source_keep(target);
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(target, zip_source_free);
  Archive archive(zip_open_from_source(target, ZIP_TRUNCATE, &error));
  if (!archive) fail(zip_error_strerror(&error));
  std::vector<std::string> contents;  // alive until the archive is closed
  contents.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    std::string& bytes = contents.emplace_back(header_of(array));
    bytes.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(double));
    zip_source_t* source = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    const auto index = zip_file_add(archive.get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail(zip_strerror(archive.get()));
    }
    zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(index), 0, 0x21, 0);  // 1980-01-01
  }
  if (zip_close(archive.get()) != 0) fail(zip_strerror(archive.get()));
  archive.release();
  if (zip_source_open(target) != 0) fail("its bytes cannot be read back");
  zip_source_seek(target, 0, SEEK_END);
  const auto size = zip_source_tell(target);
  zip_source_seek(target, 0, SEEK_SET);
  std::string bytes(static_cast<std::size_t>(std::max<zip_int64_t>(size, 0)), '\0');
  if (zip_source_read(target, bytes.data(), bytes.size()) != size) fail("its bytes cannot be read back");
  zip_source_close(target);
  return bytes;
}

}  // namespace dln::data
