#include "dln/data/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "dln/base/error.hpp"
#include "dln/data/npy_layout.hpp"
#include "dln/data/utf8.hpp"

static_assert(std::endian::native == std::endian::little, "values are copied as they stand in the file");

namespace dln::data {
namespace {

constexpr std::size_t kMostIndices = 64;  // as NumPy 2 has them; each costs time for every value
constexpr std::string_view kMagic = "\x93NUMPY";

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
    if (shape.size() == kMostIndices)
      throw base::DataError(fmt::format("its shape has more than {} indices", kMostIndices));
    shape.push_back(size);
    text = text.substr(static_cast<std::size_t>(stop - text.data()));
  }
  return shape;
}

template <class Stored>
void convert(const char* bytes, double* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<double>(stored);
  }
}

struct NumberType {
  std::string_view name;
  std::size_t size;
  void (*convert)(const char*, double*, std::size_t);
};

template <class Stored>
constexpr NumberType number_type(std::string_view name) {
  return {name, sizeof(Stored), convert<Stored>};
}

constexpr std::array kTypes{
    number_type<double>("<f8"),        number_type<float>("<f4"),         number_type<std::int64_t>("<i8"),
    number_type<std::int32_t>("<i4"),  number_type<std::int16_t>("<i2"),  number_type<std::int8_t>("|i1"),
    number_type<std::uint64_t>("<u8"), number_type<std::uint32_t>("<u4"), number_type<std::uint16_t>("<u2"),
    number_type<std::uint8_t>("|u1"),  number_type<std::uint8_t>("|b1")};

const NumberType& known_type(const std::string& name) {
  const auto found = std::ranges::find(kTypes, name, &NumberType::name);
  if (found != kTypes.end()) return *found;
  const std::string shown = name.substr(0, 20);
  if (name.starts_with('>'))
    throw base::DataError(fmt::format(
        "its values are big-endian, of type '{}'; expected little-endian, as from array.astype('<{}')", shown,
        shown.substr(1)));
  if (name.starts_with("|O"))
    throw base::DataError(
        fmt::format("its values are Python objects, of type '{}'; expected numbers", shown));
  throw base::DataError(fmt::format(
      "its values are of type '{}'; expected float64, float32 or integers of at most 8 bytes", shown));
}

void require_finite(const double* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i]))
      throw base::DataError(fmt::format("it holds {}; expected finite numbers", values[i]));
}

std::string header_of(const std::string& type, const std::vector<std::size_t>& sizes) {
  std::string shape;
  for (std::size_t size : sizes) shape += fmt::format("{}, ", size);
  if (sizes.size() > 1) shape.resize(shape.size() - 2);
  if (sizes.size() == 1) shape.pop_back();
  std::string literal = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  literal += std::string(63 - (10 + literal.size()) % 64, ' ') + '\n';  // values start at a multiple of 64
  const auto length = static_cast<std::uint16_t>(literal.size());
  std::string header(kMagic);
  header += {1, 0, static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  return header + literal;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const auto character = text.substr(0, length);
    if (character.size() < length || first_not_utf8(character) != std::string_view::npos) {
      points += U'\uFFFD';
      text.remove_prefix(1);
      continue;
    }
    char32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (char c : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3Fu);
    points += point;
    text.remove_prefix(length);
  }
  return points;
}

}  // namespace

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

std::size_t number_of_values(const std::vector<std::size_t>& shape, std::size_t available) {
  std::size_t count = 1;
  for (std::size_t size : shape)
    if (size > 0 && count > available / size)
      throw base::DataError("its shape promises more values than the file holds");
    else
      count *= size;
  return count;
}

NpyHeader parse_npy_header(std::string_view bytes) {
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

std::size_t npy_value_size(const std::string& type) {
  return known_type(type).size;
}

void convert_npy(const std::string& type, const char* bytes, double* values, std::size_t count) {
  known_type(type).convert(bytes, values, count);
}

std::string npy_header(const std::vector<std::size_t>& sizes) {
  return header_of("<f8", sizes);
}

std::string npy_texts(const std::vector<std::string>& texts) {
  std::vector<std::u32string> rows;
  std::size_t width = 1;
  for (const auto& text : texts) width = std::max(width, rows.emplace_back(code_points(text)).size());
  std::string bytes = header_of(fmt::format("<U{}", width), {texts.size()});
  for (auto& row : rows) {
    row.resize(width);
    for (char32_t point : row)
      for (int shift : {0, 8, 16, 24}) bytes += static_cast<char>(point >> shift & 0xff);
  }
  return bytes;
}

std::vector<double> parse_npy(std::string_view bytes, std::vector<std::size_t>& shape) {
  const NpyHeader header = parse_npy_header(bytes);
  const std::size_t count = number_of_values(header.shape, bytes.size());
  const std::size_t held = bytes.size() - header.values_at, wanted = count * npy_value_size(header.type);
  if (held != wanted)
    throw base::DataError(
        fmt::format("it holds {} bytes of values; expected {} for its shape", held, wanted));
  std::vector<double> values(count);
  convert_npy(header.type, bytes.data() + header.values_at, values.data(), count);
  require_finite(values.data(), count);
  shape = header.shape;
  return header.fortran_order ? row_major(values, shape) : values;
}

}  // namespace dln::data
