#include "tools/analysis_request.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "dln/base/error.hpp"
#include "tools/network_file.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using experiments::StartKind;

constexpr int kMostLayers = 100;
constexpr std::size_t kMostDepths = 6;

experiments::InputTreatment treatment_named(const std::string& name) {
  using experiments::InputTreatment;
  for (auto treatment : {InputTreatment::raw, InputTreatment::centred, InputTreatment::white})
    if (name == name_of(treatment)) return treatment;
  throw base::DomainError(fmt::format("--inputs '{}': expected raw, centred or white", name.substr(0, 60)));
}

std::vector<int> layers_listed(const std::string& text) {
  std::vector<int> layers;
  for (const double value : strict_list("--depth", text)) {
    base::require(value >= 2 && value <= kMostLayers && value == std::floor(value), "--depth", value,
                  fmt::format("whole numbers of layers N_l from 2 to {}", kMostLayers));
    const int depth = static_cast<int>(value);
    if (std::ranges::find(layers, depth) != layers.end())
      throw base::DomainError(fmt::format("--depth {}: {} is named twice", text, depth));
    layers.push_back(depth);
  }
  if (layers.size() > kMostDepths)
    throw base::DomainError(
        fmt::format("--depth {}: {} depths; expected at most {}, a column of a figure each", text,
                    layers.size(), kMostDepths));
  return layers;
}

void set_start(Request& request, const AnalyzeOptions& options) {
  for (auto kind : {StartKind::decoupled, StartKind::random, StartKind::orthogonal, StartKind::pretrained})
    if (options.start == name_of(kind)) {
      request.start = kind;
      return;
    }
  std::error_code trouble;
  if (!fs::exists(options.start, trouble))
    throw base::DomainError(fmt::format(
        "--start '{}': expected decoupled, random, orthogonal, pretrained or a file with weights{}",
        options.start.substr(0, 200),
        suggestion(options.start, {"decoupled", "random", "orthogonal", "pretrained"})));
  request.start = StartKind::given;
  request.network =
      read_weights_file(options.start, static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                           static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)));
  request.network_file = options.start;
  if (options.hidden)
    throw base::DomainError(
        fmt::format("--hidden {}: the network in {} has hidden layers of its own; leave it out",
                    *options.hidden, options.start));
  const int layers = request.network->depth().layers();
  if (options.depth && request.layers != std::vector<int>{layers})
    throw base::DomainError(fmt::format("--depth {}: expected {}, the layers of the network in {}",
                                        *options.depth, layers, options.start));
  request.layers = {layers};
}

void set_held_out(Request& request, const std::string& text) {
  double share = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), share);
  std::error_code none;
  if (trouble == std::errc() && end == text.data() + text.size()) {
    base::require(share >= 0 && share <= 0.9, "--held-out", share, "a share from 0 to 0.9, or a file");
    request.held_out_share = share;
  } else if (fs::exists(text, none)) {
    request.held_out_file = text;
  } else {
    throw base::DomainError(
        fmt::format("--held-out '{}': expected a share from 0 to 0.9, or a file of the same kind as DATA",
                    text.substr(0, 200)));
  }
}

void set_image(Request& request, const std::optional<std::string>& text) {
  if (!text) return;
  const auto at = text->find('x');
  if (at == std::string::npos)
    throw base::DomainError(
        fmt::format("--image '{}': expected rows x columns, as in 28x28", text->substr(0, 60)));
  request.image_rows = strict_int("--image, rows", std::string_view(*text).substr(0, at), 1, 8192);
  request.image_columns = strict_int("--image, columns", std::string_view(*text).substr(at + 1), 1, 8192);
}

std::optional<double> positive_or_auto(std::string_view name, const std::string& text) {
  if (text == "auto") return std::nullopt;
  const double value = strict_number(name, text);
  base::require_positive(name, value);
  return value;
}

}  // namespace

Request resolve(const AnalyzeOptions& options) {
  Request request;
  request.treatment = treatment_named(options.inputs);
  request.layers = layers_listed(options.depth.value_or("2,3,5"));
  request.hidden = strict_int("--hidden", options.hidden.value_or("100"), 1, 4096);
  request.strength = positive_or_auto("--u0", options.strength);
  request.rate = positive_or_auto("--rate", options.rate);
  request.most = strict_int("--at-most", options.most, 1, 1'000'000);
  request.seed = strict_count("--seed", options.seed);
  set_held_out(request, options.held_out);
  set_image(request, options.image);
  if (options.out.empty()) throw base::DomainError("--out '': expected the name of a folder");
  set_start(request, options);
  if (request.start == StartKind::pretrained &&
      std::ranges::find(request.layers, 2) != request.layers.end()) {
    if (options.depth)
      throw base::DomainError(fmt::format(
          "--depth {}: expected 3 or more layers for --start pretrained; autoencoders train hidden layers",
          *options.depth));
    std::erase(request.layers, 2);
  }
  return request;
}

}  // namespace dln::tools
