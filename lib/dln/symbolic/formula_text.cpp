#include "dln/symbolic/formula_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace dln::symbolic {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

constexpr std::array<Named, 38> kNames{{
    {"alpha", "\\alpha"},
    {"beta", "\\beta"},
    {"gamma", "\\gamma"},
    {"delta", "\\delta"},
    {"eps", "\\varepsilon"},
    {"theta", "\\theta"},
    {"kappa", "\\kappa"},
    {"lambda", "\\lambda"},
    {"mu", "\\mu"},
    {"nu", "\\nu"},
    {"xi", "\\xi"},
    {"pi", "\\pi"},
    {"rho", "\\rho"},
    {"sigma", "\\sigma"},
    {"tau", "\\tau"},
    {"phi", "\\phi"},
    {"Sigma", "\\Sigma"},
    {"Lambda", "\\Lambda"},
    {"Delta", "\\Delta"},
    {"Pi", "\\Pi"},
    {"ln", "\\ln"},
    {"log", "\\log"},
    {"exp", "\\exp"},
    {"sin", "\\sin"},
    {"cos", "\\cos"},
    {"tan", "\\tan"},
    {"sinh", "\\sinh"},
    {"cosh", "\\cosh"},
    {"tanh", "\\tanh"},
    {"arctan", "\\arctan"},
    {"sqrt", "\\sqrt"},
    {"tr", "\\operatorname{tr}"},
    {"diag", "\\operatorname{diag}"},
    {"sum", "\\sum"},
    {"int", "\\int"},
    {"max", "\\max"},
    {"opt", "\\mathrm{opt}"},
    {"min", "\\min"},
}};

// Longest first where one begins another.
constexpr std::array<Named, 19> kMarks{{
    {"...", "\\ldots"}, {"..", "\\,..\\,"}, {"+-", "\\pm"}, {"->", "\\to"}, {"!=", "\\ne"},
    {"<=", "\\le"},     {">=", "\\ge"},     {"+", "+"},     {"-", "-"},     {"=", "="},
    {"<", "<"},         {">", ">"},         {"/", "/"},     {"|", "|"},     {"*", "\\times"},
    {".", "\\cdot"},    {",", ","},         {";", ";\\;"},  {":", ":"},
}};

std::string_view latex_of(std::string_view word) {
  const auto found = std::ranges::find(kNames, word, &Named::first);
  return found == kNames.end() ? std::string_view() : found->second;
}

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c));
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Up to `close`, which is taken, or to the end.
  std::string sequence(char close) {
    std::string out;
    while (readable_ && !rest_.empty() && rest_.front() != close) append(out, next());
    if (close != '\0') take(close);
    return out;
  }
  bool was_readable() const { return readable_ && rest_.empty(); }

 private:
  // A command's name must not run into a letter.
  static void append(std::string& out, const std::string& part) {
    const bool ends_in_command = out.find_last_of('\\') != std::string::npos &&
                                 std::ranges::all_of(out.substr(out.find_last_of('\\') + 1), is_letter) &&
                                 out.back() != '\\';
    if (ends_in_command && !part.empty() && is_letter(part.front())) out += ' ';
    out += part;
  }

  void take(char c) {
    if (rest_.empty() || rest_.front() != c)
      readable_ = false;
    else
      rest_.remove_prefix(1);
  }
  template <class Test>
  std::string run_of(Test test) {
    const auto end = std::ranges::find_if_not(rest_, test);
    const std::string run(rest_.begin(), end);
    rest_.remove_prefix(run.size());
    return run;
  }

  std::string next() {
    const char c = rest_.front();
    if (c == ' ') return rest_.remove_prefix(1), " ";
    if (is_letter(c)) return letters();
    if (is_digit(c)) return with_scripts(number(), "", "");
    if (c == '(' || c == '[') return with_scripts(bracket(), "", "");
    for (const auto& [mark, latex] : kMarks)
      if (rest_.starts_with(mark)) {
        rest_.remove_prefix(mark.size());
        return mark == "|" ? with_scripts("|", "", "") : std::string(latex);
      }
    readable_ = false;
    return "";
  }

  std::string number() {
    std::string digits = run_of(is_digit);
    if (rest_.size() > 1 && rest_[0] == '.' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      digits += "." + run_of(is_digit);
    }
    return digits;
  }
  std::string bracket() {
    const bool round = rest_.front() == '(';
    rest_.remove_prefix(1);
    const std::string inside = sequence(round ? ')' : ']');
    return round ? "(" + inside + ")" : "[" + inside + "]";
  }

  // A name, the differential of one, or letters side by side, of which the last takes what follows.
  std::string letters() {
    const std::string word = run_of(is_letter);
    if (word == "sqrt" && rest_.starts_with('(')) {
      rest_.remove_prefix(1);
      return with_scripts("\\sqrt{" + sequence(')') + "}", "", "");
    }
    if (const auto name = latex_of(word); !name.empty()) return indexed(std::string(name), word == "Sigma");
    if (word.front() == 'd' && !latex_of(word.substr(1)).empty())
      return indexed("d" + std::string(latex_of(word.substr(1))), false);
    const bool above = word == "W" || word == "B";
    return word.substr(0, word.size() - 1) + indexed(word.substr(word.size() - 1), above);
  }
  // W21 and Sigma11, or u0.
  std::string indexed(const std::string& base, bool above) {
    const std::string digits = run_of(is_digit);
    return with_scripts(base, above ? "" : digits, above ? digits : "");
  }

  // One subscript and one superscript, whatever the number of each.
  std::string with_scripts(const std::string& base, std::string low, std::string high) {
    bool only_primes = high.empty();
    while (readable_ && !rest_.empty() &&
           (rest_.front() == '_' || rest_.front() == '^' || rest_.front() == '\'')) {
      const char kind = rest_.front();
      rest_.remove_prefix(1);
      std::string& where = kind == '_' ? low : high;
      only_primes &= kind != '^';
      if (kind == '\'')
        where += "\\prime";
      else
        where += (where.empty() ? "" : "\\,") + script();
    }
    std::string out = base;
    if (!low.empty()) out += "_{" + low + "}";
    if (only_primes)
      for (std::size_t at = 0; (at = high.find("\\prime", at)) != std::string::npos; ++at) out += "'";
    else
      out += "^{" + high + "}";
    return out;
  }
  std::string script() {
    if (rest_.empty()) return readable_ = false, "";
    const char c = rest_.front();
    if (c == '{' || c == '(') {
      rest_.remove_prefix(1);
      return sequence(c == '{' ? '}' : ')');
    }
    if (is_digit(c)) return run_of(is_digit);
    const std::string word = run_of(is_letter);
    if (word.empty()) readable_ = false;
    const auto name = latex_of(word);
    return name.empty() ? word : std::string(name);
  }

  std::string_view rest_;
  bool readable_ = true;
};

}  // namespace

bool is_formula_name(std::string_view word) {
  return !latex_of(word).empty() && word != "max" && word != "min" && word != "opt" && word != "int";
}

std::optional<std::string> formula_latex(std::string_view text) {
  Reader reader(text);
  std::string latex = reader.sequence('\0');
  return reader.was_readable() ? std::optional(latex) : std::nullopt;
}

}  // namespace dln::symbolic
