// The journal killed at any byte, damaged, locked, unwritable; and a figure that goes on where it was
// interrupted.
#include "tools/journal.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>
#include <set>
#include <sstream>
#include <thread>

#include "dln/base/error.hpp"
#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

using Values = std::vector<double>;
using Results = std::vector<std::pair<std::string, Values>>;

const Results kResults{{"sweep/Nl=3", {1, -0.0, 0.1, 1e300}},
                       {"sweep/Nl=5", {}},
                       {"a key of words", {5e-324, std::numeric_limits<double>::infinity(), 1.0 / 3}},
                       {"sweep/Nl=10", {-std::nextafter(1.0, 2.0), 0x1.fffffffffffffp1023}}};

bool same_bits(const Values& a, const Values& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

// The journal of kResults, written at once.
std::string written(const fs::path& file) {
  {
    Journal journal(file);
    for (const auto& [key, values] : kResults) journal.keep(key, values);
  }
  return slurp(file);
}

std::string trouble_with(const fs::path& file) {
  try {
    const Journal journal(file);
  } catch (const base::DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Journal, KeepsEveryBit) {
  const auto file = scratch("journal-bits") / "j";
  written(file);
  Journal journal(file);
  for (const auto& [key, values] : kResults) {
    const auto found = journal.find(key);
    ASSERT_TRUE(found) << key;
    EXPECT_TRUE(same_bits(*found, values)) << key;
  }
  EXPECT_FALSE(journal.find("sweep/Nl=1"));
  journal.keep("not a number", {std::nan("")});
  EXPECT_TRUE(std::isnan(journal.find("not a number")->at(0)));
  EXPECT_THROW(journal.keep("two\nlines", {1}), base::DomainError);
  EXPECT_THROW(journal.keep("a\ttab", {1}), base::DomainError);
}

TEST(Journal, TheLastResultOfAKeyStands) {
  const auto file = scratch("journal-twice") / "j";
  {
    Journal journal(file);
    journal.keep("k", {1});
    journal.keep("k", {2});
  }
  EXPECT_EQ(Journal(file).find("k")->at(0), 2);
}

// Whatever was cut off is done again, and then the file is the same to the byte.
TEST(Journal, GoesOnWhereverItWasCutOff) {
  const auto folder = scratch("journal-cut");
  const std::string whole = written(folder / "whole");
  testing::internal::CaptureStderr();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const auto file = folder / "cut";
    spill(file, whole.substr(0, cut));
    const auto lines = std::ranges::count(whole.substr(0, cut), '\n');
    {
      Journal journal(file);
      long known = 0;
      for (const auto& [key, values] : kResults)
        if (const auto found = journal.find(key)) {
          EXPECT_TRUE(same_bits(*found, values)) << cut;
          ++known;
        } else {
          journal.keep(key, values);
        }
      EXPECT_EQ(known, std::max<long>(0, lines - 1)) << cut;
    }
    ASSERT_EQ(slurp(file), whole) << cut;
  }
  const std::string said = testing::internal::GetCapturedStderr();
  const auto header = static_cast<long>(whole.find('\n')) + 1;
  const auto boundaries = static_cast<long>(kResults.size());  // cut between lines nothing is lost
  EXPECT_EQ(std::ranges::count(said, '\n'), static_cast<long>(whole.size()) - header - boundaries);
  EXPECT_NE(said.find("line 3: cut short, so it is dropped"), std::string::npos) << said.substr(0, 300);
}

TEST(Journal, RefusesAnyDamagedByteByItsLine) {
  const auto folder = scratch("journal-damaged");
  const std::string whole = written(folder / "whole");
  for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    spill(folder / "j", damaged);
    const auto line = 1 + std::ranges::count(whole.substr(0, at), '\n');
    const auto said = trouble_with(folder / "j");
    EXPECT_NE(said.find("j, line " + std::to_string(line) + ":"), std::string::npos) << at << ": " << said;
    EXPECT_EQ(slurp(folder / "j"), damaged) << "left as it is";
  }
}

