#include "dln/data/edge_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "dln/base/error.hpp"
#include "dln/data/utf8.hpp"

namespace dln::data {
namespace {

constexpr std::size_t kMostItems = 2000, kLongestName = 200;
constexpr std::uintmax_t kMostBytes = 64u << 20;

struct Word {
  std::string_view text;
  std::size_t column;  // 1-based, bytes
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string in_quotes(std::string_view text) {
  return fmt::format("'{}{}'", text.substr(0, 40), text.size() > 40 ? "..." : "");
}

// The words of a line: separated by commas where it has one, else by blanks.
std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  const bool commas = line.find(',') != line.npos;
  for (std::size_t begin = 0; begin <= line.size();) {
    while (begin < line.size() && is_blank(line[begin])) ++begin;
    std::size_t end = begin;
    while (end < line.size() && !(commas ? line[end] == ',' : is_blank(line[end]))) ++end;
    std::size_t last = end;
    while (last > begin && is_blank(line[last - 1])) --last;
    if (commas || last > begin) words.push_back({line.substr(begin, last - begin), begin + 1});
    begin = end + 1;
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// The words that programs put above the columns of an edge list, with or without a weight's.
bool is_heading(const std::vector<Word>& words) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {"source", "target"}, {"from", "to"},     {"node1", "node2"},
      {"node_1", "node_2"}, {"item1", "item2"}, {"item_1", "item_2"}};
  if (words.size() != 2 && words.size() != 3) return false;
  if (words.size() == 3 && lower_case(words[2].text) != "weight") return false;
  const std::string first = lower_case(words[0].text), second = lower_case(words[1].text);
  return std::ranges::any_of(kPairs,
                             [&](const auto& pair) { return first == pair.first && second == pair.second; });
}

// One graph in the making.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) { list_.graph.name = file_; }

  void read(std::string_view line) {
    ++line_;
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const auto place = first_not_utf8(line); place != line.npos)
      fail(place + 1, fmt::format("the byte \\x{:02X} is not UTF-8; save the file as UTF-8",
                                  static_cast<unsigned char>(line[place])));
    line = line.substr(0, line.find('#'));
    for (std::size_t i = 0; i < line.size(); ++i)
      if (static_cast<unsigned char>(line[i]) < 0x20 && line[i] != '\t')
        fail(i + 1, "a control character; expected text, an edge a line, as in: a b 0.5");
    const auto words = words_of(line);
    if (words.empty()) return;
    const bool is_first = !std::exchange(any_words_, true);
    if (is_first && is_heading(words)) {
      list_.heading = line;
      return;
    }
    for (const Word& word : words) check(word);
    if (words.size() == 1) return declare(words[0]);
    if (words.size() > 3)
      fail(words[3].column,
           fmt::format("{} is a word too many; expected a line such as: a b 0.5", in_quotes(words[3].text)));
    add_edge(words);
  }

  EdgeList result() {
    if (list_.graph.edges.empty()) fail(1, "no edge; expected one line or more such as: a b 0.5");
    for (const auto& [name, place] : first_use_)  // the declarations may follow the edges
      if (!declared_.empty() && !declared_.contains(name))
        fail(place.line, place.column,
             fmt::format("{} is not among the declared items: a name alone on its line declares an item, as "
                         "{} does on line {}; declare {} too, or complete that line to an edge",
                         in_quotes(name), in_quotes(first_declared_.name), first_declared_.line,
                         in_quotes(name)));
    return std::move(list_);
  }

 private:
  struct Place {
    std::size_t line, column;
  };

  [[noreturn]] void fail(std::size_t line, std::size_t column, const std::string& sentence) const {
    throw base::DataError(fmt::format("{}:{}:{}: {}", file_, line, column, sentence));
  }
  [[noreturn]] void fail(std::size_t column, const std::string& sentence) const {
    fail(std::max<std::size_t>(line_, 1), column, sentence);
  }

