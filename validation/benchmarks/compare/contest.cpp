// Turns: ours, then each peer, and again, so that all meet the same machine; of each the least counts.
#include <fmt/format.h>

#include "validation/benchmarks/compare/bench.hpp"

namespace dln::compare {
namespace {

constexpr int kTurns = 3, kMostTurns = 12;
// A turn lasts at least this long: short work is repeated within it.
constexpr double kLeast = 0.02, kEnough = 2;
// Twenty times what an integrator at a relative tolerance of 1e-8 leaves where |t u'/u| is 300.
constexpr double kSameWork = 2e-5;

}  // namespace

Contest::Contest(Bench& bench, std::string workload, std::string title, int threads) : bench_(bench) {
  blank_.workload = std::move(workload);
  blank_.title = std::move(title);
  blank_.threads = threads;
  bench.say(blank_.title);
}

void Contest::ours(std::function<void()> run, double error, double bound) {
  run_ = std::move(run);
  blank_.our_error = error;
  blank_.error_bound = bound;
}

Row Contest::row(const std::string& peer) const {
  Row row = blank_;
  row.peer = peer;
  return row;
}

void Contest::peer(const std::string& name, std::optional<double> target,
                   const std::function<Entrant()>& enter, bool multiplies) {
  Running running{row(name), std::nullopt, {}};
  if (!bench_.quick()) running.row.target = target;
  try {
    running.entrant = enter();
    running.row.peer_error = running.entrant->error;
    if (!(running.row.peer_error <= kSameWork)) {
      running.row.counts = false;
      running.row.note = "the peer computes something else";
    }
    if (multiplies && bench_.slow_blas()) {
      running.row.counts = false;
      running.row.note = "NumPy here multiplies without a fast BLAS: on Debian install libopenblas0";
    }
  } catch (const PeerMissing& missing) {
    running.row.state = State::not_installed;
    running.row.note = missing.what();
  } catch (const PeerFailed& failed) {
    running.row.state = State::failed;
    running.row.note = failed.what();
  }
  peers_.push_back(std::move(running));
}

void Contest::take_turns() {
  double spent = 0;
  for (int turn = 0; turn < (bench_.quick() ? 1 : kMostTurns) && (turn < kTurns || spent < kEnough); ++turn) {
    const double start = clock_seconds(CLOCK_MONOTONIC);
    if (blank_.threads > 1 && !bench_.quick() && !quiet_moment()) noisy_ = true;
    best_.keep_least(timed(kLeast, run_));
    for (Running& peer : peers_)
      if (peer.row.state == State::measured) try {
          peer.best.keep_least(peer.entrant->time(kLeast));
        } catch (const PeerFailed& failed) {
          peer.row.state = State::failed;
          peer.row.note = failed.what();
        }
    spent += clock_seconds(CLOCK_MONOTONIC) - start;
  }
}

void Contest::measure() {
  take_turns();
  const bool cpu = blank_.threads == 1;
  for (Running& peer : peers_) {
    Row& row = peer.row;
    row.our_seconds = cpu ? best_.cpu : best_.wall;
    if (row.state == State::measured) row.peer_seconds = cpu ? peer.best.cpu : peer.best.wall;
    if (noisy_ && row.note.empty()) row.note = "other programs were busy meanwhile";
    if (equal_error_ && row.counts && !(row.our_error <= row.peer_error)) {
      row.counts = false;
      row.note = "ours is less exact than the peer";
    }
    bench_.rows.push_back(row);
    bench_.say(row.state == State::measured
                   ? fmt::format("  {}: {:.3g} times faster, {}", row.peer, row.ratio(), row.verdict())
                   : fmt::format("  {}: {}", row.peer, row.verdict()));
  }
}

}  // namespace dln::compare
