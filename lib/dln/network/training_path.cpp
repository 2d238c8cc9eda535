#include "dln/network/training_path.hpp"

#include <fmt/format.h>

#include "dln/base/error.hpp"

namespace dln::network {
namespace {

// "1000 hidden units act as 10" of the widest hidden layer that became narrower, and so on.
std::vector<std::string> what_became_smaller(const std::vector<Eigen::Index>& whole,
                                             const std::vector<Eigen::Index>& trained, double residual) {
  std::vector<std::string> said;
  std::size_t widest = 0;
  for (std::size_t l = 1; l + 1 < whole.size(); ++l)
    if (trained[l] < whole[l] && (widest == 0 || trained[l] > trained[widest])) widest = l;
  if (widest > 0)
    said.push_back(fmt::format("{} hidden units act as {}, the start is block-invariant to {:.1g}",
                               whole[widest], trained[widest], residual));
  if (trained.front() < whole.front())
    said.push_back(
        fmt::format("{} inputs act as {}, their span is invariant", whole.front(), trained.front()));
  if (trained.back() < whole.back())
    said.push_back(
        fmt::format("{} outputs act as {}, the span of targets and start", whole.back(), trained.back()));
  return said;
}

}  // namespace

std::string TrainingPath::brief() const {
  const char* name = kind == PathKind::compressed ? "compressed"
                     : kind == PathKind::fused    ? "fused"
                                                  : "general";
  return fmt::format("{}: {}", name, reason);
}

TrainingPath path_of(const std::vector<Eigen::Index>& whole, const std::vector<Eigen::Index>& trained,
                     double residual, bool looked, const TrainingPath& arithmetic) {
  base::require(whole.size() == trained.size(), "layers of the network trained",
                static_cast<double>(trained.size()), fmt::format("{}, as the whole has", whole.size()));
  const auto smaller = what_became_smaller(whole, trained, residual);
  if (!smaller.empty())
    return {PathKind::compressed, fmt::format("{}; {}", fmt::join(smaller, "; "), arithmetic.reason)};
  return {arithmetic.kind,
          arithmetic.reason +
              (looked ? "; no layer can be made smaller: the start is not invariant, or has no units to spare"
                      : "; not asked to look for a smaller network")};
}

}  // namespace dln::network
