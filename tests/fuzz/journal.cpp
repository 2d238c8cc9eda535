// Journals of runs: as they stand, and with every line but the first given its right checksum, which no
// fuzzer would find; and the same lines as reports of a sweep.
#include "tools/journal.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include "tests/fuzz/fuzz.hpp"
#include "tools/sweep/sweep_results.hpp"

namespace {

std::string with_checksums(std::string_view text) {
  auto end = text.find('\n');
  std::string result(text.substr(0, end));
  while (end != text.npos) {
    text.remove_prefix(end + 1);
    end = text.find('\n');
    const auto body = text.substr(0, end);
    const auto sum = ::crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
    result += fmt::format("\n{}\t{:08x}", body, sum);
  }
  return result + '\n';
}

void read_report(std::string_view line) {
  using namespace dln;
  const auto report = tools::report_in(line, 100);
  if (!report) return;
  const auto again = tools::report_in(tools::line_of(*report), 100);
  fuzz::require(again && again->run == report->run && again->record.state == report->record.state &&
                again->record.values.size() == report->record.values.size());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  static fuzz::MemoryFile file;
  const auto text = fuzz::text_of(data, size);
  for (const std::string& bytes : {std::string(text), with_checksums(text)})
    fuzz::refusing([&] {
      tools::Journal journal(file.holding(bytes));
      journal.find("key");
    });
  read_report(text.substr(0, text.find('\n')));
  return 0;
}
