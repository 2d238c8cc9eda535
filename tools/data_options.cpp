#include "tools/data_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

std::vector<std::string> split_at_commas(std::string_view option, const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(',', from), text.size());
    if (to == from)
      throw base::DomainError(
          fmt::format("{} '{}': expected names or numbers separated by commas", option, text.substr(0, 60)));
    parts.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

data::SourceOptions source_options(const DataOptions& options) {
  if (options.labels && options.targets)
    throw base::DomainError("--labels and --targets both name the targets; expected one of them");
  data::SourceOptions source;
  if (options.labels) source.targets = *options.labels;
  if (options.targets) source.targets = *options.targets;
  if (options.target_columns)
    source.target_columns = split_at_commas("--target-columns", *options.target_columns);
  if (options.classes) source.classes = strict_int("--classes", *options.classes, 0, 256);
  if (options.scale) {
    source.input_scale = strict_number("--scale", *options.scale);
    base::require_positive("--scale", *source.input_scale);
  }
  return source;
}

}  // namespace

void add_data_options(CLI::App& command, DataOptions& options) {
  command
      .add_option(
          "DATA", options.path,
          "CSV, NPY, NPZ (arrays x and y) or IDX images, gzipped or not (but for NPZ); or a folder with "
          "MNIST's names")
      ->required();
  command.add_option("--labels", options.labels, "IDX labels, when these are not found by name");
  command.add_option("--targets", options.targets,
                     "Another file with the targets, CSV or NPY, a row an example");
  command.add_option(
      "--target-columns", options.target_columns,
      "Columns with targets, by name or number from 1, as in label or 5,6 (default: the last)");
  command.add_option(
      "--classes", options.classes,
      "Labels 0 to N - 1 become one-hot targets; 0: they are numbers (default: 10 for IDX; whole "
      "numbers from 0 to 255 in a single column are labels)");
  command.add_option("--scale", options.scale, "Factor on every input (default: 1/255 for IDX, else 1)");
}

void require_representable(const data::Correlations& correlations) {
  if (!correlations.sigma11.allFinite() || !correlations.sigma31.allFinite())
    throw base::DataError("its values are so large that their products overflow; scale them down");
  const double largest = correlations.sigma11.cwiseAbs().maxCoeff();
  if (largest > 0 && largest < 1e-250)
    throw base::DataError("its values are so small that their products underflow; scale them up");
}

void rethrow_named(const DataOptions& options, const std::exception& error) {
  const std::string what = error.what();
  if (what.find(options.path) != std::string::npos) throw base::DataError(what);
  throw base::DataError(fmt::format("cannot use {}: {}", options.path, what));
}

void require_not_read(const DataOptions& options, std::string_view what, const std::string& path) {
  for (const auto& read : {std::optional(options.path), options.labels, options.targets})
    if (read && base::same_file(*read, path))
      throw base::DomainError(fmt::format("{} {}: expected another file than the data", what, path));
}

data::ExampleSource open_data(const DataOptions& options) {
  const auto wanted = source_options(options);
  try {
    return data::open_dataset(options.path, wanted);
  } catch (const base::DataError& error) {
    rethrow_named(options, error);
  }
}

ReadData read_data(const DataOptions& options, base::Progress& progress) {
  try {
    auto source = open_data(options);
    auto correlations = data::correlate(source, progress);
    require_representable(correlations);
    return {std::move(source), std::move(correlations)};
  } catch (const base::DataError& error) {
    rethrow_named(options, error);
  }
}

int strict_int(std::string_view what, std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (trouble == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  std::string shown(text.substr(0, 60));
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  throw base::DomainError(fmt::format("{} = '{}{}': expected a whole number from {} to {}", what, shown,
                                      text.size() > 60 ? "..." : "", least, most));
}

std::vector<std::string> notes_on(const data::ExampleSource& source, const data::Correlations& correlations) {
  std::vector<std::string> notes;
  const auto inputs = correlations.sigma11.rows();
  if (const auto constant = data::constant_inputs(correlations); constant > 0)
    notes.push_back(fmt::format("{} of {} inputs {} the same value in every example.", constant, inputs,
                                constant == 1 ? "has" : "have"));
  if (static_cast<std::uint64_t>(inputs) > correlations.examples)
    notes.push_back(fmt::format("More inputs ({}) than examples ({}): Sigma11 has rank {} at most.", inputs,
                                correlations.examples, correlations.examples));
  // The mean of a one-hot target is its class's share of the examples.
  const auto empty = source.classes > 0 ? (correlations.target_mean.array() == 0).count() : 0;
  if (empty > 0)
    notes.push_back(fmt::format(
        "{} classes, {} of them without an example{}.", source.classes, empty,
        2 * empty > source.classes ? "; --classes 0 reads the targets of a table as numbers" : ""));
  return notes;
}

std::string targets_of(const data::ExampleSource& source) {
  if (source.classes > 0) return fmt::format("labels 0 to {}, one-hot", source.classes - 1);
  return source.target_size == 1 ? "one number" : fmt::format("{} numbers", source.target_size);
}

}  // namespace dln::tools
