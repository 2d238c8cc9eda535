#include "dln/experiments/learning_speed.hpp"

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::experiments {

std::vector<std::size_t> find_plateaus(std::span<const double> speeds, const PlateauRule& rule) {
  if (speeds.empty()) throw base::DomainError("learning speed: expected at least one sample, got none");
  for (double speed : speeds) base::require_non_negative("learning speed", speed);
  const double floor = rule.floor * std::ranges::max(speeds);
  if (!(floor > 0)) return {};  // nothing ever moves
  std::vector<std::size_t> plateaus;
  std::size_t lowest = 0;
  bool low =
      true;  // looking for a rise above `extreme`, the lowest speed since the last plateau; else for a fall
  double extreme = std::max(speeds.front(), floor);
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    const double speed = std::max(speeds[i], floor);
    if (low) {
      extreme = std::min(extreme, speed);
      if (speeds[i] < speeds[lowest]) lowest = i;  // below the floor too
      if (speed >= rule.rise * extreme) {
        plateaus.push_back(lowest);
        low = false;
        extreme = speed;
      }
    } else {
      extreme = std::max(extreme, speed);
      if (speed * rule.rise <= extreme) {
        low = true;
        extreme = speed;
        lowest = i;
      }
    }
  }
  return plateaus;
}

int count_plateaus(std::span<const double> speeds, const PlateauRule& rule) {
  return static_cast<int>(find_plateaus(speeds, rule).size());
}

}  // namespace dln::experiments
