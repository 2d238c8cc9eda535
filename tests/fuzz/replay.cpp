// Runs a fuzz target without libFuzzer: every seed as it is, then a fixed number of inputs made from the
// seeds by changes that are the same in every run.
//   replay_READER SEEDS WORDS COUNT      or, to look at one find:      replay_READER FILE
//
// Ends with an exit code of 0 unless an input crashes, takes longer than 10 s, needs more than 256 MB, leaves
// a descriptor open, or all of them together leave more than 4 MB behind. The input at fault is written to
// find-READER in the current folder.
#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DLN_INSTRUMENTED 1
#endif

namespace {

namespace fs = std::filesystem;
using Bytes = std::string;

constexpr std::size_t kLongest = 4096;
constexpr rlim_t kMostMemory = 256u << 20;
constexpr unsigned kMostSeconds = 10;

Bytes current;                 // the input being read
char find_file[256] = "find";  // where it goes
int terminal = STDERR_FILENO;  // kept when the readers' own messages are turned off

void say(const char* text) {
  (void)!::write(terminal, text, std::strlen(text));
}

// Async-signal-safe: keeps the input and dies of the same signal.
void keep_find(int signal) {
  const int file = ::open(find_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  (void)!::write(file, current.data(), current.size());
  say(signal == SIGALRM ? "takes too long" : "crashes");
  say("; the input is in ");
  say(find_file);
  say("\n");
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

void watch() {
  static char stack[1 << 16];  // for a handler that runs when the other has overflowed
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  ::sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = keep_find;
  action.sa_flags = SA_ONSTACK;
#ifndef DLN_INSTRUMENTED
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(signal, &action, nullptr);
  const rlimit memory{kMostMemory, kMostMemory};
  ::setrlimit(RLIMIT_DATA, &memory);
#endif
  for (int signal : {SIGABRT, SIGALRM}) ::sigaction(signal, &action, nullptr);
}

Bytes read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A libFuzzer dictionary: a word a line in quotation marks, with \" \\ and \xNN.
std::vector<Bytes> words_in(const fs::path& path) {
  std::vector<Bytes> words;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with('"')) continue;
    Bytes word;
    for (std::size_t i = 1; i + 1 < line.size(); ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[++i] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        word += line[i];
      }
    }
    words.push_back(word);
  }
  return words;
}

class Mutator {
 public:
  Mutator(std::vector<Bytes> seeds, std::vector<Bytes> words)
      : seeds_(std::move(seeds)), words_(std::move(words)) {}

  Bytes next() {
    Bytes bytes = seeds_[below(seeds_.size())];
    for (std::size_t changes = 1 + below(6); changes > 0; --changes) change(bytes);
    if (bytes.size() > kLongest) bytes.resize(kLongest);
    return bytes;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }  // the same on every machine

  void change(Bytes& bytes) {
    const std::size_t at = below(bytes.size() + 1),
                      length = below(std::min<std::size_t>(bytes.size() - at, 16) + 1);
    switch (below(8)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:  // a part again, up to 64 times
        for (std::size_t times = 1 + below(64), part = 1 + below(16); times > 0; --times)
          bytes.insert(at, bytes.substr(at, part));
        break;
      case 4:
        bytes.insert(at, words_[below(words_.size())]);
        break;
      case 5:
        bytes.replace(at, length, words_[below(words_.size())]);
        break;
      case 6: {  // the head of this and the tail of another
        const Bytes& other = seeds_[below(seeds_.size())];
        bytes = bytes.substr(0, at) + other.substr(below(other.size() + 1));
        break;
      }
      default:
        bytes.resize(at);
    }
    if (bytes.size() > kLongest) bytes.resize(kLongest);
  }

  std::vector<Bytes> seeds_, words_;
  std::mt19937_64 random_{1};
};

void run(Bytes bytes) {
  current = std::move(bytes);
  ::alarm(kMostSeconds);
  // From a copy of just that size: reading past its end is noticed by who looks for that.
  const std::vector<std::uint8_t> exact(current.begin(), current.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  ::alarm(0);
}

long open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

std::vector<Bytes> seeds_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<Bytes> seeds;
  for (const auto& file : files) seeds.push_back(read_file(file));
  return seeds;
}

int replay(const std::vector<Bytes>& seeds, const fs::path& words, long count) {
  for (const Bytes& seed : seeds) run(seed);
  const long descriptors = open_descriptors();
  Mutator mutator(seeds, words_in(words));
  std::size_t settled = 0;  // bytes in use once all that is kept for good is there
  for (long i = 0; i < count; ++i) {
    if (i == count / 2) settled = ::mallinfo2().uordblks;
    run(mutator.next());
  }
  if (open_descriptors() > descriptors) return say("descriptors are left open\n"), 1;
  if (::mallinfo2().uordblks > settled + (4u << 20)) return say("memory is left behind\n"), 1;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string name = fs::path(words[0]).filename().string();
  std::snprintf(find_file, sizeof find_file, "find-%s", name.c_str());
  terminal = ::dup(STDERR_FILENO);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  if (count == 4) ::dup2(nowhere, STDERR_FILENO);
  watch();
  if (count == 2) return run(read_file(words[1])), 0;
  if (count != 4) return say("expected SEEDS WORDS COUNT, or a FILE\n"), 2;
  const auto seeds = seeds_in(words[1]);
  if (seeds.empty()) return say("there are no seeds\n"), 2;
  return replay(seeds, words[2], std::atol(words[3]));
}
