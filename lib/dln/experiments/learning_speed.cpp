#include "dln/experiments/learning_speed.hpp"

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::experiments {

int count_plateaus(std::span<const double> speeds, const PlateauRule& rule) {
  if (speeds.empty()) throw base::DomainError("learning speed: expected at least one sample, got none");
  for (double speed : speeds) base::require_non_negative("learning speed", speed);
  const double floor = rule.floor * std::ranges::max(speeds);
  if (!(floor > 0)) return 0;  // nothing ever moves
  int plateaus = 0;
  bool low =
      true;  // looking for a rise above `extreme`, the lowest speed since the last plateau; else for a fall
  double extreme = std::max(speeds.front(), floor);
  for (double raw : speeds) {
    const double speed = std::max(raw, floor);
    if (low) {
      extreme = std::min(extreme, speed);
      if (speed >= rule.rise * extreme) {
        ++plateaus;
        low = false;
        extreme = speed;
      }
    } else {
      extreme = std::max(extreme, speed);
      if (speed * rule.rise <= extreme) {
        low = true;
        extreme = speed;
      }
    }
  }
  return plateaus;
}

}  // namespace dln::experiments
