// The options that every command with an experiment behind it shares.
#pragma once

#include <optional>
#include <string>

#include "validation/context.hpp"

namespace CLI {
class App;
}

namespace dln::tools {

struct RunOptions {
  std::string effort = "standard";
  std::string seed = "1";
  std::optional<std::string> images, labels;
};

void add_run_options(CLI::App& command, RunOptions& options);

// Throws base::DomainError for an unknown effort, a seed that is not a whole number, labels without images.
validation::ContextOptions resolve(const RunOptions& options);

}  // namespace dln::tools
