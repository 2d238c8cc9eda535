// dln(1): every subcommand with its options, in the words of --help.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "tools/packaging/command_line.hpp"

namespace dln::packaging {
namespace {

// Plain text for roff: no line of it a request, every hyphen one that can be searched for and copied.
std::string roff(const std::string& text) {
  std::string out;
  for (char c : text) {
    if ((out.empty() || out.back() == '\n') && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '~')
      out += "\\(ti";
    else if (c == '^')
      out += "\\(ha";
    else if (c == '`')
      out += "\\(ga";
    else if (c == '\'')
      out += "\\(aq";
    else
      out += c;
  }
  return out;
}

std::string laid_out(const std::string& text) {
  return ".nf\n" + roff(text) + "\n.fi\n";
}

// The part of a footer before its first empty line, and the part after.
std::pair<std::string, std::string> parted(const std::string& footer) {
  const auto gap = footer.find("\n\n");
  if (gap == std::string::npos) return {footer, ""};
  return {footer.substr(0, gap), footer.substr(gap + 2)};
}

std::string term(const CLI::Option& option) {
  const bool positional = option.get_positional();
  std::string term = ".TP\n\\fB" + roff(option.get_name(positional)) + "\\fR";
  if (!is_flag(option) && !positional) term += " \\fI" + roff(option.get_type_name()) + "\\fR";
  if (option.get_expected_max() > 1) term += " ...";
  term += "\n" + roff(option.get_description());
  if (option.get_required()) term += " (required)";
  if (!option.get_default_str().empty()) term += " (default: " + roff(option.get_default_str()) + ")";
  return term + "\n";
}

std::string usage(const CLI::App& command, const std::string& name) {
  std::string text = name;
  if (!subcommands(command).empty()) text += " SUBCOMMAND";
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string word = option->get_name(true) + (option->get_expected_max() > 1 ? "..." : "");
    text += option->get_required() ? " " + word : " [" + word + "]";
  }
  return text + " [OPTIONS]";
}

std::string terms(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options())
    if (option != command.get_help_ptr()) text += term(*option);
  return text;
}

std::string section(const CLI::App& command, const std::string& name) {
  std::string text = ".SS \"" + roff(usage(command, name)) + "\"\n" + roff(command.get_description()) + ".\n";
  text += terms(command);
  if (!command.get_footer().empty()) text += ".PP\n" + laid_out(command.get_footer());
  for (const CLI::App* part : subcommands(command)) text += section(*part, name + " " + part->get_name());
  return text;
}

}  // namespace

std::string manual(const CLI::App& app, const std::string& version) {
  auto [examples, exit_codes] = parted(app.get_footer());
  const auto sentence = app.get_description().substr(app.get_description().find(": ") + 2);
  std::string text = fmt::format(".TH DLN 1 \"\" \"dln {}\" \"User Commands\"\n", version);
  text += ".SH NAME\ndln \\- " + roff(sentence) + "\n";
  text += ".SH SYNOPSIS\n\\fBdln\\fR \\fISUBCOMMAND\\fR [\\fIOPTIONS\\fR]\n";
  text +=
      ".SH DESCRIPTION\nHolds what the theory says a deep linear network learns, in which order and when, "
      "against "
      "integration and training, claim by claim; and says the same of data of your own.\n";
  text += ".SH OPTIONS\n.TP\n\\fB\\-\\-help\\fR\nAfter any subcommand: what it takes\n" + terms(app);
  text += ".SH SUBCOMMANDS\n";
  for (const CLI::App* command : subcommands(app)) text += section(*command, "dln " + command->get_name());
  text += ".SH EXAMPLES\n" + laid_out(examples.substr(examples.find('\n') + 1));
  text += ".SH EXIT STATUS\n" + roff(exit_codes.substr(exit_codes.find(": ") + 2)) + "\n";
  text +=
      ".SH COPYRIGHT\nThe MIT License. A program linked with GiNaC, which does the algebra of \\fBdln "
      "derive\\fR "
      "and \\fBdln check\\fR, is as a whole under the GNU General Public License, version 2 or later.\n";
  text +=
      ".SH SEE ALSO\nA. M. Saxe, J. L. McClelland and S. Ganguli, \\fIDynamics of learning in deep linear "
      "neural networks\\fR, 2013.\n";
  return text;
}

}  // namespace dln::packaging
