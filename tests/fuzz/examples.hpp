// Reads a source of examples to its end.
#pragma once

#include "dln/data/dataset.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace dln::fuzz {

inline data::SourceOptions small_batches() {
  data::SourceOptions options;
  options.batch_size = 7;
  return options;
}

// All that it hands out has the sizes it promised.
inline void drain(data::ExampleSource source) {
  std::uint64_t examples = 0;
  for (data::Dataset batch; source.next(batch);) {
    require(batch.inputs.rows() == source.input_size && batch.targets.rows() == source.target_size);
    require(batch.inputs.cols() == batch.targets.cols() && batch.inputs.cols() > 0);
    require(batch.inputs.allFinite() && batch.targets.allFinite());
    examples += static_cast<std::uint64_t>(batch.inputs.cols());
  }
  require(examples == source.examples);
}

}  // namespace dln::fuzz
