#include "dln/data/table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>

#include "dln/base/error.hpp"

namespace dln::data {
namespace {

constexpr int kMostClasses = 256;

[[noreturn]] void refuse(const Table& table, std::string_view what) {
  throw base::DataError(fmt::format("cannot use {}: {}", table.name, what));
}

// What one pass over the targets shows.
struct Survey {
  std::uint64_t rows = 0;
  bool whole = true;  // all of them whole numbers
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
};

void require_finite(const Table& table, const linalg::Matrix& block, std::uint64_t row) {
  if (block.allFinite()) return;
  for (Eigen::Index j = 0; j < block.cols(); ++j)
    for (Eigen::Index i = 0; i < block.rows(); ++i)
      if (!std::isfinite(block(i, j)))
        refuse(table, fmt::format("row {}, column {} is {}; expected finite numbers",
                                  row + static_cast<std::uint64_t>(j) + 1, i + 1, block(i, j)));
}

Survey survey(const Table& table, const std::vector<Eigen::Index>& targets, Eigen::Index batch) {
  Survey found;
  linalg::Matrix block;
  for (auto next = table.restart(); next(batch, block);) {
    require_finite(table, block, found.rows);
    found.rows += static_cast<std::uint64_t>(block.cols());
    for (const Eigen::Index row : targets) {
      const auto values = block.row(row).array();
      found.whole = found.whole && (values == values.floor()).all();
      found.least = std::min(found.least, values.minCoeff());
      found.greatest = std::max(found.greatest, values.maxCoeff());
    }
  }
  if (found.rows == 0) refuse(table, "it holds no examples; expected at least one row of numbers");
  return found;
}

// How many classes the targets stand for; 0 when they are numbers.
int classes_of(const Table& table, const Survey& found, std::size_t target_columns,
               const SourceOptions& options) {
  if (options.classes == 0) return 0;
  if (!options.classes) {
    const bool labels =
        target_columns == 1 && found.whole && found.least >= 0 && found.greatest < kMostClasses;
    return labels ? static_cast<int>(found.greatest) + 1 : 0;
  }
  const int classes = *options.classes;
  base::require(classes >= 1 && classes <= kMostClasses, "number of classes", classes,
                "1 to 256, or 0 for targets that are numbers");
  if (target_columns != 1)
    refuse(table, fmt::format("{} target columns; expected one with labels for {} classes, or --classes 0",
                              target_columns, classes));
  if (!found.whole || found.least < 0 || found.greatest >= classes)
    refuse(table, fmt::format("labels from {} to {}{}; expected whole numbers from 0 to {}", found.least,
                              found.greatest, found.whole ? "" : ", not all whole", classes - 1));
  return classes;
}

linalg::Matrix targets_of(const linalg::Matrix& values, int classes) {
  if (classes == 0) return values;
  linalg::Matrix one_hot = linalg::Matrix::Zero(classes, values.cols());
  for (Eigen::Index j = 0; j < values.cols(); ++j) one_hot(static_cast<Eigen::Index>(values(0, j)), j) = 1;
  return one_hot;
}

void require_inputs(const Table& table, Eigen::Index inputs) {
  if (inputs == 0) refuse(table, "all of its columns are targets; expected inputs too");
  if (inputs > static_cast<Eigen::Index>(kLargestInput))
    refuse(table, fmt::format("{} inputs; expected at most {}, whose correlations still fit in memory",
                              inputs, kLargestInput));
}

Eigen::Index column_named(const Table& table, const std::string& wanted) {
  const auto found = std::ranges::find(table.column_names, wanted);
  if (found != table.column_names.end()) {
    if (std::find(found + 1, table.column_names.end(), wanted) != table.column_names.end())
      refuse(table, fmt::format("two columns are named '{}'; name the target by its number", wanted));
    return found - table.column_names.begin();
  }
  Eigen::Index number = 0;
  const auto [stop, trouble] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (trouble != std::errc() || stop != wanted.data() + wanted.size() || number < 1 || number > table.columns)
    refuse(table, fmt::format("target column '{}': expected {}a number from 1 to {}", wanted,
                              table.column_names.empty() ? "" : "the name of a column or ", table.columns));
  return number - 1;
}

std::vector<Eigen::Index> target_columns(const Table& table, const SourceOptions& options) {
  if (options.target_columns.empty()) return {table.columns - 1};
  std::vector<Eigen::Index> chosen;
  for (const auto& wanted : options.target_columns) {
    const auto column = column_named(table, wanted);
    if (std::ranges::find(chosen, column) != chosen.end())
      refuse(table, fmt::format("target column '{}' is named twice", wanted));
    chosen.push_back(column);
  }
  return chosen;
}

std::vector<Eigen::Index> all_but(const std::vector<Eigen::Index>& some, Eigen::Index count) {
  std::vector<Eigen::Index> rest;
  for (Eigen::Index i = 0; i < count; ++i)
    if (std::ranges::find(some, i) == some.end()) rest.push_back(i);
  return rest;
}

std::vector<Eigen::Index> first(Eigen::Index count) {
  return all_but({}, count);
}

std::vector<std::string> names_of(const Table& table, const std::vector<Eigen::Index>& columns) {
  std::vector<std::string> names;
  if (!table.column_names.empty())
    for (const Eigen::Index column : columns)
      names.push_back(table.column_names[static_cast<std::size_t>(column)]);
  return names;
}

}  // namespace

void note_image_shape(Table& table, const std::vector<std::size_t>& shape) {
  if (shape.size() != 3) return;
  table.image_rows = static_cast<Eigen::Index>(shape[1]);
  table.image_columns = static_cast<Eigen::Index>(shape[2]);
}

Table array_table(NumberArray array, std::string name) {
  if (array.shape.empty() || array.values.empty())
    throw base::DataError(
        fmt::format("cannot use {}: {} values; expected an array P x N1 with a row an example", name,
                    array.values.size()));
  const auto rows = static_cast<Eigen::Index>(array.shape[0]),
             columns = static_cast<Eigen::Index>(array.values.size()) / rows;
  const auto kept = std::make_shared<const NumberArray>(std::move(array));
  Table table{std::move(name), columns, {}, {}};
  note_image_shape(table, kept->shape);
  table.restart = [kept, rows, columns]() -> RowBlocks {
    return [kept, rows, columns, at = Eigen::Index{0}](Eigen::Index wanted, linalg::Matrix& block) mutable {
      const Eigen::Index count = std::min(wanted, rows - at);
      if (count == 0) return false;
      block = Eigen::Map<const linalg::Matrix>(kept->values.data() + at * columns, columns, count);
      at += count;
      return true;
    };
  };
  return table;
}

ExampleSource examples_of(const Table& table, const SourceOptions& options) {
  const auto targets = target_columns(table, options);
  const auto inputs = all_but(targets, table.columns);
  require_inputs(table, static_cast<Eigen::Index>(inputs.size()));
  const auto found = survey(table, targets, options.batch_size);
  const int classes = classes_of(table, found, targets.size(), options);
  ExampleSource source;
  source.input_size = static_cast<Eigen::Index>(inputs.size());
  source.classes = classes;
  source.target_size = classes > 0 ? classes : static_cast<Eigen::Index>(targets.size());
  source.examples = found.rows;
  source.input_names = names_of(table, inputs);
  if (classes == 0) source.target_names = names_of(table, targets);
  source.next = [next = table.restart(), inputs, targets, classes, size = options.batch_size,
                 scale = options.input_scale.value_or(1), block = linalg::Matrix()](Dataset& batch) mutable {
    if (!next(size, block)) return false;
    batch.inputs = scale * block(inputs, Eigen::all);
    batch.targets = targets_of(block(targets, Eigen::all), classes);
    return true;
  };
  return source;
}

ExampleSource examples_of(const Table& inputs, const Table& targets, const SourceOptions& options) {
  if (!options.target_columns.empty())
    refuse(inputs, "target columns are named although the targets have a place of their own");
  require_inputs(inputs, inputs.columns);
  const auto rows = survey(inputs, {}, options.batch_size).rows;
  const auto found = survey(targets, first(targets.columns), options.batch_size);
  if (rows != found.rows)
    refuse(targets, fmt::format("it holds the targets of {} examples, but {} holds {} examples", found.rows,
                                inputs.name, rows));
  const int classes = classes_of(targets, found, static_cast<std::size_t>(targets.columns), options);
  ExampleSource source;
  source.input_size = inputs.columns;
  source.classes = classes;
  source.target_size = classes > 0 ? classes : targets.columns;
  source.examples = rows;
  source.input_names = inputs.column_names;
  if (classes == 0) source.target_names = targets.column_names;
  source.image_rows = inputs.image_rows;
  source.image_columns = inputs.image_columns;
  source.next = [next_x = inputs.restart(), next_y = targets.restart(), classes, size = options.batch_size,
                 scale = options.input_scale.value_or(1), name = inputs.name, x = linalg::Matrix(),
                 y = linalg::Matrix()](Dataset& batch) mutable {
    if (!next_x(size, x)) return false;
    if (!next_y(size, y) || x.cols() != y.cols())
      throw base::DataError(fmt::format("cannot use {}: it changed while it was read", name));
    batch.inputs = scale * x;
    batch.targets = targets_of(y, classes);
    return true;
  };
  return source;
}

}  // namespace dln::data
