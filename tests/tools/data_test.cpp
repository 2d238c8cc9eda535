// dln data, and images that cannot be read or are damaged, whoever reads them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/tools/program.hpp"

namespace dln::tools {
namespace {

TEST(Images, ThatCannotBeReadAreExitCode3) {
  const auto folder = scratch("bad-images");
  spill(folder / "train-images-idx3-ubyte", "not IDX at all");
  spill(folder / "train-labels-idx1-ubyte", "nor this");
  const std::string images = (folder / "train-images-idx3-ubyte").string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"verify", "--claim", "C18", "--effort", "quick", "--out",
                                 (folder / "r").string(), "--images", images},
        {"figure", "3w", "--out", (folder / "f").string(), "--images", images},
        {"figure", "3w", "--out", (folder / "f").string(), "--images", images + "-missing"},
        {"data", "info", images},
        {"data", "info", folder.string() + "/missing"}}) {
    const auto outcome = dln(arguments);
    EXPECT_EQ(outcome.code, 3) << arguments[0];
    EXPECT_NE(outcome.err.find(folder.string()), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  EXPECT_TRUE(!fs::exists(folder / "r/report.json") && files_in(folder).size() == 2)
      << "nothing half-written";
}

TEST(Data, PrintsTheTreesSpectrumAndWritesItsFeatures) {
  const auto folder = scratch("data-tree");
  const auto outcome =
      dln({"data", "tree", "--levels", "3", "--features", "20", "--out", (folder / "tree.tsv").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with("mode\ttree_level\ts\ts_in_expectation\n1\t0\t"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 9);
  const std::string table = slurp(folder / "tree.tsv");
  EXPECT_EQ(std::ranges::count(table, '\n'), 9);
  EXPECT_EQ(dln({"data", "tree", "--out", (folder / "no/such/folder").string()}).code, 5);
}

TEST(Data, DoesNotDestroyWhatIsNotARegularFile) {
  const auto folder = scratch("data-fifo");
  const fs::path fifo = folder / "fifo", link = folder / "link", target = folder / "target";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0644), 0);
  EXPECT_EQ(dln({"data", "tree", "--levels", "2", "--features", "5", "--out", fifo.string()}).code, 5);
  EXPECT_TRUE(fs::is_fifo(fifo));
  spill(target, "old");
  fs::create_symlink("target", link);
  EXPECT_EQ(dln({"data", "tree", "--levels", "2", "--features", "5", "--out", link.string()}).code, 0);
  EXPECT_TRUE(fs::is_symlink(link)) << "the link stays, what it points to is replaced";
  EXPECT_TRUE(slurp(target).starts_with("item"));
}

TEST(Images, ThatAreDamagedAreNamedInOneSentence) {
  const auto folder = scratch("damaged-images");
  const fs::path images = folder / "images-idx3", labels = folder / "labels-idx1";
  const std::string good_images = idx({0x803, 3, 2, 2}, std::string(12, '\1')),
                    good_labels = idx({0x801, 3}, std::string("\0\1\2", 3));
  struct Case {
    std::string images, labels;
    const char* said;
  };
  const std::vector<Case> cases{
      {idx({0x802, 3, 2, 2}, std::string(12, 1)), good_labels, "0x00000802"},
      {good_images.substr(0, 20), good_labels, "truncated"},
      {good_images.substr(0, 10), good_labels, "truncated"},
      {good_images + "x", good_labels, "bytes follow"},
      {good_images, good_labels + "x", "bytes follow"},
      {good_images, idx({0x801, 2}, std::string(2, '\0')), "it holds 2 labels, but"},
      {good_images, idx({0x801, 3}, std::string("\0\1\13", 3)), "label 11 of example 2 is out of range"},
      {idx({0x803, 0xffffffff, 0xffffffff, 0xffffffff}, ""), good_labels, "at most 8192 pixels"},
      {idx({0x803, 0xffffffff, 50, 50}, ""), good_labels, "promises"},
      {idx({0x803, 0, 2, 2}, ""), good_labels, "0 images"},
      {good_images, idx({0x801, 3}, std::string(3, '\1')), "at least two classes"},
      {idx({0x803, 3, 2, 2}, std::string(12, '\0')), good_labels, "all inputs are zero"},
  };
  for (const Case& bad : cases) {
    spill(images, bad.images);
    spill(labels, bad.labels);
    const auto outcome = dln({"figure", "3w", "--effort", "quick", "--out", (folder / "out").string(),
                              "--images", images.string(), "--labels", labels.string()});
    EXPECT_EQ(outcome.code, 3) << bad.said;
    EXPECT_NE(outcome.err.find(bad.said), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_TRUE(!fs::exists(folder / "out") || files_in(folder / "out").empty());
  }
}

}  // namespace
}  // namespace dln::tools