TEST(Journal, RefusesWhatIsNoJournalAndLeavesItAsItIs) {
  const auto folder = scratch("journal-foreign");
  for (const std::string& foreign :
       {std::string("x"), std::string("dln journals\n"), std::string("a\tb\tc\n"),
        std::string("dln journal 2\n"), std::string(100'000, '\0'), std::string("\n")}) {
    spill(folder / "j", foreign);
    const auto said = trouble_with(folder / "j");
    EXPECT_NE(said.find("line 1: it "), std::string::npos) << said;
    EXPECT_NE(said.find("name a new file"), std::string::npos) << said;
    EXPECT_EQ(slurp(folder / "j"), foreign);
  }
}

TEST(Journal, ServesOneProcessAtATime) {
  const auto file = scratch("journal-lock") / "j";
  const std::string before = written(file);
  {
    const Journal first(file);
    try {
      const Journal second(file);
      ADD_FAILURE() << "two at once";
    } catch (const base::WriteError& error) {
      EXPECT_NE(std::string(error.what()).find("another dln is adding to it"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_NO_THROW(Journal{file});
  EXPECT_EQ(slurp(file), before);
}

TEST(Journal, LeavesNoEmptyFileOfItsOwn) {
  const auto folder = scratch("journal-empty");
  { const Journal unused(folder / "j"); }
  EXPECT_FALSE(fs::exists(folder / "j"));
  spill(folder / "mine", "");
  { const Journal unused(folder / "mine"); }
  EXPECT_TRUE(fs::exists(folder / "mine")) << "it was there before";
}

TEST(Journal, RefusesWhatItCannotWrite) {
  const auto folder = scratch("journal-unwritable");
  spill(folder / "file", "x");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0644), 0);
  for (const auto& file : {folder, folder / "fifo", folder / "none/j", folder / "file/j",
                           fs::path("/dev/full"), fs::path("/proc/dln-journal")})
    EXPECT_THROW(Journal{file}, base::WriteError) << file;
}

// As on a full disk: the line that did not fit leaves nothing behind.
TEST(Journal, TakesBackALineThatDoesNotFit) {
  const auto file = scratch("journal-full") / "j";
  const std::string before = written(file);
  {
    Journal journal(file);
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    auto lower = limit;
    lower.rlim_cur = before.size() + 20;
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &lower), 0);
    EXPECT_THROW(journal.keep("too long", Values(40, 0.1)), base::WriteError);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(slurp(file), before);
    journal.keep("fits now", {1});
  }
  EXPECT_TRUE(slurp(file).starts_with(before));
  EXPECT_EQ(trouble_with(file), "");
}

// 200 images of 6 x 6 pixels in four classes, of which each has a pattern of its own below noise.
struct SmallImages {
  fs::path images, labels;
  explicit SmallImages(const fs::path& folder)
      : images(folder / "images-idx3"), labels(folder / "labels-idx1") {
    std::string pixels, classes;
    unsigned noise = 1;
    for (unsigned i = 0; i < 200; ++i) {
      const unsigned label = i % 4;
      classes += static_cast<char>(label);
      for (unsigned k = 0; k < 36; ++k) {
        noise = noise * 1664525u + 1013904223u;
        pixels += static_cast<char>(20 + (noise >> 24) / 4 + (k % (label + 2) == 0 ? 140 : 0));
      }
    }
    spill(images, idx({0x803, 200, 6, 6}, pixels));
    spill(labels, idx({0x801, 200}, classes));
  }
};

class FigureWithJournal : public testing::Test {
 protected:
  explicit FigureWithJournal()
      : folder(
            scratch(std::string("figure-") + testing::UnitTest::GetInstance()->current_test_info()->name())),
        data(folder) {}

  std::vector<std::string> arguments(const std::string& out) const {
    return {"figure",   "4l",
            "--effort", "quick",
            "--out",    (folder / out).string(),
            "--images", data.images.string(),
            "--labels", data.labels.string()};
  }
  std::vector<std::string> with_journal(const std::string& out) const {
    auto words = arguments(out);
    words.insert(words.end(), {"--journal", journal.string()});
    return words;
  }
  std::string table(const std::string& out) const { return slurp(folder / out / "4l.tsv"); }
  // What the journal holds, whatever the order in which its runs were done.
  std::multiset<std::string> lines() const {
    std::istringstream text(slurp(journal));
    std::multiset<std::string> all;
    for (std::string line; std::getline(text, line);) all.insert(line);
    return all;
  }

  const fs::path folder, journal = folder / "j";
  const SmallImages data;
};

TEST_F(FigureWithJournal, GoesOnAfterBeingKilledAndGivesTheSameTable) {
  ASSERT_EQ(dln(arguments("plain")).code, 0);
  const std::string expected = table("plain");
  EXPECT_NE(expected.find("\tlearned\t=\t"), std::string::npos);
  for (const int signal : {SIGKILL, SIGINT}) {
    fs::remove(journal);
    const pid_t child = start(with_journal("killed"), folder, {});
    for (int wait = 0; wait < 60'000 && std::ranges::count(slurp(journal), '\n') < 3; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(child, signal);
    EXPECT_EQ(finish(child, folder).code, 128 + signal);
    EXPECT_FALSE(fs::exists(folder / "killed/4l.tsv"));
    const auto kept = slurp(journal);
    EXPECT_GE(std::ranges::count(kept, '\n'), 3);
    EXPECT_LT(std::ranges::count(kept, '\n'), 17) << "16 rows, of which some were not done yet";
    const auto outcome = dln(with_journal("resumed"));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(table("resumed"), expected);
    EXPECT_TRUE(slurp(journal).starts_with(kept.substr(0, kept.rfind('\n') + 1)));
    EXPECT_EQ(lines().size(), 17U) << "the header, and each of 6 + 6 + 4 rows once";
  }
  // From the whole journal nothing is computed again, and nothing added.
  const auto before = slurp(journal);
  EXPECT_EQ(dln(with_journal("again")).code, 0);
  EXPECT_EQ(table("again"), expected);
  EXPECT_EQ(slurp(journal), before);
}

TEST_F(FigureWithJournal, GoesOnFromAJournalCutAnywhere) {
  ASSERT_EQ(dln(with_journal("plain")).code, 0);
  const std::string whole = slurp(journal), expected = table("plain");
  const auto all = lines();
  for (std::size_t cut : {std::size_t{0}, whole.size() / 3, whole.size() - 1}) {
    spill(journal, whole.substr(0, cut));
    const auto outcome = dln(with_journal("resumed"));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), cut > 0) << outcome.err;
    EXPECT_EQ(table("resumed"), expected);
    EXPECT_EQ(lines(), all) << "to the bit";
  }
}

TEST_F(FigureWithJournal, RefusesABadOneBeforeAnyWork) {
  const auto refused = [&](int code, const std::string& said) {
    const auto outcome = dln(with_journal("out"));
    EXPECT_EQ(outcome.code, code) << said;
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(folder / "out/4l.tsv"));
  };
  written(journal);
  {
    const Journal held(journal);
    refused(5, "another dln is adding to it");
  }
  auto text = slurp(journal);
  text[text.find("Nl=5")] = 'X';
  spill(journal, text);
  refused(3, "j, line 3: it is damaged; take the line out");
  spill(journal, "N_l\trate\n3\t1e-4\n");
  refused(3, "j, line 1: it is not the first line of a journal");
  fs::remove(journal);
  fs::create_directory(journal);
  refused(5, "it is not a regular file");
}

