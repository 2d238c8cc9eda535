#include "dln/data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "dln/base/error.hpp"
#include "dln/data/csv_lines.hpp"
#include "dln/data/utf8.hpp"

namespace dln::data {
namespace {

struct Field {
  std::string_view text;  // without blanks around it and without its quotes; within, "" stands for "
  bool quoted = false;
};

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

// Where a field opened at `open` closes; two quotation marks stand for one of the field's own (RFC 4180).
std::size_t closing_quote(std::string_view line, std::size_t open) {
  for (auto at = line.find('"', open + 1);; at = line.find('"', at + 2))
    if (at == std::string_view::npos || !line.substr(at + 1).starts_with('"')) return at;
}

std::string without_doubled_quotes(const Field& field) {
  std::string text(field.text);
  if (field.quoted)
    for (auto at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1))
      text.erase(at, 1);
  return text;
}

void split(const Lines& lines, std::string_view line, char separator, std::vector<Field>& fields) {
  fields.clear();
  for (;;) {
    const auto start = line.find_first_not_of(' ');
    if (start != std::string_view::npos && line[start] == '"') {
      const auto close = closing_quote(line, start);
      const auto end = close == std::string_view::npos ? close : line.find_first_not_of(' ', close + 1);
      if (close == std::string_view::npos || (end != std::string_view::npos && line[end] != separator))
        lines.fail(fields.size() + 1, "a quotation mark without its partner before the end of the field");
      fields.push_back({line.substr(start + 1, close - start - 1), true});
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + 1);
    } else {
      const auto end = line.find(separator);
      fields.push_back({trimmed(line.substr(0, end)), false});
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + 1);
    }
  }
}

// At most 40 bytes of it, what is not printable ASCII as \xNN.
std::string shown(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 40))
    result +=
        c >= ' ' && c <= '~' ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  return text.size() > 40 ? result + "..." : result;
}

// What from_chars makes of it; nothing for what is no number in plain decimal notation.
std::optional<double> number_in(std::string_view text, bool& too_large) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [stop, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  too_large = trouble == std::errc::result_out_of_range;
  if (stop != text.data() + text.size() || (trouble != std::errc() && !too_large)) return std::nullopt;
  return value;
}

// nan, inf, NA and the like are missing values, not names.
bool is_missing(std::string_view text) {
  std::string lower(text.substr(0, 10));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower.starts_with('-') || lower.starts_with('+')) lower.erase(0, 1);
  for (std::string_view word : {"", "nan", "inf", "infinity", "na", "n/a", "null", "none", "?"})
    if (lower == word) return true;
  return false;
}

[[noreturn]] void refuse(const Lines& lines, std::size_t column, std::string_view text, bool too_large) {
  if (text.empty()) lines.fail(column, "it is empty; expected a number");
  if (too_large) lines.fail(column, fmt::format("'{}' is beyond the range of doubles", shown(text)));
  if (is_missing(text))
    lines.fail(column,
               fmt::format("'{}' is not a finite number; leave out or fill in such rows", shown(text)));
  if (text.find(';') != std::string_view::npos)
    lines.fail(column,
               fmt::format("'{}' holds a semicolon; expected commas or tabs between the values, points "
                           "in decimals",
                           shown(text)));
  if (text.find(',') != std::string_view::npos)
    lines.fail(column, fmt::format("'{}' has a decimal comma; expected a point", shown(text)));
  const bool is_word = (text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z';
  lines.fail(column, fmt::format("'{}' is not a number{}", shown(text),
                                 is_word ? "; if such words name classes, number these 0, 1, ..." : ""));
}

double parse(const Lines& lines, std::size_t column, std::string_view text) {
  bool too_large = false;
  const auto value = number_in(text, too_large);
  if (!value || too_large || !std::isfinite(*value)) refuse(lines, column, text, too_large);
  return *value;
}

bool is_name(const Field& field) {
  bool too_large = false;
  return !is_missing(field.text) && !number_in(field.text, too_large);
}
// What stands among names and is none: a number without quotes.
bool is_bare_value(const Field& field) {
  return !field.quoted && !is_name(field);
}

// The names in the first line; none when it is a row of numbers.
std::vector<std::string> names_in(const Lines& lines, const std::vector<Field>& fields) {
  const auto number = std::ranges::find_if(fields, is_bare_value),
             name = std::ranges::find_if(fields, is_name);
  if (name == fields.end()) return {};
  const std::size_t column = static_cast<std::size_t>(name - fields.begin()) + 1;
  const bool starts_as_number = name->text.find_first_of("+-.0123456789") == 0;
  if (name->text.find(';') != std::string_view::npos ||
      (starts_as_number && name->text.find(',') != std::string_view::npos))
    refuse(lines, column, name->text, false);
  if (number != fields.end())
    lines.fail(column, fmt::format("'{}' beside '{}'; expected a line of names only (quoted where they are "
                                   "numbers) or of numbers only (classes as 0, 1, ...)",
                                   shown(name->text), shown(number->text)));
  std::vector<std::string> names;
  for (const Field& field : fields) {
    if (first_not_utf8(field.text) != std::string_view::npos)
      lines.fail(names.size() + 1,
                 fmt::format("the name '{}' is not UTF-8; save the file as UTF-8", shown(field.text)));
    names.push_back(without_doubled_quotes(field));
  }
  return names;
}

// How the file is laid out, as its first line shows.
struct Layout {
  char separator = ',';
  std::vector<std::string> names;
  std::size_t columns = 0;
};

// What was taken for CSV only because it is nothing else: bytes no text holds, prose, comments.
[[noreturn]] void refuse_as_no_table(const Lines& lines, std::string_view what) {
  lines.fail(
      fmt::format("{}: the file is neither IDX, NPY, NPZ nor a table of numbers, separated by commas "
                  "or tabs",
                  what));
}

void require_text(const Lines& lines, std::string_view line) {
  const auto control =
      std::ranges::find_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; });
  if (control != line.end())
    refuse_as_no_table(lines, fmt::format("holds the byte \\x{:02X}", static_cast<unsigned char>(*control)));
  if (line.starts_with('#'))
    refuse_as_no_table(lines, "starts with '#' (leave comments out, and write names of columns without it)");
}

