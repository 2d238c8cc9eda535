// Drawing: a figure on its way to paper: its gnuplot script with the data inside, and the same data as a
// table.
//
// Scripts are written through gnuplot-iostream into memory, never piped into a running gnuplot: a pipe hides
// gnuplot's exit status and dies of SIGPIPE when gnuplot is missing.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dln::plots {

struct Drawing {
  std::string id;
  std::string title;
  std::string alternative_text;  // what one sees, for those who do not
  std::string gp;                // stands alone: gnuplot ID.gp > ID.svg
  std::string tsv;
};

// A gnuplot script in the making.
class Script {
 public:
  // Starts with the SVG terminal, white background, and the house's fonts and margins.
  Script(const std::string& id, int width, int height);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  Script& line(const std::string& command);
  // One curve of a "plot '-' ..., '-' ...", in the order of the command: rows of two, three or four numbers.
  Script& curve(const std::vector<std::array<double, 2>>& rows);
  Script& curve(const std::vector<std::array<double, 3>>& rows);
  Script& curve(const std::vector<std::array<double, 4>>& rows);

  std::string text();

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

// Text between gnuplot's single quotes, with every character that enhanced text would interpret taken
// literally.
std::string literal(const std::string& text);

// Runs gnuplot on the drawing and returns the SVG. Throws ExternalProgramError when gnuplot is missing, fails
// or takes more than a minute; WriteError when there is no room for its temporary files.
std::string render_svg(const Drawing& drawing);

// Writes ID.svg, ID.tsv and ID.gp into `directory`, each whole or not at all. Throws WriteError.
void save(const Drawing& drawing, const std::string& svg, const std::filesystem::path& directory);

// Ends a gnuplot that is running, if any. Async-signal-safe: for handlers of signals.
void stop_gnuplot() noexcept;

// gnuplot's own version line, or "" when it is not installed.
std::string gnuplot_version();

}  // namespace dln::plots