TEST_F(FigureWithJournal, VerifySharesIt) {
  auto words = arguments("report");
  words.erase(words.begin(), words.begin() + 2);
  words.insert(words.begin(), {"verify", "--claim", "C18"});
  words.insert(words.end(), {"--journal", journal.string()});
  dln(words);
  const auto first = slurp(folder / "report/report.json"), kept = slurp(journal);
  EXPECT_NE(kept.find("time-course"), std::string::npos);
  dln(words);
  EXPECT_EQ(slurp(journal), kept);
  EXPECT_NE(first.find("\"journal\""), std::string::npos);
}

// Fig 4 on images of one's own: what it needs of them is asked for in one sentence.
TEST_F(FigureWithJournal, NeedsLabelsThatFitItsImages) {
  const auto refused = [&](const std::string& said) {
    const auto outcome = dln(with_journal("out"));
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(journal)) << "nothing was done, nothing is left";
    EXPECT_FALSE(fs::exists(folder / "out/4l.tsv"));
  };
  spill(data.labels, idx({0x801, 199}, std::string(199, '\1')));
  refused("it holds 199 labels, but");
  fs::remove(data.labels);
  refused("labels-idx1");
}

TEST_F(FigureWithJournal, StatesItsFirstLayer) {
  auto words = arguments("all");
  words.insert(words.end(), {"--first-layer", "all"});
  ASSERT_EQ(dln(words).code, 0);
  EXPECT_NE(table("all").find(" inputs)\tall\t3\t"), std::string::npos) << table("all").substr(0, 300);
  EXPECT_EQ(table("all").find("\tactive\t"), std::string::npos);
  EXPECT_NE(slurp(folder / "all/4l.gp").find("inputs), all in W^1"), std::string::npos);
}

}  // namespace
}  // namespace dln::tools
