// SweepRanks by MPI, which only the thread that made them calls.
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <future>
#include <list>
#include <thread>
#include <utility>

#include "dln/base/error.hpp"
#include "tools/sweep/sweep_ranks.hpp"

namespace dln::tools {
namespace {

constexpr double kWorkAhead = 0.1;              // seconds of work that a rank asks for
constexpr std::chrono::milliseconds kPause{1};  // between looks for messages
constexpr std::uint64_t kMostAtOnce = 10'000;   // runs

enum Tag { ask, work, reports, no_more };

using Runs = std::vector<std::uint64_t>;

// Sends that may still be under way: neither side waits for the other to listen.
class Outbox {
 public:
  void send(Tag tag, int to, std::string bytes) {
    tidy();
    auto& message = under_way_.emplace_back(std::move(bytes), MPI_REQUEST_NULL);
    MPI_Isend(message.first.data(), static_cast<int>(message.first.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD,
              &message.second);
  }
  void wait() {
    for (auto& message : under_way_) MPI_Wait(&message.second, MPI_STATUS_IGNORE);
    under_way_.clear();
  }

 private:
  void tidy() {
    under_way_.remove_if([](auto& message) {
      int done = 0;
      MPI_Test(&message.second, &done, MPI_STATUS_IGNORE);
      return done != 0;
    });
  }
  std::list<std::pair<std::string, MPI_Request>> under_way_;
};

struct Message {
  int from;
  Tag tag;
  std::string bytes;
};

std::optional<Message> received() {
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
  if (!there) return {};
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  Message message{status.MPI_SOURCE, static_cast<Tag>(status.MPI_TAG),
                  std::string(static_cast<std::size_t>(size), '\0')};
  MPI_Recv(message.bytes.data(), size, MPI_BYTE, message.from, message.tag, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
  return message;
}

std::string bytes_of(const Runs& runs) {
  return {reinterpret_cast<const char*>(runs.data()), runs.size() * sizeof(std::uint64_t)};
}
Runs runs_in(const std::string& bytes) {
  Runs runs(bytes.size() / sizeof(std::uint64_t));
  if (!runs.empty()) std::memcpy(runs.data(), bytes.data(), runs.size() * sizeof(std::uint64_t));
  return runs;
}

// Of a rank other than 0: runs it was given, and reports it has not sent yet.
class Desk {
 public:
  // Waits for one; nothing when there will be none.
  std::optional<std::uint64_t> take() {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [&] { return !runs_.empty() || closed_; });
    if (runs_.empty()) return {};
    const auto run = runs_.front();
    runs_.pop_front();
    return run;
  }
  void put(const Runs& runs) {
    const std::lock_guard lock(mutex_);
    runs_.insert(runs_.end(), runs.begin(), runs.end());
    more_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    more_.notify_all();
  }
  void report(const SweepReport& report) {
    const std::lock_guard lock(mutex_);
    lines_ += line_of(report) + '\n';
    ++reported_;
    seconds_ += report.seconds;
  }
  std::string collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }
  // As many runs as keep `threads` busy for a while, less those at hand; 0 while there are enough.
  std::uint64_t wanted(int threads) {
    const std::lock_guard lock(mutex_);
    const double each = reported_ == 0 ? kWorkAhead : seconds_ / static_cast<double>(reported_);
    const auto enough = static_cast<std::uint64_t>(
        std::clamp(threads * kWorkAhead / std::max(each, 1e-9), 1.0 * threads, 1.0 * kMostAtOnce));
    return runs_.size() > enough / 2 ? 0 : enough - runs_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::uint64_t> runs_;
  bool closed_ = false;
  std::string lines_;
  std::uint64_t reported_ = 0;
  double seconds_ = 0;
};

void take_in(const std::string& lines, std::uint64_t runs, const RunFinished& finished) {
  for (std::size_t begin = 0, end; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
    auto report = report_in(std::string_view(lines).substr(begin, end - begin), runs);
    if (!report) throw base::NumericalError("a report of another rank came in damaged");
    finished(std::move(*report));
  }
}

}  // namespace

struct SweepRanks::World {
  int rank = 0, size = 1;
  bool parted = false;
};

bool SweepRanks::launched() {
  return std::getenv("OMPI_COMM_WORLD_SIZE") || std::getenv("PMIX_RANK") || std::getenv("PMI_RANK");
}

SweepRanks::SweepRanks() : world_(std::make_unique<World>()) {
  int given = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
  if (given < MPI_THREAD_FUNNELED)
    throw base::ExternalProgramError("this MPI allows no threads; expected MPI_THREAD_FUNNELED");
  MPI_Comm_rank(MPI_COMM_WORLD, &world_->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &world_->size);
}

SweepRanks::~SweepRanks() = default;
int SweepRanks::rank() const {
  return world_->rank;
}
int SweepRanks::size() const {
  return world_->size;
}

std::string SweepRanks::shared(const std::string& text) {
  auto size = static_cast<int>(text.size());
  MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
  std::string all = leads() ? text : std::string(static_cast<std::size_t>(size), '\0');
  MPI_Bcast(all.data(), size, MPI_BYTE, 0, MPI_COMM_WORLD);
  return all;
}

int SweepRanks::sum(int number) {
  int all = 0;
  MPI_Allreduce(&number, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  return all;
}

void SweepRanks::require_same(const std::string& text) {
  if (shared(text) != text)
    throw base::DataError(fmt::format(
        "rank {} reads other files than rank 0; expected the same data and the same dln on every machine",
        rank()));
}

void SweepRanks::lead(const SweepPlan& plan, SweepQueue& queue, int threads, const RunFinished& finished) {
  SweepDataCache cache;
  auto own = std::async(std::launch::async, [&] {
    run_on_threads(
        plan, cache, threads, [&] { return queue.take(); }, finished);
  });
  Outbox outbox;
  int others = size() - 1;
  bool working = true;
  const struct Stop {
    SweepQueue& queue;
    ~Stop() { queue.stop(); }
  } stop{queue};  // before `own` is waited for, should anything be thrown
  while (others > 0 || working) {
    if (working && own.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
      own.get();
      working = false;
    }
    const auto message = received();
    if (!message) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (message->tag == Tag::reports) take_in(message->bytes, plan.runs(), finished);
    if (message->tag == Tag::no_more) --others;
    if (message->tag == Tag::ask) {
      // Towards the end less, so that all end together.
      const auto share = queue.left() / (2 * static_cast<std::uint64_t>(size())) + 1;
      outbox.send(Tag::work, message->from,
                  bytes_of(queue.take(std::min(runs_in(message->bytes)[0], share))));
    }
  }
  outbox.wait();
}

void SweepRanks::follow(const SweepPlan& plan, int threads) {
  SweepDataCache cache;
  Desk desk;
  auto own = std::async(std::launch::async, [&] {
    run_on_threads(
        plan, cache, threads, [&] { return desk.take(); },
        [&](const SweepReport& report) { desk.report(report); });
  });
  const struct Close {
    Desk& desk;
    ~Close() { desk.close(); }
  } close{desk};  // before `own` is waited for, should anything be thrown
  Outbox outbox;
  bool asked = false, closed = false;
  while (own.wait_for(kPause) != std::future_status::ready) {
    if (auto lines = desk.collect(); !lines.empty()) outbox.send(Tag::reports, 0, std::move(lines));
    if (const auto wanted = asked || closed ? 0 : desk.wanted(threads); wanted > 0) {
      outbox.send(Tag::ask, 0, bytes_of({wanted}));
      asked = true;
    }
    if (const auto message = received()) {
      asked = false;
      const auto runs = runs_in(message->bytes);
      desk.put(runs);
      if (!runs.empty()) continue;
      closed = true;
      desk.close();
    }
  }
  own.get();
  outbox.send(Tag::reports, 0, desk.collect());
  outbox.send(Tag::no_more, 0, "");
  outbox.wait();
}

void SweepRanks::part() {
  MPI_Finalize();
}

}  // namespace dln::tools
