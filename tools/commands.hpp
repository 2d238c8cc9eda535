// The subcommands of dln: each adds itself to the command line, and leaves behind what to run if it was
// chosen.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace dln::tools {

// Returns the exit code.
using Action = std::function<int()>;

// The whole command line: every subcommand, the program's own flags, what --help says.
void add_commands(CLI::App& app, Action& chosen);

// Each stores its action in `chosen` when the command line names it.
void add_verify(CLI::App& app, Action& chosen);
void add_figure(CLI::App& app, Action& chosen);
void add_eval(CLI::App& app, Action& chosen);
void add_simulate(CLI::App& app, Action& chosen);
void add_data(CLI::App& app, Action& chosen);
void add_rate(CLI::App& app, Action& chosen);
void add_delay(CLI::App& app, Action& chosen);
void add_derive(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_consistency(CLI::App& app, Action& chosen);
void add_pretrain(CLI::App& app, Action& chosen);
void add_analyze(CLI::App& app, Action& chosen);
void add_diff(CLI::App& app, Action& chosen);
void add_sweep(CLI::App& app, Action& chosen);
void add_list(CLI::App& app, Action& chosen);

}  // namespace dln::tools
