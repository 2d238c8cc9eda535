#include "tools/dln.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <new>
#include <nlohmann/json.hpp>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "plots/drawing.hpp"
#include "tools/build_info.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

constexpr const char* kExamples = R"(Examples:
  dln verify --effort quick --out report      examine every claim on small data, in seconds
  dln verify --claim C12 X1                   only these, at the paper's own scale
  dln figure 3l --out figures                 redraw Fig 3 left as SVG, with its data and script
  dln eval eq12.u u0=1e-6 s=80 tau=2000 t=300
  dln simulate --network net.json --out weights.json
  dln analyze mine.csv --simulate            what your data will teach a network, and when
  dln data tree --levels 4 --features 300
  dln rate --s 3,2,1 --layers 3,10,100
  dln delay --s 1 --eps 1e-3
  dln derive eq12                             step by step, each reduced to zero by computer algebra
  dln check theory.toml --out report          claims about an ODE of your own, as examples/*.toml show
  dln sweep fig3-right.toml --out fig3        every combination of parameters, rates, depths and seeds
  dln list claims

Exit codes: 0 ok (holds, or refuted as printed with the correction holding), 1 a claim fails, 2 a bad value or word on
the command line, 3 bad content of a file, 4 numerical failure, 5 cannot write, 6 external program missing,
130 interrupted, 143 terminated.)";

extern "C" void leave_cleanly(int signal) {
  plots::stop_gnuplot();
  base::remove_unfinished_files();
  if (signal != SIGPIPE) say_farewell();
  ::_exit(128 + signal);
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = leave_cleanly;
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction before {};
    // What a parent chose to ignore, as nohup does, stays ignored.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
      ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error of its write
}

int report(const char* what, int code) {
  message(what);
  return code;
}

void print_version(bool as_json) {
  if (!as_json) return print(fmt::format("dln {}\n", version()));
  nlohmann::ordered_json json;
  for (const auto& [name, value] : software()) json[name] = value;
  print(json.dump(2) + "\n");
}

// The words that lead to the command that was understood: "dln data tree".
std::string words_of(const CLI::App& command) {
  return command.get_parent() ? words_of(*command.get_parent()) + " " + command.get_name()
                              : command.get_name();
}

// The command that the words led to.
const CLI::App& understood(const CLI::App& app) {
  const auto further = app.get_subcommands();
  return further.empty() ? app : understood(*further.front());
}

std::vector<std::string> commands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* sub : command.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// Which word nothing knows, and the nearest that is known; or that a command lacks one.
std::string about_words(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
  const auto words = words_of(command);
  const auto unknown = app.remaining(true);
  const auto commands = commands_of(command);
  if (unknown.empty())
    return commands.empty() ? fmt::format("{}: {}", words, error.what())
                            : fmt::format("{}: expected one of {}", words, fmt::join(commands, ", "));
  const bool is_option = unknown.front().starts_with("-");
  const std::string word = unknown.front().substr(0, is_option ? unknown.front().find('=') : 60);
  auto nearest = suggestion(word, is_option ? options_of(command) : commands);
  if (nearest.empty() && !is_option && &command != &app && !commands.empty())
    nearest = fmt::format("; expected one of {}", fmt::join(commands, ", "));
  return fmt::format("{} {}: unknown {}{}", words, word.substr(0, 60),
                     is_option          ? "option"
                     : commands.empty() ? "word"
                                        : "command",
                     nearest);
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app;
  Action chosen;
  add_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    const bool is_about_words =
        dynamic_cast<const CLI::ExtrasError*>(&error) || dynamic_cast<const CLI::RequiredError*>(&error);
    const auto& command = understood(app);
    message(fmt::format("{}; see '{} --help'",
                        is_about_words ? about_words(app, command, error) : error.what(), words_of(command)));
    return 2;
  }
  if (!chosen) {
    message("expected a command, such as 'dln verify'; see 'dln --help'");
    return 2;
  }
  return chosen();
}

}  // namespace

void add_commands(CLI::App& app, Action& chosen) {
  app.name("dln");
  app.description("dln: a referee for the theory of deep linear networks (Saxe, McClelland, Ganguli 2013)");
  app.footer(kExamples);
  app.require_subcommand(0, 1);
  struct Wanted {
    bool version = false, json = false;
  };
  auto wanted = std::make_shared<Wanted>();
  app.add_flag("--version", wanted->version, "Print the version");
  app.add_flag("--json", wanted->json, "With --version: libraries and compiler too, as JSON");
  for (auto add : {add_verify, add_figure, add_eval, add_simulate, add_data, add_rate, add_delay, add_derive,
                   add_check, add_consistency, add_pretrain, add_analyze, add_diff, add_sweep, add_list})
    add(app, chosen);
  app.callback([wanted, &chosen] {
    if (!wanted->version) return;
    chosen = [wanted] {
      print_version(wanted->json);
      return 0;
    };
  });
}

int run(int argc, const char* const* argv) noexcept {
  catch_signals();
  try {
    const int code = parse_and_run(argc, argv);
    flush_output();
    return code;
  } catch (const base::DomainError& error) {
    return report(error.what(), 2);
  } catch (const base::DataError& error) {
    return report(error.what(), 3);
  } catch (const base::NumericalError& error) {
    return report(error.what(), 4);
  } catch (const base::WriteError& error) {
    return report(error.what(), 5);
  } catch (const base::ExternalProgramError& error) {
    return report(error.what(), 6);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(fmt::format("cannot access {}: {}", error.path1().string(), error.code().message()).c_str(),
                  3);
  } catch (const std::bad_alloc&) {
    return report("out of memory; try smaller data or --effort quick", 4);
  } catch (const std::exception& error) {
    return report(error.what(), 4);
  }
}

}  // namespace dln::tools
