// Report: what a verification found, as one record; each format is a renderer of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "validation/claim.hpp"

namespace dln::validation {

// A figure as it reached the report. svg is its text; tsv and gp name the files beside the report.
struct Figure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::string svg;  // empty when it could not be drawn
  std::string svg_file, tsv_file, gp_file;
  std::string status;  // "drawn", or why it is missing
};

struct InputFile {
  std::string path;
  std::uintmax_t bytes;
  std::uint32_t crc32;
};

struct InputData {
  std::string name;
  long inputs, outputs, modes;  // N1, N3, r
  std::uint64_t examples;
  double whiteness_residual;  // before Sigma11 was set to c I; NaN where it was not
  std::vector<InputFile> files;
  std::uint32_t crc32 = 0;  // of its correlations
};

// Everything that may differ from run to run on the same claims; the rest of a report may not.
struct Provenance {
  std::vector<std::pair<std::string, std::string>> software;  // dln, git, compiler, libraries, gnuplot
  std::string cpu;
  unsigned threads = 0;
  std::string started;  // date and time, UTC
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, std::string>> options;  // as resolved
  std::vector<InputData> inputs;
};

struct Prose {
  std::string text;
};
struct Table {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};
struct FigureReference {
  std::string id;
};
using Block = std::variant<Prose, Table, FigureReference, ClaimRecord>;

struct Section {
  std::string id;  // for links
  std::string title;
  std::vector<Block> blocks;
};

struct Report {
  std::string title;
  std::vector<Section> sections;
  std::vector<Figure> figures;
  Provenance provenance;
  // What is said first, a sentence each; of claims their tally is said as well.
  std::vector<std::string> answer = {};

  // In order of appearance; they point into the report, which must not be a temporary.
  std::vector<const ClaimRecord*> claims() const&;
  std::vector<const ClaimRecord*> claims() const&& = delete;
  const Figure* figure(const std::string& id) const&;
  const Figure* figure(const std::string& id) const&& = delete;
};

struct Tally {
  int holds = 0, refuted_as_printed = 0, fails = 0, not_run = 0;
};
Tally tally(const std::vector<const ClaimRecord*>& claims);
// One sentence: how many claims hold, are refuted as printed, fail or did not run.
std::string summary(const Tally& tally);

// "✓" and "holds".
struct VerdictText {
  std::string_view mark, words;
};
VerdictText text_of(Verdict verdict);

// Every cause for which a claim does not stand, a sentence or more; empty where it stands.
std::string why_not(const ClaimRecord& claim);

// Does the theory hold? In one sentence.
std::string first_answer(const std::vector<const ClaimRecord*>& claims);

// The paper's own layout of a report: conventions, then every claim of every section, then the figures.
Report compose_report(std::vector<ClaimRecord> records, std::vector<Figure> figures, Provenance provenance);

}  // namespace dln::validation
