#include "validation/html_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "validation/report.hpp"

namespace dln::validation {
namespace {

// Where the brace that opens the text closes; npos where it does not.
std::size_t closing_brace(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string number_html(double x) {
  if (!std::isfinite(x)) return std::isnan(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  std::string text = fmt::format("{:.4g}", x);
  const auto e = text.find('e');
  std::string out = e == std::string::npos
                        ? text
                        : fmt::format("{}·10<sup>{}</sup>", text.substr(0, e), std::stoi(text.substr(e + 1)));
  for (auto at = out.find('-'); at != std::string::npos; at = out.find('-', at)) out.replace(at, 1, "−");
  return out;
}

std::string verdict_html(Verdict verdict) {
  const auto [mark, words] = text_of(verdict);
  return fmt::format("<span class=\"verdict {}\">{} {}</span>", name_of(verdict), mark, words);
}

std::string spaced(const Witnesses& witnesses) {
  std::string out;
  for (char witness : witnesses) out += (out.empty() ? "" : " ") + std::string(1, witness);
  return out.empty() ? "none" : out;
}

std::string digits_html(const std::optional<double>& digits) {
  return digits ? fmt::format("{:.1f}", *digits) : std::string("–");
}

std::string typeset(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto at = text.find_first_of("_^");
    out += escape(text.substr(0, at));
    if (at == std::string_view::npos) break;
    const char mark = text[at];
    text.remove_prefix(at + 1);
    const auto close = text.starts_with('{') ? closing_brace(text) : std::string_view::npos;
    if (close == std::string_view::npos) {  // a plain _ or ^, as in s_1 inside a name
      out += mark;
      continue;
    }
    const char* tag = mark == '_' ? "sub" : "sup";
    out += fmt::format("<{0}>{1}</{0}>", tag, typeset(text.substr(1, close - 1)));
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace dln::validation
