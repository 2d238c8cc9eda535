// NPZ against files put together by hand, as numpy writes them.
#include "dln/data/npz.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zip.h>

#include <cstring>
#include <fstream>
#include <limits>

#include "dln/base/error.hpp"

namespace dln::data {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kPlenty = 1 << 20;

template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

std::string npy(const std::string& literal, const std::string& values, char version = 1) {
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  bytes += static_cast<char>(literal.size());
  bytes += '\0';
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + literal + values;
}

std::string header(const std::string& type, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

fs::path zipped(const std::string& test, const std::vector<std::pair<std::string, std::string>>& entries) {
  const fs::path path = fs::path(DLN_TEST_SCRATCH) / (test + ".npz");
  fs::remove(path);
  int trouble = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &trouble);
  for (const auto& [name, bytes] : entries)
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

std::string complaint(const fs::path& path, std::uint64_t limit = kPlenty) {
  try {
    read_npz(path, limit);
  } catch (const base::DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(path.string()));
    return error.what();
  }
  return "no complaint";
}

TEST(Npz, ReadsEveryNumberTypeOrderAndVersion) {
  const std::vector<double> doubles{1, 2, 3, 4, 5, 6};
  const auto arrays = read_npz(
      zipped("types", {{"c.npy", npy(header("<f8", "(2, 3)"), bytes_of(doubles))},
                       {"fortran.npy", npy(header("<f8", "(2, 3)", "True"), bytes_of(doubles))},
                       {"f4.npy", npy(header("<f4", "(2,)"), bytes_of(std::vector<float>{0.5F, -0.25F}), 2)},
                       {"i8.npy", npy(header("<i8", "(2,)"), bytes_of(std::vector<std::int64_t>{-7, 7}))},
                       {"i4.npy", npy(header("<i4", "(1,)"), bytes_of(std::vector<std::int32_t>{-3}))},
                       {"scalar.npy", npy(header("<f8", "()"), bytes_of(std::vector<double>{1.5}))},
                       {"empty.npy", npy(header("<f8", "(0, 4)"), "")}}),
      kPlenty);
  EXPECT_THAT(arrays.at("c").shape, ElementsAre(2, 3));
  EXPECT_THAT(arrays.at("c").values, ElementsAre(1, 2, 3, 4, 5, 6));
  // Column by column in the file: rows (1, 3, 5) and (2, 4, 6).
  EXPECT_THAT(arrays.at("fortran").values, ElementsAre(1, 3, 5, 2, 4, 6));
  EXPECT_THAT(arrays.at("f4").values, ElementsAre(0.5, -0.25));
  EXPECT_THAT(arrays.at("i8").values, ElementsAre(-7, 7));
  EXPECT_THAT(arrays.at("i4").values, ElementsAre(-3));
  EXPECT_TRUE(arrays.at("scalar").shape.empty());
  EXPECT_THAT(arrays.at("scalar").values, ElementsAre(1.5));
  EXPECT_TRUE(arrays.at("empty").values.empty());
}

// A size is a promise: memory follows what there is. The promise stands in the entry's own header and in the
// list at the end.
TEST(Npz, TakesNoMemoryForWhatIsOnlyPromised) {
  const fs::path path = zipped("promise", {{"a.npy", npy(header("<f8", "(64,)"), std::string(512, '\0'))}});
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const auto& [mark, offset] : {std::pair{"PK\3\4", 22}, {"PK\1\2", 24}})
    bytes.replace(bytes.find(mark) + static_cast<std::size_t>(offset), 4,
                  std::string("\0\0\0\x40", 4));  // 1 GB
  std::ofstream(path, std::ios::binary) << bytes;
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_THAT(complaint(path, std::uint64_t{1} << 40), HasSubstr("array 'a'"));
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 100'000) << "kB";
}

TEST(Npz, RefusesMoreIndicesThanNumPyHas) {
  std::string shape = "(";
  for (int i = 0; i < 64; ++i) shape += "1, ";
  EXPECT_EQ(complaint(zipped("indices", {{"a.npy", npy(header("<f8", shape + ")"), std::string(8, '\0'))}})),
            "no complaint");
  EXPECT_THAT(
      complaint(zipped("indices", {{"a.npy", npy(header("<f8", shape + "1)"), std::string(8, '\0'))}})),
      HasSubstr("more than 64 indices"));
}

