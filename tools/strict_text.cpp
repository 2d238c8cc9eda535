#include "tools/strict_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "dln/base/error.hpp"

namespace dln::tools {
namespace {

// Long or unprintable text is quoted in part, so that a message stays one line.
std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out = "'";
  for (char c : text.substr(0, kLongest)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out + (text.size() > kLongest ? "...'" : "'");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (std::tolower(a[i - 1]) != std::tolower(b[j - 1]));
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

double strict_number(std::string_view what, std::string_view text) {
  double value = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble == std::errc::result_out_of_range)
    throw base::DomainError(fmt::format(
        "{} = {}: too large or too small for a double; expected a size from 1e-307 to 1e308, or 0", what,
        quoted(text)));
  if (trouble != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw base::DomainError(
        fmt::format("{} = {}: expected a finite decimal number, such as 0.5 or 1e-6", what, quoted(text)));
  return value;
}

std::vector<double> strict_list(std::string_view what, std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<double> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    values.push_back(strict_number(what, text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return values;
}

std::uint64_t strict_count(std::string_view what, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble != std::errc() || end != text.data() + text.size())
    throw base::DomainError(
        fmt::format("{} = {}: expected a whole number from 0 to 18446744073709551615", what, quoted(text)));
  return value;
}

std::string suggestion(std::string_view text, const std::vector<std::string>& known) {
  if (text.size() > 60) return "";
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& name : known)
    if (const std::size_t distance = edit_distance(text, name);
        distance < least && (distance < 2 || 2 * distance < std::max(text.size(), name.size()))) {
      least = distance;
      best = &name;
    }
  return best ? fmt::format("; did you mean {}?", *best) : "";
}

}  // namespace dln::tools
