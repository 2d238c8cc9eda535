// The command line of dln as its man page and its bash completion need it: walked, never parsed from text, so
// that neither goes stale.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dln::packaging {

// The man page dln(1) in roff.
std::string manual(const CLI::App& app, const std::string& version);

// The completion function for bash: tables of `app`, then `code`, which reads them.
std::string completion(const CLI::App& app, const std::string& code);

// In the order of their declaration, chosen or not.
std::vector<const CLI::App*> subcommands(const CLI::App& app);

// Whether it takes no value.
bool is_flag(const CLI::Option& option);

}  // namespace dln::packaging
