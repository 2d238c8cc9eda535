// The options that every command with an experiment behind it shares.
#pragma once

#include <memory>
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
  std::optional<std::string> images, labels, journal;
};

void add_run_options(CLI::App& command, RunOptions& options);

// Throws base::DomainError for an unknown effort, a seed that is not a whole number, labels without images.
validation::ContextOptions resolve(const RunOptions& options);

// Where results are looked up and kept: the journal when one is named, else memory. Throws as Journal does.
std::unique_ptr<experiments::RunStore> open_store(const RunOptions& options);

}  // namespace dln::tools
