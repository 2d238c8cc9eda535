#include "dln/base/atomic_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "dln/base/error.hpp"

namespace {

namespace fs = std::filesystem;
using namespace dln::base;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(DLN_TEST_SCRATCH) / "atomic_file" / test->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path in_folder(std::string_view name) const { return folder_ / name; }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_)) all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // A WriteError whose message names the path it is about.
  template <class Action>
  static void expect_write_error(Action action, const fs::path& named) {
    try {
      action();
      FAIL() << "no error for " << named;
    } catch (const WriteError& error) {
      EXPECT_THAT(error.what(), HasSubstr(named.string()));
    }
  }

 private:
  fs::path folder_;
};

TEST_F(AtomicFileTest, WithoutCommitNothingIsLeftBehind) {
  {
    AtomicFile file(in_folder("result"));
    file.write("half a resu");
    EXPECT_EQ(names().size(), 1u);  // the temporary file is there, so that its removal below means something
    EXPECT_FALSE(fs::exists(in_folder("result")));
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(AtomicFileTest, TheTargetHoldsItsOldContentUntilTheCommit) {
  write_file(in_folder("result"), "old, and longer than the new one");
  AtomicFile file(in_folder("result"));
  file.write("new ");
  file.write("content");
  EXPECT_EQ(content(in_folder("result")), "old, and longer than the new one");
  file.commit();
  EXPECT_EQ(content(in_folder("result")), "new content");
  EXPECT_THAT(names(), ElementsAre("result"));
}

TEST_F(AtomicFileTest, ACommittedFileOutlivesItsWriter) {
  { write_file(in_folder("result"), "kept"); }
  EXPECT_EQ(content(in_folder("result")), "kept");
  EXPECT_THAT(names(), ElementsAre("result"));
}

TEST_F(AtomicFileTest, EveryByteArrives) {
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  write_file(in_folder("bytes"), bytes);
  EXPECT_TRUE(content(in_folder("bytes")) == bytes);  // not EXPECT_EQ, which would print both
  write_file(in_folder("empty"), "");
  EXPECT_TRUE(fs::exists(in_folder("empty")));
  EXPECT_EQ(fs::file_size(in_folder("empty")), 0u);
}

TEST_F(AtomicFileTest, TheTemporaryLiesBesideItsTargetAndIsNeverShared) {
  const AtomicFile one(in_folder("result")), two(in_folder("result"));
  EXPECT_EQ(one.temporary_path().parent_path(), in_folder("result").parent_path());
  EXPECT_NE(one.temporary_path(), two.temporary_path());
  EXPECT_TRUE(fs::exists(one.temporary_path()) && fs::exists(two.temporary_path()));
}

TEST_F(AtomicFileTest, WhatAProgramPutsIntoTheTemporaryIsCommitted) {
  AtomicFile file(in_folder("plot"));
  std::ofstream(file.temporary_path()) << "drawn elsewhere";
  file.commit();
  EXPECT_EQ(content(in_folder("plot")), "drawn elsewhere");
}

TEST_F(AtomicFileTest, AFolderInTheWayIsAnErrorAndStays) {
  fs::create_directories(in_folder("taken/inside"));
  expect_write_error([&] { write_file(in_folder("taken"), "text"); }, in_folder("taken"));
  EXPECT_TRUE(fs::is_directory(in_folder("taken/inside")));
  EXPECT_THAT(names(), ElementsAre("taken"));
}

TEST_F(AtomicFileTest, AMissingFolderIsAnErrorAndIsNotMade) {
  expect_write_error([&] { write_file(in_folder("absent/result"), "text"); }, in_folder("absent/result"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(AtomicFileTest, APathBelowARegularFileIsAnError) {
  write_file(in_folder("file"), "untouched");
  expect_write_error([&] { write_file(in_folder("file/result"), "text"); }, in_folder("file/result"));
  EXPECT_EQ(content(in_folder("file")), "untouched");
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(AtomicFileTest, AWritableDirectoryIsMadeWithItsParentsAndLeftEmpty) {
  require_writable_directory(in_folder("a/b/c"));
  EXPECT_TRUE(fs::is_directory(in_folder("a/b/c")));
  EXPECT_TRUE(fs::is_empty(in_folder("a/b/c")));
  EXPECT_NO_THROW(require_writable_directory(in_folder("a/b/c")));  // one that exists already
}

TEST_F(AtomicFileTest, ARegularFileIsNoWritableDirectory) {
  write_file(in_folder("file"), "untouched");
  expect_write_error([&] { require_writable_directory(in_folder("file")); }, in_folder("file"));
  expect_write_error([&] { require_writable_directory(in_folder("file/below")); }, in_folder("file/below"));
  EXPECT_EQ(content(in_folder("file")), "untouched");
}

TEST_F(AtomicFileTest, UnfinishedFilesAreRemovedAndFinishedOnesKept) {
  write_file(in_folder("finished"), "kept");
  AtomicFile one(in_folder("one")), two(in_folder("two"));
  EXPECT_EQ(names().size(), 3u);
  remove_unfinished_files();
  EXPECT_THAT(names(), ElementsAre("finished"));
  expect_write_error([&] { one.commit(); }, in_folder("one"));  // what is gone cannot be committed
}

TEST_F(AtomicFileTest, AThousandFilesLaterUnfinishedOnesAreStillRemembered) {
  for (int i = 0; i < 350; ++i) {
    write_file(in_folder("result"), "text");
    const AtomicFile dropped(in_folder("dropped"));
    EXPECT_THROW(AtomicFile(in_folder("absent/result")), WriteError);
  }
  const AtomicFile one(in_folder("one")), two(in_folder("two")), three(in_folder("three"));
  EXPECT_EQ(names().size(), 4u);
  remove_unfinished_files();
  EXPECT_THAT(names(), ElementsAre("result"));
}

TEST_F(AtomicFileTest, OneFileHasSeveralNames) {
  write_file(in_folder("one"), "text");
  write_file(in_folder("two"), "text");
  std::filesystem::create_symlink(in_folder("one"), in_folder("link"));
  std::filesystem::create_hard_link(in_folder("one"), in_folder("second name"));
  EXPECT_TRUE(same_file(in_folder("one"), in_folder("./one")));
  EXPECT_TRUE(same_file(in_folder("one"), in_folder("link")));
  EXPECT_TRUE(same_file(in_folder("one"), in_folder("second name")));
  EXPECT_FALSE(same_file(in_folder("one"), in_folder("two")));
  EXPECT_TRUE(same_file(in_folder("absent"), in_folder("./absent"))) << "before it exists";
  EXPECT_FALSE(same_file(in_folder("absent"), in_folder("one")));
}

}  // namespace
