// dln data chain|ring|grid|clusters|gaussian-tree|edgeless|graph: features on a graph and their modes.
#pragma once

#include "tools/commands.hpp"

namespace dln::tools {

// Adds these kinds to `dln data`.
void add_graph_data(CLI::App& data, Action& chosen);

}  // namespace dln::tools
