// Writes the man page and the bash completion: dln_manual CODE.bash DLN.1 COMPLETION.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "dln/base/atomic_file.hpp"
#include "tools/build_info.hpp"
#include "tools/commands.hpp"
#include "tools/packaging/command_line.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "dln_manual: expected the code of the completion and two files to write\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string code((std::istreambuf_iterator<char>(file)), {});
  if (code.empty()) {
    std::cerr << "dln_manual: cannot read " << argv[1] << '\n';
    return 3;
  }
  CLI::App app;
  dln::tools::Action unused;
  dln::tools::add_commands(app, unused);
  dln::base::write_file(argv[2], dln::packaging::manual(app, dln::tools::version()));
  dln::base::write_file(argv[3], dln::packaging::completion(app, code));
}