TEST(Npz, TurnsThreeIndicesOfAFortranArray) {
  std::vector<double> values(24);
  for (std::size_t i = 0; i < 24; ++i) values[i] = static_cast<double>(i);
  const auto arrays = read_npz(
      zipped("three", {{"a.npy", npy(header("<f8", "(2, 3, 4)", "True"), bytes_of(values))}}), kPlenty);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 4; ++k)
        EXPECT_EQ(arrays.at("a").values[(i * 3 + j) * 4 + k], static_cast<double>(i + 2 * (j + 3 * k)));
}

TEST(Npz, WritesWhatItReads) {
  const NamedArrays arrays{{"W1", {{2, 3}, {1, -2, 3e300, 4e-300, 5, 6}}},
                           {"times", {{2}, {0, 0.1}}},
                           {"amplification", {{}, {42}}}};
  const std::string bytes = npz_bytes(arrays);
  EXPECT_EQ(bytes, npz_bytes(arrays)) << "the same bytes each time";
  const fs::path path = fs::path(DLN_TEST_SCRATCH) / "round-trip.npz";
  std::ofstream(path, std::ios::binary) << bytes;
  const auto again = read_npz(path, kPlenty);
  ASSERT_EQ(again.size(), arrays.size());
  for (const auto& [name, array] : arrays) {
    EXPECT_EQ(again.at(name).shape, array.shape) << name;
    EXPECT_EQ(again.at(name).values, array.values) << name;
  }
}

TEST(Npz, RefusesWhatItCannotUseInOneSentence) {
  const auto one = [](const std::string& test, const std::string& bytes) {
    return complaint(zipped(test, {{"a.npy", bytes}}));
  };
  const std::string two = bytes_of(std::vector<double>{1, 2});
  EXPECT_THAT(one("magic", "nonsense nonsense"), HasSubstr("'a': it is no NPY file"));
  EXPECT_THAT(one("short", npy(header("<f8", "(3,)"), two)), HasSubstr("expected 24"));
  EXPECT_THAT(one("long", npy(header("<f8", "(1,)"), two)), HasSubstr("expected 8"));
  EXPECT_THAT(one("huge", npy(header("<f8", "(99999999999, 99999999999)"), two)), HasSubstr("promises more"));
  EXPECT_THAT(one("minus", npy(header("<f8", "(-1,)"), two)), HasSubstr("whole numbers"));
  EXPECT_THAT(one("big-endian", npy(header(">f8", "(2,)"), two)), HasSubstr("'>f8'"));
  EXPECT_THAT(one("object", npy(header("|O", "(2,)"), two)), HasSubstr("'|O'"));
  EXPECT_THAT(one("complex", npy(header("<c16", "(1,)"), two)), HasSubstr("'<c16'"));
  EXPECT_THAT(one("records", npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,), }", two)),
              HasSubstr("records"));
  EXPECT_THAT(one("headless", npy("{}", two)), HasSubstr("descr"));
  EXPECT_THAT(one("nan", npy(header("<f8", "(1,)"),
                             bytes_of(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}))),
              HasSubstr("finite"));
  EXPECT_THAT(complaint(fs::path(DLN_TEST_SCRATCH) / "absent.npz"), HasSubstr("cannot read"));
}

TEST(Npz, UnpacksNoMoreThanAllowed) {
  const std::string zeros(1 << 19, '\0');  // deflates to almost nothing
  const auto path = zipped("bomb", {{"a.npy", npy(header("<f8", "(65536,)"), zeros)}});
  EXPECT_THAT(complaint(path, 1 << 16), HasSubstr("need more than the 65536 bytes"));
  EXPECT_EQ(read_npz(path, kPlenty).at("a").values.size(), 65536U);
}

// A byte changed anywhere may damage a name or a size, but nothing may pass as numbers but the numbers.
TEST(Npz, NoticesDamage) {
  const std::string bytes = npz_bytes({{"a", {{40}, std::vector<double>(40, 1.25)}}});
  const fs::path path = fs::path(DLN_TEST_SCRATCH) / "damaged.npz";
  int refused = 0, tried = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x24);
    std::ofstream(path, std::ios::binary) << damaged;
    ++tried;
    try {
      for (const auto& [name, array] : read_npz(path, kPlenty))
        EXPECT_EQ(array.values, std::vector<double>(40, 1.25)) << "byte " << at;
    } catch (const base::DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, tried / 2);
  for (std::size_t length : {0UL, 10UL, bytes.size() / 2, bytes.size() - 1}) {
    std::ofstream(path, std::ios::binary) << bytes.substr(0, length);
    EXPECT_THAT(complaint(path), HasSubstr("cannot")) << length;
  }
}

}  // namespace
}  // namespace dln::data
