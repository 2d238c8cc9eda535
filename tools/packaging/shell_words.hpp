// The command line of dln as its man page and its bash completion need it: walked, never parsed from text, so
// that neither goes stale.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dln::packaging {

// The man page dln(1) in roff.
std::string manual(const CLI::App& app, const std::string& version);

// The completion function for bash: tables of `app`, then `code`, which reads them.
std::string completion(const CLI::App& app, const std::string& code);

// Subcommands and options as they are declared. CLI11 lists them only for an App that may change.
inline std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

inline bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

}  // namespace dln::packaging
