#include "dln/base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "dln/base/error.hpp"

namespace dln::base {
namespace {

// Names of unfinished files in fixed storage, since a signal handler may not allocate or lock.
constexpr int kSlots = 64;
constexpr std::size_t kLongestPath = 4096;
struct Slot {
  std::atomic<int> state{0};  // 0 free, 1 being filled, 2 in use
  std::array<char, kLongestPath> path{};
};
std::array<Slot, kSlots> slots;

int remember(const std::string& path) {
  if (path.size() + 1 > kLongestPath) return -1;
  for (int i = 0; i < kSlots; ++i) {
    Slot& slot = slots[static_cast<std::size_t>(i)];
    int expected = 0;
    if (!slot.state.compare_exchange_strong(expected, 1)) continue;
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.state = 2;
    return i;
  }
  return -1;
}

void forget(int slot) {
  if (slot >= 0) slots[static_cast<std::size_t>(slot)].state = 0;
}

// A symbolic link stands for what it points to: that is what gets replaced.
std::filesystem::path resolved(const std::filesystem::path& target) {
  std::error_code trouble;
  auto real = std::filesystem::weakly_canonical(target, trouble);
  return trouble ? target : real;
}

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> serial{0};
  auto name = fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), serial++);
  return target.parent_path() / name;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target)
    : target_(resolved(target)), temporary_(temporary_name(target_)) {
  // Renaming onto a device or a pipe would destroy it.
  std::error_code ignored;
  const auto kind = std::filesystem::status(target_, ignored).type();
  if (kind == std::filesystem::file_type::directory) fail("a folder of that name is in the way");
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found)
    fail(kind == std::filesystem::file_type::none
             ? ignored.message().c_str()
             : "it is not a regular file; name a file that can be created or replaced");
  struct stat existing {};
  const bool exists = ::stat(target_.c_str(), &existing) == 0;
  if (exists && ::access(target_.c_str(), W_OK) != 0) fail(std::strerror(errno));
  slot_ = remember(temporary_.string());
  if (slot_ < 0) fail("its path is too long, or too many files are being written at once");
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    const int trouble = errno;
    forget(std::exchange(slot_, -1));
    fail(fmt::format("{}; name a file in a folder that is there and can be written", std::strerror(trouble)));
  }
  if (exists)
    (void)!::fchmod(descriptor_, existing.st_mode & 07777);  // a file replaced keeps its permissions
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
  forget(slot_);
}

void AtomicFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(std::strerror(errno));
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(std::strerror(errno));
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(std::strerror(errno));
  ::close(std::exchange(descriptor_, -1));
}

void AtomicFile::fail(std::string_view what) const {
  throw WriteError(fmt::format("cannot write {}: {}", target_.string(), what));
}

void write_file(const std::filesystem::path& target, std::string_view text) {
  AtomicFile file(target);
  file.write(text);
  file.commit();
}

void write_files(const std::vector<std::pair<std::filesystem::path, std::string>>& files) {
  std::vector<std::unique_ptr<AtomicFile>> written;
  for (const auto& [target, text] : files) {
    written.push_back(std::make_unique<AtomicFile>(target));
    written.back()->write(text);
  }
  for (auto& file : written) file->commit();
}

void require_writable_directory(const std::filesystem::path& directory) {
  std::error_code trouble;
  std::filesystem::create_directories(directory, trouble);
  if (trouble || !std::filesystem::is_directory(directory)) {
    std::error_code ignored;
    const bool is_dangling =
        std::filesystem::is_symlink(directory, ignored) && !std::filesystem::exists(directory, ignored);
    throw WriteError(fmt::format("cannot write into {}: {}; name a folder that can be created or written",
                                 directory.empty() ? "''" : directory.string(),
                                 is_dangling ? "it is a link to nothing"
                                 : trouble   ? trouble.message()
                                             : "it is not a folder"));
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0)
    throw WriteError(fmt::format("cannot write into {}: {}; name a folder that can be created or written",
                                 directory.string(), std::strerror(errno)));
}

bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code trouble;
  return std::filesystem::equivalent(a, b, trouble) ||
         std::filesystem::weakly_canonical(a, trouble) == std::filesystem::weakly_canonical(b, trouble);
}

void remove_unfinished_files() noexcept {
  for (Slot& slot : slots)
    if (slot.state == 2) ::unlink(slot.path.data());
}

}  // namespace dln::base