// Under a line of names: something that could be numbers.
void require_numbers_below(Lines& lines, const Layout& layout) {
  std::string_view line;
  std::vector<Field> fields;
  const std::string name = layout.names[0];
  if (!lines.next(line)) {
    if (layout.columns == 1) refuse_as_no_table(lines, fmt::format("is missing below '{}'", shown(name)));
    return;
  }
  split(lines, line, layout.separator, fields);
  bool too_large = false;
  const auto word = std::ranges::find_if(fields, is_name);
  if (word != fields.end() &&
      std::ranges::none_of(fields, [&](const Field& f) { return number_in(f.text, too_large).has_value(); }))
    refuse_as_no_table(lines,
                       fmt::format("holds no number but '{}' (if such words name classes, number these "
                                   "0, 1, ...)",
                                   shown(word->text)));
}

struct CsvStream {
  Lines lines;
  Layout layout;
  std::vector<Field> fields = {};
};

void require_only_empty(Lines& lines) {
  const auto empty = lines.number();
  std::string_view line;
  while (lines.next(line))
    if (!trimmed(line).empty()) lines.fail(fmt::format("follows after the empty line {}", empty));
}

bool fill(CsvStream& stream, Eigen::Index wanted, linalg::Matrix& block) {
  const std::size_t columns = stream.layout.columns;
  block.resize(static_cast<Eigen::Index>(columns), wanted);
  Eigen::Index rows = 0;
  for (std::string_view line; rows < wanted && stream.lines.next(line); ++rows) {
    if (trimmed(line).empty()) {
      require_only_empty(stream.lines);
      break;
    }
    split(stream.lines, line, stream.layout.separator, stream.fields);
    if (stream.fields.size() != columns)
      stream.lines.fail(fmt::format("has {} column{}; expected {} as in line 1", stream.fields.size(),
                                    stream.fields.size() == 1 ? "" : "s", columns));
    for (std::size_t i = 0; i < columns; ++i)
      block(static_cast<Eigen::Index>(i), rows) = parse(stream.lines, i + 1, stream.fields[i].text);
  }
  block.conservativeResize(Eigen::NoChange, rows);
  return rows > 0;
}

Layout layout_of(const std::filesystem::path& path) {
  Lines lines(path);
  std::string_view line;
  const bool any = lines.next(line);
  if (!any || trimmed(line).empty())
    throw base::DataError(fmt::format("cannot read {}: {}; expected rows of numbers", path.string(),
                                      any ? "its first line is empty" : "it is empty"));
  require_text(lines, line);
  Layout layout;
  if (line.find('\t') != std::string_view::npos) layout.separator = '\t';
  std::vector<Field> fields;
  split(lines, line, layout.separator, fields);
  layout.names = names_in(lines, fields);
  layout.columns = fields.size();
  if (!layout.names.empty()) require_numbers_below(lines, layout);
  return layout;
}

}  // namespace

Table csv_table(const std::filesystem::path& path) {
  const auto layout = layout_of(path);
  Table table{path.string(), static_cast<Eigen::Index>(layout.columns), layout.names, {}};
  table.restart = [path, layout]() -> RowBlocks {
    auto stream = std::make_shared<CsvStream>(CsvStream{Lines(path), layout});
    std::string_view header;
    if (!layout.names.empty()) stream->lines.next(header);
    return [stream](Eigen::Index wanted, linalg::Matrix& block) { return fill(*stream, wanted, block); };
  };
  return table;
}

}  // namespace dln::data
