// The options of every command that reads data of one's own: which file, and where in it the targets are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dln/data/correlations.hpp"

namespace CLI {
class App;
}

namespace dln::tools {

struct DataOptions {
  std::string path;
  std::optional<std::string> labels, targets, target_columns, classes, scale;
};

// Adds DATA and the options to `command`.
void add_data_options(CLI::App& command, DataOptions& options);

// The source, nothing read from it yet. Throws as read_data does.
data::ExampleSource open_data(const DataOptions& options);

struct ReadData {
  data::ExampleSource source;  // drained
  data::Correlations correlations;
};

// Throws base::DomainError for options that are no values, base::DataError that names the file.
ReadData read_data(const DataOptions& options, base::Progress& progress);

// The same error, with the file's name in it if it has none.
[[noreturn]] void rethrow_named(const DataOptions& options, const std::exception& error);

// Throws base::DomainError when `path`, of the option `what`, is a file that the data are read from.
void require_not_read(const DataOptions& options, std::string_view what, const std::string& path);

// A whole number from `least` to `most`, and nothing else. Throws base::DomainError that names `what` and
// both.
int strict_int(std::string_view what, std::string_view text, int least, int most);

// Throws base::DataError for values whose products are beyond the range of doubles.
void require_representable(const data::Correlations& correlations);

// What is unusual about the data and was accepted all the same, a sentence each: constant inputs, more inputs
// than examples, classes without an example.
std::vector<std::string> notes_on(const data::ExampleSource& source, const data::Correlations& correlations);
// "labels 0 to 9, one-hot" or "3 numbers".
std::string targets_of(const data::ExampleSource& source);

}  // namespace dln::tools
