#include "tools/sweep/coordinates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace dln::tools {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

std::string toml_text(const SweepValue& value) {
  if (const auto* n = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *n);
  if (const auto* word = std::get_if<std::string>(&value)) return quoted(*word);
  const std::string number = fmt::format("{}", std::get<double>(value));
  return number.find_first_of(".en") == std::string::npos ? number + ".0"
                                                          : number;  // a real, not a whole one
}

SweepParameter whole(std::string name, std::int64_t standard, std::int64_t least, std::int64_t most,
                     std::string meaning) {
  return {.name = std::move(name),
          .standard = standard,
          .wanted = fmt::format("a whole number from {} to {}", least, most),
          .meaning = std::move(meaning),
          .allowed = [=](const SweepValue& v) {
            const auto n = std::get<std::int64_t>(v);
            return least <= n && n <= most;
          }};
}

SweepParameter real(std::string name, double standard, double above, double most, std::string meaning) {
  return {.name = std::move(name),
          .standard = standard,
          .wanted = fmt::format("a number greater than {} and less than {}", above, most),
          .meaning = std::move(meaning),
          .allowed = [=](const SweepValue& v) {
            const double x = std::get<double>(v);
            return above < x && x < most;  // no NaN is
          }};
}

SweepParameter non_negative(std::string name, double standard, double most, std::string meaning) {
  return {.name = std::move(name),
          .standard = standard,
          .wanted = fmt::format("0, or a number greater than 0 and less than {}", most),
          .meaning = std::move(meaning),
          .allowed = [=](const SweepValue& v) {
            const double x = std::get<double>(v);
            return 0 <= x && x < most;
          }};
}

SweepParameter word(std::string name, std::string standard, std::vector<std::string> words,
                    std::string meaning) {
  std::string wanted = fmt::format("one of {}", fmt::join(words, ", "));
  return {.name = std::move(name),
          .standard = std::move(standard),
          .wanted = std::move(wanted),
          .meaning = std::move(meaning),
          .allowed = [words = std::move(words)](const SweepValue& v) {
            return std::ranges::find(words, std::get<std::string>(v)) != words.end();
          }};
}

SweepParameter text(std::string name, std::string standard, std::string meaning) {
  return {.name = std::move(name),
          .standard = std::move(standard),
          .wanted = "text",
          .meaning = std::move(meaning),
          .allowed = [](const SweepValue&) { return true; }};
}

const SweepValue& Coordinates::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if ((*parameters_)[i].name == name) return values_[i];
  throw std::logic_error(fmt::format("an experiment asked for '{}', which it does not declare", name));
}

}  // namespace dln::tools
