// PeerProcess: peers.py running beside us, asked and answered in lines of JSON.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace dln::compare {

// A program or package that is not there. what() is its name.
class PeerMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// A peer that crashed, hung or complained. what() says so in one sentence.
class PeerFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class PeerProcess {
 public:
  // `threads` for BLAS and PyTorch. Throws PeerMissing when `python` cannot be started.
  PeerProcess(const std::string& python, const std::filesystem::path& script, int threads);
  ~PeerProcess();  // ends it
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  // Throws PeerMissing for a package, PeerFailed otherwise; after a crash or `patience` run out the process
  // is gone, and alive() false.
  nlohmann::json ask(const nlohmann::json& question, std::chrono::seconds patience);
  bool alive() const { return child_ > 0; }

 private:
  void write(std::string_view text);
  std::string read_line(std::chrono::seconds patience);
  [[noreturn]] void give_up(const std::string& why);
  int end();  // waits, kills, and returns its status

  pid_t child_ = 0;
  int to_ = -1, from_ = -1;
  std::string buffer_;
};

}  // namespace dln::compare
