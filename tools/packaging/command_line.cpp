#include "tools/packaging/command_line.hpp"

#include <CLI/CLI.hpp>

namespace dln::packaging {

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

}  // namespace dln::packaging
