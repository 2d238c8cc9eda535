// The bench on which workloads are measured: what was asked for, the peers at hand, the limits of the
// machine, and the rows that came of it.
#pragma once

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dln/data/npz.hpp"
#include "validation/benchmarks/compare/limits.hpp"
#include "validation/benchmarks/compare/measure.hpp"
#include "validation/benchmarks/compare/peer_process.hpp"
#include "validation/benchmarks/compare/scratch_folder.hpp"

namespace dln::compare {

struct Options {
  bool quick = false;   // small sizes, targets not judged
  bool strict = false;  // a target that is missed is an error
  bool list = false;
  int patience = 600;             // seconds until a peer that does not answer counts as hung
  int threads = 2;                // of the workloads that share work
  std::vector<std::string> only;  // names, or their beginnings up to a dash; empty: all
  std::filesystem::path out = "compare";
  std::string python;  // empty: python3 of the path or /usr/bin/python3, whichever has NumPy
  std::filesystem::path peers;
};

enum class State { measured, not_installed, failed };

// Ours beside one peer.
struct Row {
  std::string workload, title, peer;
  int threads = 1;
  double our_seconds = NAN, our_error = NAN, error_bound = NAN;
  double peer_seconds = NAN, peer_error = NAN;
  std::optional<double> target;  // of the ratio
  State state = State::measured;
  std::string note;  // why a peer failed, or does not count
  bool counts = true;

  double ratio() const { return peer_seconds / our_seconds; }
  const char* clock() const { return threads == 1 ? "cpu" : "wall"; }
  // Never "met" for a peer that did not run or does not count.
  std::string verdict() const;
};

// Of the machine's own limit.
struct LimitRow {
  std::string workload;
  double seconds, limit_seconds;
  std::optional<double> target;
  double share() const { return limit_seconds / seconds; }
};

// One peer, ready: run once already, its error known.
struct Entrant {
  std::function<Spent(double least)> time;
  double error;
};

class Bench {
 public:
  explicit Bench(Options options);

  const Options& options() const { return options_; }
  std::chrono::seconds patience() const { return std::chrono::seconds(options_.patience); }
  bool quick() const { return options_.quick; }
  bool wants(const std::string& workload) const;
  Limits& limits() { return limits_; }

  // An array for the peers, written as NPY; `values` row-major.
  std::string hand_over(const std::string& name, const std::vector<std::size_t>& shape, const double* values);
  std::string hand_over(const std::string& name, const std::vector<double>& values);
  std::string hand_over(const std::string& name, const linalg::Matrix& m);

  // peers.py with so many threads; started when first asked for. Throws as PeerProcess.
  PeerProcess& python(int threads);
  // Prepares peer `name` there, lets it run once and looks at its result.
  Entrant enter(int threads, const std::string& name, const nlohmann::json& arrays,
                const nlohmann::json& arguments,
                const std::function<double(const data::NamedArrays&)>& error);
  void forget(int threads, const std::string& name);
  // What versions() of peers.py says; empty without Python.
  nlohmann::json versions();
  // Whether NumPy multiplies at less than a third of the rate measured here: without a BLAS of this machine.
  bool slow_blas();
  // Has the limits measured once more, with the rate of products by the peers' BLAS.
  void look_at_limits();

  void say(const std::string& line) const;

  std::vector<Row> rows;
  std::vector<LimitRow> limit_rows;

 private:
  std::string choose_python();
  std::filesystem::path scratch(const std::string& file) const { return folder_.path() / file; }

  Options options_;
  Limits limits_;
  ScratchFolder folder_;
  std::map<int, std::unique_ptr<PeerProcess>> processes_;
  std::optional<std::string> python_;
  double blas_rate_ = -1;  // operations a second; 0: there is none
};

// Ours and its peers on one workload, in turns.
class Contest {
 public:
  Contest(Bench& bench, std::string workload, std::string title, int threads = 1);

  // Ours, its error and the bound that a right result keeps.
  void ours(std::function<void()> run, double error, double bound);
  // `enter` may throw PeerMissing and PeerFailed. A peer that `multiplies` stands on BLAS.
  void peer(const std::string& name, std::optional<double> target, const std::function<Entrant()>& enter,
            bool multiplies = false);
  // A row that does not count unless our error is at most the peer's.
  void at_equal_error() { equal_error_ = true; }
  void measure();

 private:
  Row row(const std::string& peer) const;
  void take_turns();

  Bench& bench_;
  Row blank_;
  std::function<void()> run_;
  struct Running {
    Row row;
    std::optional<Entrant> entrant;
    Spent best;
  };
  std::vector<Running> peers_;
  Spent best_;
  bool equal_error_ = false, noisy_ = false;
};

}  // namespace dln::compare
