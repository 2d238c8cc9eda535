#include "plots/drawing.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

// gnuplot-iostream is compiled here and nowhere else; its own warnings are not ours to mend.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <gnuplot-iostream.h>
#pragma GCC diagnostic pop

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"

extern char** environ;

namespace dln::plots {
namespace {

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t got = ::pread(descriptor, block.data(), block.size(), static_cast<off_t>(text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw base::WriteError(fmt::format("cannot read a temporary file back: {}", std::strerror(errno)));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
}

// An unnamed temporary file, gone when closed.
class TemporaryFile {
 public:
  TemporaryFile() : file_(std::tmpfile()) {
    if (!file_) throw base::WriteError(fmt::format("cannot make a temporary file: {}", std::strerror(errno)));
  }
  ~TemporaryFile() { std::fclose(file_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  int descriptor() const { return ::fileno(file_); }
  std::string text() const { return read_all(descriptor()); }

 private:
  std::FILE* file_;
};

std::atomic<pid_t> running_gnuplot{0};
static_assert(std::atomic<pid_t>::is_always_lock_free, "a signal handler reads it");

struct Outcome {
  int status = 0;  // as waitpid gives it
  std::string output, messages;
};

// A minute, or what DLN_GNUPLOT_SECONDS says, for machines that need longer.
std::chrono::seconds patience() {
  const char* text = std::getenv("DLN_GNUPLOT_SECONDS");
  int seconds = 0;
  if (!text || std::from_chars(text, text + std::strlen(text), seconds).ec != std::errc() || seconds < 1)
    return std::chrono::minutes(1);
  return std::chrono::seconds(seconds);
}

int wait_or_kill(pid_t child) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + patience();
  int status = 0;
  for (;;) {
    const pid_t done = ::waitpid(child, &status, WNOHANG);
    if (done == child) return status;
    if (done < 0 && errno != EINTR)
      throw base::ExternalProgramError(fmt::format("lost track of gnuplot: {}", std::strerror(errno)));
    if (Clock::now() > deadline) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      throw base::ExternalProgramError(fmt::format(
          "gnuplot did not finish within {} s and was stopped; DLN_GNUPLOT_SECONDS gives it longer",
          patience().count()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Runs gnuplot with these arguments, `input` on its standard input; no shell is involved.
Outcome run_gnuplot(std::vector<std::string> arguments, const std::string& input) {
  const TemporaryFile in, out, err;
  for (std::size_t done = 0; done < input.size();) {
    const ssize_t wrote =
        ::pwrite(in.descriptor(), input.data() + done, input.size() - done, static_cast<off_t>(done));
    if (wrote < 0)
      throw base::WriteError(fmt::format("cannot write a temporary file: {}", std::strerror(errno)));
    done += static_cast<std::size_t>(wrote);
  }
  arguments.insert(arguments.begin(), "gnuplot");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  pid_t child = 0;
  const int trouble = ::posix_spawnp(&child, "gnuplot", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (trouble != 0)
    throw base::ExternalProgramError(
        fmt::format("cannot run gnuplot: {}; install it (on Debian: apt-get install gnuplot-nox)",
                    std::strerror(trouble)));
  running_gnuplot = child;
  const int status = wait_or_kill(child);
  running_gnuplot = 0;
  return {status, out.text(), err.text()};
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

// The FILE* goes to Gnuplot, which closes it.
struct Script::Stream {
  Stream() : file(std::tmpfile()), gnuplot((require(file), file)) {
    gnuplot << std::defaultfloat << std::setprecision(10);
  }
  static void require(std::FILE* file) {
    if (!file) throw base::WriteError(fmt::format("cannot make a temporary file: {}", std::strerror(errno)));
  }
  std::FILE* file;
  Gnuplot gnuplot;
};

Script::Script(const std::string& id, int width, int height) : stream_(std::make_unique<Stream>()) {
  line(fmt::format("# Stands alone, data included: gnuplot {0}.gp > {0}.svg", id));
  line("set encoding utf8");
  std::string name = "figure_" + id;
  std::ranges::replace(name, '-', '_');  // gnuplot takes no other sign in a name
  line(
      fmt::format("set terminal svg size {},{} enhanced font 'DejaVu Sans,15' background '#ffffff' name '{}'",
                  width, height, name));
  line("set border 3 lw 1.2");
  line("set tics nomirror out");
}

Script::~Script() = default;

Script& Script::line(const std::string& command) {
  stream_->gnuplot << command << '\n';
  return *this;
}

Script& Script::curve(const std::vector<std::array<double, 2>>& rows) {
  stream_->gnuplot.send1d(rows);
  return *this;
}

Script& Script::curve(const std::vector<std::array<double, 3>>& rows) {
  stream_->gnuplot.send1d(rows);
  return *this;
}

Script& Script::curve(const std::vector<std::array<double, 4>>& rows) {
  stream_->gnuplot.send1d(rows);
  return *this;
}

std::string Script::text() {
  stream_->gnuplot << std::flush;
  return read_all(::fileno(stream_->file));
}

std::string literal(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "\\046";  // gnuplot would write \& into SVG as it is
    else if (c == '\'')
      out += "''";
    else if (std::strchr("\\{}_^@~", c) && c != '\0')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)  // a line break would end the command
      out += c;
  }
  return out;
}

std::string render_svg(const Drawing& drawing) {
  const Outcome outcome = run_gnuplot({"-d", "-"}, drawing.gp);
  const bool ended_well = WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0;
  if (!ended_well || outcome.output.find("<svg") == std::string::npos ||
      outcome.output.find("</svg>") == std::string::npos)
    throw base::ExternalProgramError(
        fmt::format("gnuplot failed on figure {}: {}", drawing.id,
                    outcome.messages.empty() ? "it wrote no picture" : first_line(outcome.messages)));
  return outcome.output;
}

void save(const Drawing& drawing, const std::string& svg, const std::filesystem::path& directory) {
  base::write_files({{directory / (drawing.id + ".tsv"), drawing.tsv},
                     {directory / (drawing.id + ".gp"), drawing.gp},
                     {directory / (drawing.id + ".svg"), svg}});
}

void stop_gnuplot() noexcept {
  if (const pid_t child = running_gnuplot; child > 0) ::kill(child, SIGKILL);
}

std::string gnuplot_version() {
  try {
    const std::string line = first_line(run_gnuplot({"--version"}, "").output);
    return line.starts_with("gnuplot ") ? line : "";
  } catch (const base::ExternalProgramError&) {
    return "";
  }
}

}  // namespace dln::plots
