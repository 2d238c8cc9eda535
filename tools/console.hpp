// The terminal: results on standard output, messages and progress on standard error.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "dln/base/progress.hpp"

namespace dln::tools {

// Writes to standard output. Throws base::WriteError as soon as that fails.
void print(std::string_view text);
// Flushes standard output. Throws base::WriteError, so that a full disk never goes unnoticed.
void flush_output();

// A line for the user on standard error.
void message(std::string_view text);

// What to say on standard error when a signal ends the program; "" for nothing. say_farewell() may be called
// from a handler of signals.
void set_farewell(const std::string& text);
void say_farewell() noexcept;

// Colours only on a terminal, and never when NO_COLOR is set.
enum class Colour { green, yellow, red, grey };
std::string coloured(std::string_view text, Colour colour);

// Cuts to `columns` code points, with an ellipsis.
std::string shortened(std::string_view utf8, std::size_t columns);
// The width of the terminal on standard output, 100 elsewhere.
std::size_t output_columns();

// One line on standard error with a share done and the time left; silent unless that is a terminal.
class ProgressLine final : public base::Progress {
 public:
  ProgressLine();
  ~ProgressLine() override { clear(); }
  void report(std::string_view what, double fraction) override;
  // Takes the line away, before anything else is printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  bool on_terminal_, shown_ = false;
  std::string what_;
  double fraction_ = 0;
  Clock::time_point started_, last_;
};

}  // namespace dln::tools
