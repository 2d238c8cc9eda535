// JournalFile: a text file to which whole lines are only ever added, so that a process killed at any byte
// leaves whole lines and at most one that is cut short.
//
// The first line names the format. Every other is a body and, after a tab, the CRC-32 of the body. One
// process at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dln::tools {

struct JournalFormat {
  std::string kind;                                  // how every first line of this kind of journal begins
  std::string header;                                // the first line of this one, without its end
  std::string other;                                 // what to say of another first line of the kind
  std::string instead_of_line_1, instead_of_line_n;  // what to do about a line that is damaged
  bool skip_damaged = false;                         // tell of damaged lines and go on without them
};

class JournalFile {
 public:
  // Sees the body of every whole line in turn; false when it makes no sense.
  using Reader = std::function<bool(std::string_view body)>;

  // Opens or creates the file, locks it against other processes and reads it. A last line cut short is
  // dropped, with a message. Throws base::WriteError when the file cannot be opened, written or locked;
  // base::DataError, naming the line, when it is no such journal, or damaged.
  JournalFile(std::filesystem::path file, JournalFormat format, const Reader& reader);
  // A file that was created here and stayed empty is removed.
  ~JournalFile();
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  // From any thread. `body` has no control characters but tabs. Written in one piece, and so safe from
  // whatever happens to this process; sync() makes it safe from the loss of power. Throws base::WriteError
  // when the line cannot be written; nothing of it is left then.
  void append(std::string_view body);
  void sync();

  const std::filesystem::path& path() const { return file_; }

 private:
  // Closes what it holds.
  struct Descriptor {
    int number = -1;
    ~Descriptor();
  };
  void open();
  void read(const std::string& text, const Reader& reader);
  [[noreturn]] void refuse_writing(std::string_view why) const;
  [[noreturn]] void refuse_line(long line, std::string_view why) const;

  std::filesystem::path file_;
  JournalFormat format_;
  Descriptor descriptor_;
  bool created_ = false;
  long size_ = 0;  // bytes of whole lines
  std::mutex writing_;
};

// CRC-32 of the text, eight hexadecimal digits.
std::string checksum(std::string_view text);

// Numbers with commas between, as hexadecimal floats: every bit of them.
std::string exact_numbers(const std::vector<double>& values);
// False where there is anything else.
bool read_exact_numbers(std::string_view text, std::vector<double>& values);

}  // namespace dln::tools
