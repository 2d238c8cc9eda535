#include "tools/network_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "dln/base/error.hpp"
#include "tools/bounded_file.hpp"
#include "tools/strict_json.hpp"

namespace dln::tools {
namespace {

using Json = nlohmann::json;
using data::NamedArrays;
using data::NumberArray;

double number(const Json& value, std::string_view where) {
  if (!value.is_number())
    throw base::DataError(
        fmt::format("{}: expected numbers, got {}", where, value.is_null() ? "null" : value.type_name()));
  return value.get<double>();
}

// A number, a list of numbers or a list of rows of equal length.
NumberArray array_of(const Json& value, const std::string& name) {
  if (!value.is_array()) return {{}, {number(value, name)}};
  NumberArray array{{value.size()}, {}};
  if (value.empty() || !value.front().is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      array.values.push_back(number(value[i], fmt::format("{}, entry {}", name, i + 1)));
    return array;
  }
  array.shape.push_back(value.front().size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string row = fmt::format("{}, row {}", name, i + 1);
    if (!value[i].is_array())
      throw base::DataError(
          fmt::format("{}: expected an array of numbers, got {}", row, value[i].type_name()));
    if (value[i].size() != array.shape[1])
      throw base::DataError(
          fmt::format("{}: {} numbers; expected {} as in row 1", row, value[i].size(), array.shape[1]));
    for (std::size_t j = 0; j < value[i].size(); ++j)
      array.values.push_back(number(value[i][j], fmt::format("{}, column {}", row, j + 1)));
  }
  return array;
}

Json parse_json(const std::string& text) {
  std::set<std::string> seen;
  const auto refuse_twice = [&](int depth, Json::parse_event_t event, Json& parsed) {
    require_shallow<Json>(depth, event);
    if (event == Json::parse_event_t::key && depth == 1 && !seen.insert(parsed.get<std::string>()).second)
      throw base::DataError(fmt::format("\"{}\" is given twice", parsed.get<std::string>().substr(0, 60)));
    return true;
  };
  try {
    return Json::parse(text, refuse_twice);
  } catch (const Json::out_of_range&) {
    throw base::DataError("a number is too large for a double");
  } catch (const Json::parse_error& trouble) {
    const auto before = std::string_view(text).substr(0, trouble.byte > 0 ? trouble.byte - 1 : 0);
    const auto line_start = before.rfind('\n');
    throw base::DataError(
        fmt::format("not valid JSON from line {}, column {} on", std::ranges::count(before, '\n') + 1,
                    before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1));
  }
}

NamedArrays arrays_of_json(const std::string& text, std::vector<std::string>& ignored) {
  const Json json = parse_json(text);
  if (!json.is_object())
    throw base::DataError(fmt::format("expected a JSON object, got {}", json.type_name()));
  static const std::set<std::string, std::less<>> known{"dims",  "tau",     "times",  "lambda",
                                                        "steps", "Sigma11", "Sigma31"};
  NamedArrays arrays;
  for (const auto& [key, value] : json.items()) {
    if (known.contains(key)) {
      arrays[key] = array_of(value, key);
    } else if (key == "W0") {
      if (!value.is_array() || value.empty())
        throw base::DataError("W0: expected an array of matrices, [W1, W2, ...]");
      for (std::size_t l = 0; l < value.size(); ++l)
        arrays[fmt::format("W{}", l + 1)] = array_of(value[l], fmt::format("W{} in W0", l + 1));
    } else {
      ignored.push_back(key);
    }
  }
  return arrays;
}

std::string slurp(const std::filesystem::path& path, std::uint64_t memory) {
  std::ifstream in(path, std::ios::binary);
  std::error_code trouble;
  if (std::filesystem::is_directory(path, trouble)) throw base::DataError("it is a folder; expected a file");
  if (!in)
    throw base::DataError(
        fmt::format("cannot be read ({}); expected a file of JSON or NPZ", std::strerror(errno)));
  const std::uint64_t limit = memory / 16;  // parsed JSON takes up to sixteen bytes for one
  auto text = read_bounded(in, limit);
  if (text.size() > limit)
    throw base::DataError(fmt::format("more than {} bytes of JSON do not fit into memory; use NPZ", limit));
  if (in.bad()) throw base::DataError("reading it failed");
  return text;
}

bool is_zip(const std::filesystem::path& path) {
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(path, trouble)) return false;  // a pipe can be read only once
  char start[2] = {};
  std::ifstream(path, std::ios::binary).read(start, 2);
  return start[0] == 'P' && start[1] == 'K';
}

}  // namespace

NamedArrays read_network_arrays(const std::filesystem::path& path, std::uint64_t memory,
                                std::vector<std::string>& ignored) {
  if (is_zip(path)) return data::read_npz(path, memory / 4);
  try {
    return arrays_of_json(slurp(path, memory), ignored);
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace dln::tools
