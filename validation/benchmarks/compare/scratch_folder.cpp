#include "validation/benchmarks/compare/scratch_folder.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "dln/base/error.hpp"
#include "plots/drawing.hpp"

namespace dln::compare {
namespace {

std::mutex mutex;
std::set<std::filesystem::path> alive;

void take_away(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

// A thread of its own, not a handler: it may take its time and any function.
void wait_for(const sigset_t& signals) {
  int signal = 0;
  if (::sigwait(&signals, &signal) != 0) return;
  const std::lock_guard lock(mutex);
  plots::stop_gnuplot();
  for (const auto& folder : alive) take_away(folder);
  ::_exit(128 + signal);
}

}  // namespace

ScratchFolder::ScratchFolder() {
  const auto parent = std::filesystem::temp_directory_path();
  std::string name = (parent / "dln-compare-XXXXXX").string();
  const std::lock_guard lock(mutex);
  if (!::mkdtemp(name.data()))
    throw base::WriteError(fmt::format("cannot make a folder in {}", parent.string()));
  path_ = name;
  alive.insert(path_);
}

ScratchFolder::~ScratchFolder() {
  const std::lock_guard lock(mutex);
  take_away(path_);
  alive.erase(path_);
}

void leave_cleanly_on_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals] { wait_for(signals); }).detach();
}

}  // namespace dln::compare
