#include "tools/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::tools {
namespace {

JournalFormat journal_format() {
  const std::string header = "dln journal 1";
  return {.kind = "dln journal ",
          .header = header,
          .other = fmt::format("it was written in another format than this program's, '{}'", header),
          .instead_of_line_1 = "name a new file, or one that --journal has written",
          .instead_of_line_n = "take the line out and its run is done again, or name another file"};
}

}  // namespace

Journal::Journal(std::filesystem::path file)
    : file_(std::move(file), journal_format(), [this](std::string_view body) {
        const auto tab = body.find('\t');
        std::vector<double> values;
        if (tab == std::string_view::npos || !read_exact_numbers(body.substr(tab + 1), values)) return false;
        known_.keep(std::string(body.substr(0, tab)), values);
        return true;
      }) {}

void Journal::keep(const std::string& key, const std::vector<double>& values) {
  if (std::ranges::any_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    throw base::DomainError(fmt::format("key '{}': expected no control characters", key));
  known_.keep(key, values);
  file_.append(key + '\t' + exact_numbers(values));
  file_.sync();
}

}  // namespace dln::tools
