#include "dln/data/idx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <iterator>

#include "dln/base/error.hpp"
#include "dln/data/singular_modes.hpp"

namespace {

namespace fs = std::filesystem;
using namespace dln::data;
using dln::base::DataError;
using dln::linalg::Matrix;
using testing::HasSubstr;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

std::string images_of(std::uint32_t count, std::uint32_t rows, std::uint32_t columns,
                      const std::string& pixels) {
  return big_endian(0x803) + big_endian(count) + big_endian(rows) + big_endian(columns) + pixels;
}

std::string labels_of(std::uint32_t count, const std::string& labels) {
  return big_endian(0x801) + big_endian(count) + labels;
}

// Five images of 2 x 3 pixels, the pixel i of image mu being 40 mu + 10 i, and their labels.
unsigned char pixel(int image, int i) {
  return static_cast<unsigned char>(40 * image + 10 * i);
}
const std::string kPixels = [] {
  std::string bytes;
  for (int image = 0; image < 5; ++image)
    for (int i = 0; i < 6; ++i) bytes.push_back(static_cast<char>(pixel(image, i)));
  return bytes;
}();
const std::string kImages = images_of(5, 2, 3, kPixels);
const std::string kClasses("\3\0\2\2\1", 5);
const std::string kLabels = labels_of(5, kClasses);

class IdxTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(DLN_TEST_SCRATCH) / "idx" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path plain(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  fs::path zipped(const std::string& name, const std::string& bytes) const {
    gzFile file = ::gzopen((folder_ / name).c_str(), "wb");
    ::gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    ::gzclose(file);
    return folder_ / name;
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Reads everything, in batches of two, into one dataset.
  static Dataset read(const fs::path& images, const fs::path& labels, SourceOptions options = {}) {
    options.batch_size = 2;
    auto source = open_idx(images, labels, options);
    Dataset all{Matrix(source.input_size, 0), Matrix(source.target_size, 0)}, batch;
    while (source.next(batch)) {
      EXPECT_LE(batch.inputs.cols(), 2);
      const auto old = all.inputs.cols();
      all.inputs.conservativeResize(Eigen::NoChange, old + batch.inputs.cols());
      all.targets.conservativeResize(Eigen::NoChange, old + batch.inputs.cols());
      all.inputs.rightCols(batch.inputs.cols()) = batch.inputs;
      all.targets.rightCols(batch.inputs.cols()) = batch.targets;
    }
    EXPECT_FALSE(source.next(batch));  // and stays at its end
    return all;
  }

  // A DataError whose message holds the path of the file to blame, and `why`.
  static void expect_refused(const fs::path& images, const fs::path& labels, const fs::path& blamed,
                             const std::string& why = "") {
    try {
      read(images, labels);
      ADD_FAILURE() << blamed << " was read, expected: " << why;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(blamed.string()));
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
  }
  // The same content as images or as labels beside good ones, plain and gzipped.
  void expect_bad_images(const std::string& bytes, const std::string& why) const {
    const auto labels = plain("good-labels", kLabels), a = plain("images", bytes),
               b = zipped("images.gz", bytes);
    expect_refused(a, labels, a, why);
    expect_refused(b, labels, b, why);
  }
  void expect_bad_labels(const std::string& bytes, const std::string& why) const {
    const auto images = plain("good-images", kImages), a = plain("labels", bytes),
               b = zipped("labels.gz", bytes);
    expect_refused(images, a, a, why);
    expect_refused(images, b, b, why);
  }

  fs::path folder_;
};

TEST_F(IdxTest, PixelsAndLabelsComeBackPlainAndGzipped) {
  SourceOptions options;
  options.classes = 4;
  options.input_scale = 0.5;
  for (const auto& [images, labels] : {std::pair{plain("i", kImages), plain("l", kLabels)},
                                       std::pair{zipped("i.gz", kImages), zipped("l.gz", kLabels)}}) {
    const auto all = read(images, labels, options);
    ASSERT_EQ(all.inputs.rows(), 6);
    ASSERT_EQ(all.inputs.cols(), 5);
    ASSERT_EQ(all.targets.rows(), 4);
    for (int image = 0; image < 5; ++image) {
      for (int i = 0; i < 6; ++i) EXPECT_EQ(all.inputs(i, image), 0.5 * pixel(image, i));
      for (int k = 0; k < 4; ++k)
        EXPECT_EQ(all.targets(k, image), k == kClasses[static_cast<std::size_t>(image)] ? 1 : 0);
    }
  }
}

TEST_F(IdxTest, TheDefaultScaleMapsBytesOntoTheUnitInterval) {
  const auto all =
      read(plain("i", images_of(1, 1, 2, std::string("\0\xff", 2))), plain("l", labels_of(1, "\1")));
  EXPECT_EQ(all.inputs(0, 0), 0);
  EXPECT_DOUBLE_EQ(all.inputs(1, 0), 1);
  EXPECT_EQ(all.targets.rows(), 10);
}

TEST_F(IdxTest, ASourceKnowsItsSizesAndItsFiles) {
  const auto images = plain("i", kImages), labels = zipped("l.gz", kLabels);
  const auto source = open_idx(images, labels, {});
  EXPECT_EQ(source.input_size, 6);
  EXPECT_EQ(source.target_size, 10);
  EXPECT_EQ(source.examples, 5u);
  ASSERT_EQ(source.files.size(), 2u);
  EXPECT_EQ(source.files[0].path, images.string());
  EXPECT_EQ(source.files[0].bytes, 16u + 30u);
  EXPECT_EQ(source.files[1].path, labels.string());
  EXPECT_EQ(source.files[1].bytes, fs::file_size(labels));
}

TEST_F(IdxTest, TheIdentityOfAFileIsItsSizeAndItsCrc) {
  const auto identity = identify(plain("check", "123456789"));
  EXPECT_EQ(identity.bytes, 9u);
  EXPECT_EQ(identity.crc32, 0xCBF43926u);  // the check value by which CRC-32 is catalogued
  EXPECT_THROW(identify(folder_ / "absent"), DataError);
  EXPECT_THROW(identify(folder_), DataError);
}

TEST_F(IdxTest, AWrongMagicNumberIsRefused) {
  expect_bad_images(kLabels, "0x00000801");
  expect_bad_labels(kImages, "0x00000803");
  expect_bad_images("not an IDX file at all", "first four bytes");
}

TEST_F(IdxTest, ATruncatedFileIsRefusedWhereverItEnds) {
  for (std::size_t length = 0; length < kImages.size(); ++length)
    expect_bad_images(kImages.substr(0, length), "trunc");
  for (std::size_t length = 0; length < kLabels.size(); ++length)
    expect_bad_labels(kLabels.substr(0, length), "trunc");
}

TEST_F(IdxTest, BytesAfterTheLastExampleAreRefused) {
  expect_bad_images(kImages + "x", "bytes follow");
  expect_bad_labels(kLabels + "x", "bytes follow");
}

TEST_F(IdxTest, ACutCompressedStreamIsRefusedWhereverItEnds) {
  const auto labels = plain("l", kLabels), images = plain("i", kImages);
  const std::string zipped_images = content(zipped("i.gz", kImages)),
                    zipped_labels = content(zipped("l.gz", kLabels));
  // The last eight bytes are only the checksum and the size: all the values are there, yet unproven.
  for (std::size_t length = 0; length < zipped_images.size(); ++length) {
    const auto cut = plain("cut.gz", zipped_images.substr(0, length));
    expect_refused(cut, labels, cut);
  }
  for (std::size_t length = 0; length < zipped_labels.size(); ++length) {
    const auto cut = plain("cut.gz", zipped_labels.substr(0, length));
    expect_refused(images, cut, cut);
  }
}

TEST_F(IdxTest, AFlippedByteInACompressedStreamIsRefused) {
  const auto labels = plain("l", kLabels), images = plain("i", kImages);
  const std::string zipped_images = content(zipped("i.gz", kImages)),
                    zipped_labels = content(zipped("l.gz", kLabels));
  // Bytes 4 to 9 of gzip's header are a date and hints: nothing depends on them.
  for (std::size_t at = 10; at < zipped_images.size(); ++at) {
    std::string bytes = zipped_images;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto damaged = plain("damaged.gz", bytes);
    expect_refused(damaged, labels, damaged);
  }
  for (std::size_t at = 10; at < zipped_labels.size(); ++at) {
    std::string bytes = zipped_labels;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto damaged = plain("damaged.gz", bytes);
    expect_refused(images, damaged, damaged);
  }
}

TEST_F(IdxTest, AsManyLabelsAsImagesAreNeeded) {
  const auto images = plain("i", kImages);
  for (const auto& labels :
       {plain("four", labels_of(4, "\1\1\1\1")), plain("six", labels_of(6, "\1\1\1\1\1\1"))}) {
    expect_refused(images, labels, images, "5 images");
    expect_refused(images, labels, labels);
  }
  expect_refused(images, plain("none", labels_of(0, "")), images, "0 labels");
}

TEST_F(IdxTest, ALabelOutOfRangeIsNamedWithItsExample) {
  expect_bad_labels(labels_of(5, std::string("\3\0\2\12\1", 5)), "label 10 of example 3");
  expect_bad_labels(labels_of(5, std::string("\xff\0\2\2\1", 5)), "label 255 of example 0");
  EXPECT_NO_THROW(read(plain("i", kImages), plain("l", labels_of(5, std::string("\3\0\2\11\1", 5)))));
}

TEST_F(IdxTest, NoImagesOrImagesOfNoPixelsAreRefused) {
  expect_bad_images(images_of(0, 2, 3, ""), "promises 0 images");
  expect_bad_images(images_of(5, 0, 3, ""), "0 x 3");
  expect_bad_images(images_of(5, 2, 0, ""), "2 x 0");
}

// "promises" is the answer of the check before anything is allocated or read; "ends inside" would be too
// late.
TEST_F(IdxTest, AbsurdSizesAreRefusedBeforeAnythingIsAllocated) {
  const std::uint32_t huge = 0xffffffff;
  expect_bad_images(images_of(huge, 64, 64, kPixels), "promises 17592186040320 bytes");
  expect_bad_images(images_of(huge, 1, 1, kPixels), "promises 4294967295 bytes");
  expect_bad_labels(labels_of(huge, kClasses), "it holds 4294967295 labels");
  expect_bad_images(images_of(huge, huge, huge, kPixels), "at most 8192 pixels");
  expect_bad_images(images_of(4, 1u << 31, 1u << 31, ""),
                    "at most 8192 pixels");  // the product is 2^64, which wraps to 0
  expect_bad_images(images_of(1u << 31, 1u << 31, 4, ""), "at most 8192 pixels");
}

TEST_F(IdxTest, WhatIsNotAReadableFileIsRefused) {
  const auto images = plain("i", kImages), labels = plain("l", kLabels);
  for (const auto& bad : {folder_, folder_ / "absent", plain("empty", ""), fs::path("/dev/null")}) {
    expect_refused(bad, labels, bad);
    expect_refused(images, bad, bad);
  }
}

TEST_F(IdxTest, OptionsOutsideTheirDomainsAreRefused) {
  const auto images = plain("i", kImages), labels = plain("l", kLabels);
  for (auto change : {+[](SourceOptions& o) { o.classes = 0; }, +[](SourceOptions& o) { o.classes = 257; },
                      +[](SourceOptions& o) { o.batch_size = 0; }}) {
    SourceOptions options;
    change(options);
    EXPECT_THROW(open_idx(images, labels, options), dln::base::DomainError);
  }
}

TEST_F(IdxTest, LabelsAreFoundByTheNameOfTheImages) {
  EXPECT_EQ(labels_beside("a/train-images-idx3-ubyte.gz"), fs::path("a/train-labels-idx1-ubyte.gz"));
  EXPECT_EQ(labels_beside("t10k-images-idx3-ubyte"), fs::path("t10k-labels-idx1-ubyte"));
  for (const char* bad : {"pictures", "images", "train-images-ubyte", "images-idx3/pictures"}) {
    try {
      labels_beside(bad);
      FAIL() << bad;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(bad));
    }
  }
}

TEST_F(IdxTest, AFolderStandsForTheTrainingPairInIt) {
  EXPECT_THROW(open_dataset(folder_), DataError);
  plain("t10k-images-idx3-ubyte", kImages);
  EXPECT_THROW(open_dataset(folder_), DataError);  // only test images
  plain("train-images-idx3-ubyte", kImages);
  EXPECT_THROW(open_dataset(folder_), DataError);  // no labels yet
  plain("train-labels-idx1-ubyte", kLabels);
  EXPECT_EQ(open_dataset(folder_).examples, 5u);
  EXPECT_EQ(open_dataset(folder_ / "train-images-idx3-ubyte").examples, 5u);
  SourceOptions options;
  options.targets = plain("my own labels", labels_of(5, std::string(5, '\7')));
  Dataset batch;
  ASSERT_TRUE(open_dataset(folder_, options).next(batch));
  EXPECT_EQ(batch.targets.row(7).sum(), 5);
}

TEST_F(IdxTest, TheTestImagesOfFashionMnistAreReadWhole) {
  const fs::path path = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not installed (Debian package dataset-fashion-mnist)";
  auto source = open_dataset(path);
  EXPECT_EQ(source.input_size, 28 * 28);
  dln::base::SilentProgress silent;
  const auto correlations = correlate(source, silent);
  EXPECT_EQ(correlations.examples, 10'000u);
  EXPECT_EQ(correlations.target_power, 10'000);  // one-hot targets: each has length 1
  const auto modes = singular_modes(correlations.sigma31);
  ASSERT_EQ(modes.size(), 10);
  for (Eigen::Index k = 1; k < 10; ++k) EXPECT_GT(modes.singular_values[k - 1], modes.singular_values[k]);
  EXPECT_GT(modes.singular_values[9], 0);
  // The sum of their squares is that of the entries, up to rounding over 7840 of them.
  EXPECT_NEAR(modes.singular_values.squaredNorm() / correlations.sigma31.squaredNorm(), 1, 1e-12);
}

}  // namespace
