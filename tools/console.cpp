#include "tools/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "dln/base/error.hpp"

namespace dln::tools {
namespace {

[[noreturn]] void fail() {
  throw base::WriteError(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

bool colours_wanted() {
  static const bool wanted = [] {
    const char* no = std::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) && !(no && *no);
  }();
  return wanted;
}

// To the second: it counts down before the eyes.
std::string minutes_and_seconds(double seconds) {
  const long whole = static_cast<long>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail();
}

void flush_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) fail();
}

void message(std::string_view text) {
  // One line whatever a file name holds; and an error that cannot be told is no reason for another.
  std::string line = "dln: ";
  for (char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

namespace {
std::array<char, 512> farewell_text;
std::atomic<std::size_t> farewell_size = 0;
}  // namespace

void set_farewell(const std::string& text) {
  farewell_size = 0;
  const std::string line = text.empty() ? "" : "\ndln: " + text.substr(0, 400) + "\n";
  std::ranges::copy(line, farewell_text.begin());
  farewell_size = line.size();
}

void say_farewell() noexcept {
  (void)!::write(STDERR_FILENO, farewell_text.data(), farewell_size);
}

std::string coloured(std::string_view text, Colour colour) {
  if (!colours_wanted()) return std::string(text);
  static const char* const codes[] = {"32", "33", "31", "90"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<int>(colour)], text);
}

std::string shortened(std::string_view utf8, std::size_t columns) {
  std::size_t points = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80;
    if (starts && ++points > columns && columns > 0) {
      // Step back over the code point that makes room for the ellipsis.
      std::size_t end = i;
      do --end;
      while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80);
      return std::string(utf8.substr(0, end)) + "…";
    }
  }
  return std::string(utf8);
}

std::size_t output_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 100;
}

ProgressLine::ProgressLine() : on_terminal_(::isatty(STDERR_FILENO) != 0) {}

void ProgressLine::report(std::string_view what, double fraction) {
  if (!on_terminal_) return;
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const bool anew = what != what_ || fraction < fraction_ - 0.1;  // other work, or the same once more
  fraction_ = fraction;
  if (anew) {
    what_ = what;
    started_ = now;
  } else if (now - last_ < std::chrono::milliseconds(100)) {
    return;
  }
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  const std::string left = fraction > 0.02 && fraction < 1
                               ? ", " + minutes_and_seconds(elapsed * (1 - fraction) / fraction) + " left"
                               : std::string();
  put(fmt::format("\r\x1b[K{}: {:3.0f} %{}", what, 100 * fraction, left));
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (shown_) put("\r\x1b[K");
  shown_ = false;
}

}  // namespace dln::tools
