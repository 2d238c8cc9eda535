#include "tools/sweep/sweep_plan.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include "dln/base/error.hpp"
#include "tools/build_info.hpp"

namespace dln::tools {
namespace {

// What is in a file: its size and CRC-32.
std::string identity(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return "a folder";
  std::ifstream in(path, std::ios::binary);
  std::array<char, 1 << 16> block;
  auto sum = ::crc32(0, nullptr, 0);
  std::uint64_t size = 0;
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    sum = ::crc32_z(sum, reinterpret_cast<const Bytef*>(block.data()), got);
    size += got;
  }
  if (in.bad() || !in.eof()) throw base::DataError(fmt::format("cannot read {}", path.string()));
  return fmt::format("{} bytes, CRC-32 {:08x}", size, sum);
}

std::string axis_text(const SweepAxis& axis) {
  if (const auto& range = axis.range) {
    const auto ends = fmt::format("from = {}, to = {}", toml_text(range->from), toml_text(range->to));
    return std::holds_alternative<double>(range->from)
               ? fmt::format("{{ {}, count = {}, spacing = \"{}\" }}", ends, range->count,
                             range->logarithmic ? "log" : "linear")
               : fmt::format("{{ {}, step = {} }}", ends, range->step);
  }
  std::string text;
  for (const auto& entry : axis.entries) text += (text.empty() ? "[" : ", ") + toml_text(entry.front());
  return text + "]";
}

}  // namespace

std::uint64_t SweepAxis::size() const {
  if (!range) return entries.size();
  if (const auto* from = std::get_if<std::int64_t>(&range->from))
    return (static_cast<std::uint64_t>(std::get<std::int64_t>(range->to)) -
            static_cast<std::uint64_t>(*from)) /
               static_cast<std::uint64_t>(range->step) +
           1;
  return static_cast<std::uint64_t>(range->count);
}

SweepValue SweepAxis::value(std::uint64_t entry, std::size_t which) const {
  if (!range) return entries[entry][which];
  if (const auto* from = std::get_if<std::int64_t>(&range->from))
    return *from + static_cast<std::int64_t>(entry) * range->step;
  const double from = std::get<double>(range->from), to = std::get<double>(range->to);
  if (entry == 0) return from;
  if (entry + 1 == size()) return to;
  const double share = static_cast<double>(entry) / static_cast<double>(range->count - 1);
  if (!range->logarithmic) return from + (to - from) * share;
  const double ratio = to / from;  // beyond the range of numbers only from one end of it to the other
  return std::isfinite(ratio) && ratio > 0
             ? from * std::pow(ratio, share)
             : std::exp(std::log(from) + (std::log(to) - std::log(from)) * share);
}

std::uint64_t SweepPlan::runs() const {
  std::uint64_t all = 1;
  for (const auto& axis : axes_)
    if (__builtin_mul_overflow(all, axis.size(), &all)) return std::numeric_limits<std::uint64_t>::max();
  return all;
}

Coordinates SweepPlan::at(std::uint64_t run) const {
  auto values = fixed_;
  const auto changing = varied_at(run);
  std::size_t next = 0;
  for (const auto& axis : axes_)
    for (auto which : axis.parameters) values[which] = changing[next++];
  return {experiment_->parameters, std::move(values)};
}

std::vector<SweepValue> SweepPlan::varied_at(std::uint64_t run) const {
  std::vector<SweepValue> values;
  std::uint64_t block = runs();  // of runs in which an axis keeps its value
  for (const auto& axis : axes_) {
    block /= axis.size();
    const auto entry = run / std::max<std::uint64_t>(block, 1) % axis.size();
    for (std::size_t i = 0; i < axis.parameters.size(); ++i) values.push_back(axis.value(entry, i));
  }
  return values;
}

std::vector<std::size_t> SweepPlan::varied() const {
  std::vector<std::size_t> all;
  for (const auto& axis : axes_) all.insert(all.end(), axis.parameters.begin(), axis.parameters.end());
  return all;
}

std::vector<std::filesystem::path> SweepPlan::files() const {
  const auto named = [&](std::string_view name) {
    return std::ranges::any_of(experiment_->parameters, [&](const auto& p) { return p.name == name; });
  };
  if (!named("data")) return {};
  // One run for each way in which these can go together: every entry of an axis that has one of them, the
  // first of all others.
  std::vector<std::vector<SweepValue>> ways{fixed_};
  for (const auto& axis : axes_) {
    const bool matters = std::ranges::any_of(axis.parameters, [&](std::size_t which) {
      const auto& name = experiment_->parameters[which].name;
      return name == "data" || name == "file" || name == "labels";
    });
    if (!matters) continue;
    std::vector<std::vector<SweepValue>> more;
    for (const auto& way : ways)
      for (std::uint64_t entry = 0; entry < axis.size(); ++entry) {
        more.push_back(way);
        for (std::size_t i = 0; i < axis.parameters.size(); ++i)
          more.back()[axis.parameters[i]] = axis.value(entry, i);
      }
    ways = std::move(more);
  }
  std::set<std::filesystem::path> all;
  std::set<std::string> seen;
  for (auto& way : ways) {
    const Coordinates at(experiment_->parameters, std::move(way));
    if (!seen.insert(toml_text(at["data"]) + toml_text(at["file"]) + toml_text(at["labels"])).second)
      continue;
    for (auto& path : files_of_data(at.word("data"), at.word("file"), at.word("labels")))
      all.insert(std::move(path));
  }
  return {all.begin(), all.end()};
}

std::string SweepPlan::resolved() const {
  const auto& parameters = experiment_->parameters;
  std::string text = fmt::format(
      "# What these results depend on; 'dln sweep' reads it like the file it came from.\n"
      "# dln {}\n",
      version());
  for (const auto& file : files())
    text += fmt::format("# {}: {}\n", toml_text(file.string()), identity(file));
  text += fmt::format("experiment = \"{}\"\n\n[parameters]\n", experiment_->name);
  const auto changing = varied();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (std::ranges::find(changing, i) == changing.end())
      text += fmt::format("{} = {}\n", parameters[i].name, toml_text(fixed_[i]));
  std::string grid;
  for (std::size_t a = listed_ ? 1 : 0; a < axes_.size(); ++a)
    grid += fmt::format("{} = {}\n", parameters[axes_[a].parameters.front()].name, axis_text(axes_[a]));
  if (!grid.empty()) text += "\n[grid]\n" + grid;
  if (listed_)
    for (const auto& entry : axes_.front().entries) {
      text += "\n[[list]]\n";
      for (std::size_t i = 0; i < entry.size(); ++i)
        text += fmt::format("{} = {}\n", parameters[axes_.front().parameters[i]].name, toml_text(entry[i]));
    }
  return text;
}

}  // namespace dln::tools
