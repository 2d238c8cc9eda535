#include "dln/symbolic/bounded.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#ifdef DLN_COVERAGE  // gcov writes its counts at an exit that _exit is not
extern "C" void __gcov_dump();
#endif

namespace dln::symbolic {
namespace {

void limit(int what, rlim_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(what), &now) != 0) return;
  now.rlim_cur = now.rlim_max == RLIM_INFINITY ? most : std::min(most, now.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(what), &now);
}

// Never returns; nothing of the parent's buffers is flushed a second time.
[[noreturn]] void work_and_leave(const std::function<std::string()>& work, unsigned seconds, int out) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGABRT}) ::signal(signal, SIG_DFL);
  limit(RLIMIT_CPU, seconds);
  limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__  // which reserves address space beyond any such limit
  limit(RLIMIT_AS, rlim_t{2} << 30);
#endif
  int code = 1;
  try {
    const std::string answer = work();
    std::size_t written = 0;
    while (written < answer.size()) {
      const ssize_t n = ::write(out, answer.data() + written, answer.size() - written);
      if (n <= 0) break;
      written += static_cast<std::size_t>(n);
    }
    code = written == answer.size() ? 0 : 1;
  } catch (...) {
  }
#ifdef DLN_COVERAGE
  __gcov_dump();
#endif
  ::_exit(code);
}

std::string everything_from(int in) {
  std::string all;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(in, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return all;
    all.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::optional<std::string> bounded(const std::function<std::string()>& work, unsigned seconds) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_and_leave(work, seconds, ends[1]);
  }
  ::close(ends[1]);
  std::string answer;
  int status = 1;
  if (child > 0) {
    answer = everything_from(ends[0]);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(ends[0]);
  const bool well = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return well ? std::optional(answer) : std::nullopt;
}

}  // namespace dln::symbolic
