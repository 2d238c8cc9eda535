// What the program shows where someone looks on: progress, colours, rows that fit; on a terminal of its own.
#include <gtest/gtest.h>
#include <pty.h>

#include <cstdlib>
#include <regex>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

struct Shown {
  int code;
  std::string all;  // both streams, escapes included
};

Shown on_terminal(std::vector<std::string> words, std::size_t columns, const char* no_color = nullptr) {
  winsize size{.ws_row = 40, .ws_col = static_cast<unsigned short>(columns), .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    if (no_color)
      ::setenv("NO_COLOR", no_color, 1);
    else
      ::unsetenv("NO_COLOR");
    words.insert(words.begin(), DLN_PROGRAM);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  Shown shown{-1, {}};
  char buffer[4096];
  for (ssize_t n; (n = ::read(terminal, buffer, sizeof buffer)) > 0;)
    shown.all.append(buffer, static_cast<std::size_t>(n));
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  shown.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return shown;
}

// The lines that stay: what a carriage return and "erase the line" leave, without colours.
std::vector<std::string> lines_left(const std::string& all) {
  const std::string plain = std::regex_replace(all, std::regex("\x1b\\[[0-9]*m"), "");
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain.compare(i, 4, "\r\x1b[K") == 0) {
      lines.back().clear();
      i += 3;
    } else if (plain[i] == '\n') {
      lines.emplace_back();
    } else if (plain[i] != '\r') {
      lines.back() += plain[i];
    }
  }
  return lines;
}

std::size_t code_points(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

class Terminal : public testing::Test {
 protected:
  void SetUp() override {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0) GTEST_SKIP() << "no terminal can be opened here";
    ::close(terminal);
  }
};

std::vector<std::string> verify_into(const fs::path& out) {
  return {"verify", "--claim", "C12,C18,X1", "--effort", "quick", "--out", out.string()};
}

TEST_F(Terminal, ShowsProgressThatLeavesNothingBehind) {
  const auto shown = on_terminal(verify_into(scratch("terminal-progress")), 100);
  EXPECT_EQ(shown.code, 0) << shown.all;
  EXPECT_TRUE(std::regex_search(shown.all, std::regex("\r\x1b\\[K[^\r\n]*: +[0-9]+ %"))) << shown.all;
  for (const auto& line : lines_left(shown.all)) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_FALSE(std::regex_search(line, std::regex(": +[0-9]+ %(, .* left)?$"))) << line;
  }
}

TEST_F(Terminal, ColoursVerdictsUnlessAskedNotTo) {
  const auto coloured = on_terminal(verify_into(scratch("terminal-colours")), 100);
  EXPECT_NE(coloured.all.find("\x1b[32mholds"), std::string::npos) << coloured.all;
  const auto plain = on_terminal(verify_into(scratch("terminal-plain")), 100, "1");
  EXPECT_EQ(plain.code, 0);
  EXPECT_FALSE(std::regex_search(plain.all, std::regex("\x1b\\[[0-9]+m"))) << plain.all;
  const auto redirected = dln(verify_into(scratch("terminal-none")));
  EXPECT_EQ((redirected.out + redirected.err).find('\x1b'), std::string::npos) << "no terminal, no escapes";
}

TEST_F(Terminal, RowsFitItsWidth) {
  for (const std::size_t columns : {90, 140}) {
    const auto shown = on_terminal(verify_into(scratch("terminal-width")), columns);
    std::size_t rows = 0, longest = 0;
    for (const auto& line : lines_left(shown.all)) {
      if (!std::regex_search(line, std::regex("^(C12|C18|X1) +(holds|refuted)"))) continue;
      ++rows;
      longest = std::max(longest, code_points(line));
    }
    EXPECT_EQ(rows, 3u) << shown.all;
    EXPECT_LE(longest, columns);
    EXPECT_GT(longest, columns - 30) << "its width is used";
  }
}

}  // namespace
}  // namespace dln::tools
