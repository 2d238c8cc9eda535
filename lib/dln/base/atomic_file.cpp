#include "dln/base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
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

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> serial{0};
  auto name = fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), serial++);
  return target.parent_path() / name;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target)
    : target_(std::move(target)), temporary_(temporary_name(target_)) {
  slot_ = remember(temporary_.string());
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    forget(std::exchange(slot_, -1));
    fail(std::strerror(errno));
  }
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
  if (std::filesystem::is_directory(target_)) fail("a folder of that name is in the way");
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

void require_writable_directory(const std::filesystem::path& directory) {
  std::error_code trouble;
  std::filesystem::create_directories(directory, trouble);
  if (trouble || !std::filesystem::is_directory(directory))
    throw WriteError(fmt::format("cannot write into {}: {}; name a folder that can be created or written",
                                 directory.string(), trouble ? trouble.message() : "it is not a folder"));
  AtomicFile probe(directory / "probe");
}

void remove_unfinished_files() noexcept {
  for (Slot& slot : slots)
    if (slot.state == 2) ::unlink(slot.path.data());
}

}  // namespace dln::base