  void check(const Word& word) const {
    if (word.text.empty()) fail(word.column, "nothing between two commas; expected a line such as: a,b,0.5");
    if (const auto blank = word.text.find_first_of(" \t"); blank != word.text.npos)
      fail(word.column + blank,
           fmt::format("a blank within {}; expected names without blanks, and a point in decimals",
                       in_quotes(word.text)));
    if (const auto semicolon = word.text.find(';'); semicolon != word.text.npos)
      fail(word.column + semicolon,
           fmt::format("a semicolon within {}; expected commas or blanks between names, as in: a b 0.5",
                       in_quotes(word.text)));
    if (word.text.size() > kLongestName)
      fail(word.column,
           fmt::format("a word of {} bytes; expected at most {}", word.text.size(), kLongestName));
  }

  Eigen::Index item(const Word& word) {
    const auto [found, is_new] =
        positions_.try_emplace(std::string(word.text), static_cast<Eigen::Index>(list_.graph.items.size()));
    if (is_new) {
      if (list_.graph.items.size() == kMostItems)
        fail(word.column, fmt::format("item {} is one more than {}, the most that are taken",
                                      in_quotes(word.text), kMostItems));
      list_.graph.items.emplace_back(word.text);
    }
    return found->second;
  }

  void declare(const Word& word) {
    const auto [place, is_new] = declared_.try_emplace(std::string(word.text), Place{line_, word.column});
    if (!is_new)
      fail(word.column, fmt::format("item {} is declared already, on line {}; expected each once",
                                    in_quotes(word.text), place->second.line));
    if (declared_.size() == 1) first_declared_ = {std::string(word.text), line_};
    item(word);
  }

  double weight_of(const Word& word) const {
    double weight = 0;
    const auto end = word.text.data() + word.text.size();
    const auto [stopped, trouble] = std::from_chars(word.text.data(), end, weight);
    if (trouble != std::errc() || stopped != end || !(weight > 0) || !(weight <= 1e12))
      fail(word.column,
           fmt::format("weight {}: expected a number greater than 0 and at most 1e12 (a heading, if this is "
                       "one, wants a # before it)",
                       in_quotes(word.text)));
    return weight;
  }

  void add_edge(const std::vector<Word>& words) {
    const double weight = words.size() == 3 ? weight_of(words[2]) : 1;
    if (words[0].text == words[1].text)
      fail(words[1].column,
           fmt::format("item {} joined to itself; expected two different items", in_quotes(words[1].text)));
    const Eigen::Index a = item(words[0]), b = item(words[1]);
    for (std::size_t i : {0u, 1u})
      first_use_.try_emplace(std::string(words[i].text), Place{line_, words[i].column});
    const auto [before, is_new] = lines_.try_emplace(std::minmax(a, b), line_);
    if (!is_new)
      fail(words[0].column,
           fmt::format(
               "the edge {} - {} is given already, on line {}; expected each pair once, in one direction",
               in_quotes(words[0].text), in_quotes(words[1].text), before->second));
    list_.graph.edges.push_back({a, b, weight});
  }

  std::string file_;
  EdgeList list_;
  std::size_t line_ = 0;
  bool any_words_ = false;
  struct {
    std::string name;
    std::size_t line = 0;
  } first_declared_;
  std::map<std::string, Eigen::Index> positions_;
  std::map<std::string, Place> declared_, first_use_;
  std::map<std::pair<Eigen::Index, Eigen::Index>, std::size_t> lines_;
};

[[noreturn]] void cannot_read(const std::filesystem::path& path, std::string_view why) {
  throw base::DataError(fmt::format("cannot read {}: {}", path.string(), why));
}

}  // namespace

EdgeList parse_edge_list(std::string_view text, const std::string& file_name) {
  Reader reader(file_name);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    reader.read(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return reader.result();
}

EdgeList read_edge_list(const std::filesystem::path& path) {
  std::error_code trouble;
  const auto status = std::filesystem::status(path, trouble);
  if (!std::filesystem::exists(status)) cannot_read(path, "there is no such file");
  if (std::filesystem::is_directory(status)) cannot_read(path, "it is a folder; expected an edge list");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) cannot_read(path, std::strerror(errno));
  std::string text;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) cannot_read(path, "it is larger than 64 MiB");
  }
  if (in.bad()) cannot_read(path, std::strerror(errno));
  return parse_edge_list(text, path.string());
}

}  // namespace dln::data
