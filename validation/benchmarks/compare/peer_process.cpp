#include "validation/benchmarks/compare/peer_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

extern char** environ;

namespace dln::compare {
namespace {

// Ours but for what decides how many threads and which kernels a BLAS takes.
std::vector<std::string> environment(int threads) {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    bool dropped = false;
    for (const char* name : {"OPENBLAS_", "OMP_", "MKL_", "BLIS_", "PYTHONSTARTUP="})
      dropped = dropped || text.starts_with(name);
    if (!dropped) kept.emplace_back(text);
  }
  for (const char* name : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"})
    kept.push_back(fmt::format("{}={}", name, threads));
  kept.push_back("PYTHONDONTWRITEBYTECODE=1");
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

PeerProcess::PeerProcess(const std::string& python, const std::filesystem::path& script, int threads) {
  std::array<int, 2> in, out;
  if (::pipe2(in.data(), O_CLOEXEC) != 0) throw PeerFailed("no pipe could be made");
  if (::pipe2(out.data(), O_CLOEXEC) != 0) {
    ::close(in[0]);
    ::close(in[1]);
    throw PeerFailed("no pipe could be made");
  }
  std::vector<std::string> arguments{python, script.string()}, variables = environment(threads);
  auto argv = pointers(arguments), envp = pointers(variables);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;  // signals that we block, it does not
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int trouble =
      ::posix_spawnp(&child_, python.c_str(), &actions, &attributes, argv.data(), envp.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  to_ = in[1];
  from_ = out[0];
  if (trouble != 0) {
    child_ = 0;
    ::close(to_);
    ::close(from_);
    throw PeerMissing(python);
  }
}

PeerProcess::~PeerProcess() {
  end();
}

int PeerProcess::end() {
  if (child_ <= 0) return 0;
  ::close(to_);
  ::close(from_);
  int status = 0;
  for (int i = 0; i < 200; ++i) {  // two seconds to leave by itself
    if (::waitpid(child_, &status, WNOHANG) == child_) {
      child_ = 0;
      return status;
    }
    ::usleep(10'000);
  }
  ::kill(child_, SIGKILL);
  ::waitpid(child_, &status, 0);
  child_ = 0;
  return status;
}

void PeerProcess::give_up(const std::string& why) {
  const int status = end();
  throw PeerFailed(WIFSIGNALED(status) ? fmt::format("{}; ended by signal {}", why, WTERMSIG(status)) : why);
}

void PeerProcess::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(to_, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) give_up("it is no longer there");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

std::string PeerProcess::read_line(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (const auto end_of_line = buffer_.find('\n'); end_of_line != std::string::npos) {
      const std::string line = buffer_.substr(0, end_of_line);
      buffer_.erase(0, end_of_line + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      ::kill(child_, SIGKILL);
      give_up(fmt::format("no answer within {} s", patience.count()));
    }
    pollfd ready{from_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> block;
    const ssize_t got = ::read(from_, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) give_up("it ended without an answer");
    buffer_.append(block.data(), static_cast<std::size_t>(got));
  }
}

nlohmann::json PeerProcess::ask(const nlohmann::json& question, std::chrono::seconds patience) {
  if (!alive()) throw PeerFailed("it is no longer there");
  write(question.dump() + "\n");
  const std::string line = read_line(patience);
  const auto answer = nlohmann::json::parse(line, nullptr, false);
  if (!answer.is_object()) give_up("its answer is no JSON object: " + line.substr(0, 80));
  if (answer.contains("missing")) throw PeerMissing(answer["missing"].get<std::string>());
  if (answer.contains("error")) throw PeerFailed(answer["error"].get<std::string>());
  return answer;
}

}  // namespace dln::compare
