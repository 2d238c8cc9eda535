// A folder for what is handed to the peers, gone when we are, also when a signal ends us.
#pragma once

#include <filesystem>

namespace dln::compare {

class ScratchFolder {
 public:
  // Throws WriteError.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// To be called before any other thread starts: from then on SIGINT, SIGTERM and SIGHUP remove the folder and
// end the program with 128 + the signal.
void leave_cleanly_on_signals();

}  // namespace dln::compare
