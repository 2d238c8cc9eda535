// dln diff: two reports, JSON, with a line --- between; one alone is held against itself.
#include <CLI/CLI.hpp>

#include "tests/fuzz/fuzz.hpp"
#include "tools/commands.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile before, after;
  static const tools::Action diff = [] {
    CLI::App app;
    tools::Action chosen;
    tools::add_diff(app, chosen);
    // From the last to the first, as CLI11 takes them.
    app.parse(std::vector<std::string>{after.holding("").string(), before.holding("").string(), "diff"});
    return chosen;
  }();
  const auto text = fuzz::text_of(data, size);
  const auto line = text.find("\n---\n");
  before.holding(text.substr(0, line));
  after.holding(line == text.npos ? text : text.substr(line + 5));
  fuzz::refusing([&] { diff(); });
  return 0;
}
