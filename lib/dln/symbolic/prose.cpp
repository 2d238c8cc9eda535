#include "dln/symbolic/prose.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "dln/symbolic/formula_text.hpp"

namespace dln::symbolic {
namespace {

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c));
}
bool is_blank(char c) {
  return c == ' ';
}

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c));
}

// "line", "three-layer", "Cayley's", "v3"; single letters, y' and dx are none.
bool is_english(std::string_view word) {
  if (word == "v3") return true;
  if (word.size() == 2 && word[0] == 'd' && std::string_view("tuxy").find(word[1]) != std::string_view::npos)
    return false;
  if (word.size() < 2 || !is_letter(word.front()) || !is_letter(word.back()) || is_formula_name(word))
    return false;
  return std::ranges::all_of(word, [](char c) { return is_letter(c) || c == '-' || c == '\''; }) &&
         std::ranges::count_if(word, is_letter) >= 2;
}

// Whether what a bracket holds has a word of English in it.
bool holds_english(std::string_view text) {
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (is_letter(c) || c == '-' || c == '\'' || (c != ' ' && !word.empty() && c != ',' && c != ';'))
      word += c;
    else if (!word.empty()) {
      if (is_english(word)) return true;
      word.clear();
    }
  }
  return false;
}

std::size_t closing_of(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

// A word, or the blanks and marks between two; outside every bracket but those of English.
struct Piece {
  std::string text;
  bool is_word;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  const auto add = [&](char c, bool is_word) {
    if (pieces.empty() || pieces.back().is_word != is_word) pieces.push_back({"", is_word});
    pieces.back().text += c;
  };
  int depth = 0;
  std::vector<std::size_t> english;  // where its brackets close
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool starts = i == 0 || is_blank(text[i - 1]);
    if (c == '(' && depth == 0 && starts) {
      const auto end = closing_of(text, i);
      if (end != std::string_view::npos && holds_english(text.substr(i + 1, end - i - 1))) {
        english.push_back(end);
        add(c, false);
        continue;
      }
    }
    if (c == ')' && !english.empty() && english.back() == i) {
      english.pop_back();
      add(c, false);
      continue;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    const bool ends = i + 1 == text.size() || is_blank(text[i + 1]);
    const bool is_mark =
        c == ',' || c == ';' || (c == ':' && ends) ||
        (c == '.' && ends && text.substr(0, i + 1).substr(std::max<std::size_t>(i, 2) - 2) != "...");
    add(c, depth > 0 || !(is_blank(c) || is_mark));
  }
  return pieces;
}

class Sentence {
 public:
  explicit Sentence(std::string_view text) : pieces_(pieces_of(text)) {}

  std::string latex() const {
    std::string out;
    for (std::size_t i = 0; i < pieces_.size();) {
      if (!is_formula(i)) {
        out += escaped_latex(pieces_[i++].text);
        continue;
      }
      std::string run = pieces_[i++].text;
      for (; i + 1 < pieces_.size() && pieces_[i].text == " " && is_formula(i + 1); i += 2)
        run += " " + pieces_[i + 1].text;
      out += shown(run);
    }
    return out;
  }

 private:
  static std::string shown(std::string run) {
    if (std::ranges::all_of(run, [](char c) { return is_digit(c) || c == '.'; })) return run;
    // 8 x 8 is a size.
    for (std::size_t at = 0; (at = run.find(" x ", at + 1)) != std::string::npos;)
      if (is_digit(run[at - 1]) && at + 3 < run.size() && is_digit(run[at + 3])) run[at + 1] = '*';
    const auto latex = formula_latex(run);
    return latex ? "$" + *latex + "$" : "\\texttt{" + escaped_latex(run) + "}";
  }

  bool is_formula(std::size_t i) const {
    if (!pieces_[i].is_word) return false;
    const std::string& word = pieces_[i].text;
    if (word == "a" || word == "sum") {
      const bool spaced = i + 2 < pieces_.size() && pieces_[i + 1].text == " ";
      if (!spaced) return word == "a";
      const std::string& next = pieces_[i + 2].text;
      return next == "and" || !is_english(next);
    }
    const bool names_a_part = i >= 2 && pieces_[i - 2].text == "Supplement";
    return !is_english(word) && !names_a_part;
  }

  std::vector<Piece> pieces_;
};

}  // namespace

std::string prose_latex(std::string_view sentence) {
  return Sentence(sentence).latex();
}

std::string escaped_latex(std::string_view text) {
  std::string out;
  for (char c : text) {
    const std::string one(1, c);
    if (c == '^' || c == '~')
      out += "\\" + one + "{}";
    else if (c == '\\')
      out += "\\textbackslash{}";
    else if (std::string_view("_&%#${}").find(c) != std::string_view::npos)
      out += "\\" + one;
    else if (c == '<' || c == '>' || c == '|')
      out += "$" + one + "$";
    else
      out += c;
  }
  return out;
}

}  // namespace dln::symbolic
