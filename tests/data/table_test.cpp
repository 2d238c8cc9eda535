// Examples from CSV, NPY and NPZ: the same whatever the format, and one sentence for everything that is
// wrong.
#include "dln/data/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "dln/base/error.hpp"
#include "dln/data/npy.hpp"
#include "dln/data/npz.hpp"

namespace {

namespace fs = std::filesystem;
using namespace dln::data;
using dln::base::DataError;
using dln::linalg::Matrix;
using testing::HasSubstr;

// Three examples of two inputs, labels 1, 0, 1.
const Matrix kInputs{{0.5, -1, 3e-2}, {2, 4, -8}};
const Matrix kOneHot{{0, 1, 0}, {1, 0, 1}};
constexpr const char* kRows = "0.5,2,1\n-1,4,0\n3e-2,-8,1\n";

class TableTest : public testing::Test {
 protected:
  TableTest() {
    folder_ =
        fs::path(DLN_TEST_SCRATCH) / "table" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  fs::path file(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }

  // All examples together.
  static Dataset read(const fs::path& path, const SourceOptions& options = {}) {
    auto source = open_dataset(path, options);
    Dataset all{Matrix(source.input_size, 0), Matrix(source.target_size, 0)}, batch;
    while (source.next(batch)) {
      const auto old = all.inputs.cols(), more = batch.inputs.cols();
      all.inputs.conservativeResize(Eigen::NoChange, old + more);
      all.targets.conservativeResize(Eigen::NoChange, old + more);
      all.inputs.rightCols(more) = batch.inputs;
      all.targets.rightCols(more) = batch.targets;
    }
    EXPECT_EQ(static_cast<std::uint64_t>(all.inputs.cols()), source.examples);
    return all;
  }

  static std::string complaint(const fs::path& path, const SourceOptions& options = {}) {
    try {
      read(path, options);
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "no complaint";
  }
  std::string about(const std::string& csv) const { return complaint(file("bad.csv", csv)); }

  fs::path folder_;
};

std::string npy(const std::string& type, const std::string& shape, const std::string& values,
                const std::string& fortran = "False") {
  std::string literal =
      "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(literal.size());
  bytes += '\0';
  return bytes + literal + values;
}
template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}
const std::string kRowMajor = bytes_of<double>({0.5, 2, -1, 4, 3e-2, -8});
const std::string kColumnMajor = bytes_of<double>({0.5, -1, 3e-2, 2, 4, -8});

TEST_F(TableTest, CsvIsReadWithAndWithoutNamesMarkAndCarriageReturns) {
  const std::string rows = kRows;
  for (const std::string& text :
       {rows, "a,b,label\n" + rows, "\xEF\xBB\xBF" + rows, rows + "\n\n", rows.substr(0, rows.size() - 1),
        "\"a, b\",\"1\",label\n" + rows, std::string("0.5 , 2,\"1\"\r\n -1,+4,0\r\n3e-2,-8,1\r\n"),
        std::string("x\ty\tz\n0.5\t2\t1\n-1\t4\t0\n3e-2\t-8\t1\n")}) {
    const auto found = read(file("a.csv", text));
    EXPECT_EQ(found.inputs, kInputs) << text;
    EXPECT_EQ(found.targets, kOneHot) << text;
  }
}

TEST_F(TableTest, GzippedCsvIsReadToo) {
  const auto path = folder_ / "a.csv.gz";
  gzFile out = gzopen(path.c_str(), "wb");
  gzputs(out, kRows);
  gzclose(out);
  EXPECT_EQ(read(path).inputs, kInputs);
}

TEST_F(TableTest, NpyAndNpzHoldTheSameExamples) {
  const std::string labels = npy("<i8", "(3,)", bytes_of<std::int64_t>({1, 0, 1}));
  SourceOptions options;
  options.targets = file("y.npy", labels);
  for (const auto& x : {npy("<f8", "(3, 2)", kRowMajor), npy("<f8", "(3, 2)", kColumnMajor, "True"),
                        npy("<f8", "(3, 1, 2)", kRowMajor)}) {
    const auto found = read(file("x.npy", x), options);
    EXPECT_EQ(found.inputs, kInputs);
    EXPECT_EQ(found.targets, kOneHot);
  }
  const NumberArray x{{3, 2}, {0.5, 2, -1, 4, 3e-2, -8}}, y{{3}, {1, 0, 1}};
  for (const auto& names : {std::pair{"x", "y"}, std::pair{"X", "labels"}, std::pair{"inputs", "targets"}}) {
    const auto found = read(file("xy.npz", npz_bytes({{names.first, x}, {names.second, y}})));
    EXPECT_EQ(found.inputs, kInputs);
    EXPECT_EQ(found.targets, kOneHot);
  }
  options.targets = file("y.csv", "label\n1\n0\n1\n");
  EXPECT_EQ(read(folder_ / "x.npy", options).targets, kOneHot);
  // In one NPY array the last column is the target.
  const auto joined = read(file("j.npy", npy("<f8", "(3, 2)", kRowMajor)));
  EXPECT_EQ(joined.inputs, kInputs.topRows(1));
  EXPECT_EQ(joined.targets, kInputs.bottomRows(1));
}

TEST_F(TableTest, NpyTakesBytesForImages) {
  SourceOptions options;
  options.targets = file("y.npy", npy("|u1", "(2,)", std::string("\x00\x01", 2)));
  options.input_scale = 0.5;
  const auto found =
      read(file("x.npy", npy("|u1", "(2, 1, 2)", std::string("\x02\xFF\x00\x04", 4))), options);
  EXPECT_EQ(found.inputs, (Matrix{{1, 0}, {127.5, 2}}));
}

TEST_F(TableTest, BatchesOfAnySizeGiveTheSameExamples) {
  const auto path = file("a.csv", kRows);
  for (Eigen::Index size : {1, 2, 3, 100}) {
    SourceOptions options;
    options.batch_size = size;
    EXPECT_EQ(read(path, options).inputs, kInputs) << size;
  }
}

TEST_F(TableTest, TargetColumnsAreChosenByNameOrNumberInTheOrderGiven) {
  const auto path = file("a.csv", std::string("p,q,r\n") + kRows);
  SourceOptions options;
  for (const std::vector<std::string>& names : {std::vector<std::string>{"q", "p"}, {"2", "1"}, {"q", "1"}}) {
    options.target_columns = names;
    const auto found = read(path, options);
    EXPECT_EQ(found.inputs, (Matrix{{1, 0, 1}}));
    EXPECT_EQ(found.targets, (Matrix{{2, 4, -8}, {0.5, -1, 3e-2}}));
  }
  const auto refused = [&](std::vector<std::string> names) {
    options.target_columns = std::move(names);
    return complaint(path, options);
  };
  EXPECT_THAT(refused({"s"}), HasSubstr("'s': expected the name of a column or a number from 1 to 3"));
  EXPECT_THAT(refused({"0"}), HasSubstr("'0'"));
  EXPECT_THAT(refused({"q", "2"}), HasSubstr("twice"));
  EXPECT_THAT(refused({"p", "q", "r"}), HasSubstr("all of its columns are targets"));
}

TEST_F(TableTest, ANameMayHoldQuotationMarksDoubled) {
  SourceOptions options;
  for (const auto& [written, name] :
       {std::pair{"\"6\"\" pipe\"", "6\" pipe"}, {"\"\"\"a\"\"\"", "\"a\""}, {"\"\"\"\"\"\"", "\"\""}}) {
    options.target_columns = {name};
    EXPECT_EQ(read(file("a.csv", std::string(written) + ",b,c\n" + kRows), options).targets,
              (Matrix{{0.5, -1, 3e-2}}))
        << written;
  }
}

TEST_F(TableTest, WholeNumbersInOneColumnAreLabelsUnlessSaidOtherwise) {
  const auto path = file("a.csv", kRows);
  EXPECT_EQ(open_dataset(path).classes, 2);
  SourceOptions options;
  options.classes = 0;
  EXPECT_EQ(read(path, options).targets, (Matrix{{1, 0, 1}}));
  EXPECT_EQ(open_dataset(path, options).classes, 0);
  options.classes = 4;
  EXPECT_EQ(read(path, options).targets.rows(), 4);
  options.classes = 1;
  EXPECT_THAT(complaint(path, options), HasSubstr("labels from 0 to 1; expected whole numbers from 0 to 0"));
  options.classes = 257;
  EXPECT_THROW(read(path, options), dln::base::DomainError);
  for (const char* numbers : {"1,-1\n2,1\n", "1,0\n2,256\n", "1,0.5\n2,1\n"})
    EXPECT_EQ(open_dataset(file("b.csv", numbers)).classes, 0) << numbers;
}

TEST_F(TableTest, EverythingWrongWithACsvIsOneSentenceWithLineAndColumn) {
  const std::string rows = kRows;
  EXPECT_THAT(about(rows + "1,2\n"), HasSubstr("line 4 has 2 columns; expected 3 as in line 1"));
  EXPECT_THAT(about(""), HasSubstr("it is empty"));
  EXPECT_THAT(about("\n" + rows), HasSubstr("its first line is empty"));
  EXPECT_THAT(about("a,b,c\n"), HasSubstr("no examples"));
  EXPECT_THAT(about("1;2;3\n4;5;6\n"), HasSubstr("semicolon"));
  EXPECT_THAT(about("a;b\n1;2\n"), HasSubstr("semicolon"));
  EXPECT_THAT(about("1,5\t2\n"), HasSubstr("line 1, column 1: '1,5' has a decimal comma"));
  EXPECT_THAT(about(rows + "\"1,5\",2,3\n"), HasSubstr("line 4, column 1: '1,5' has a decimal comma"));
  for (const char* word : {"nan", "NaN", "inf", "-Infinity", "NA"}) {
    const auto expected = "column 2: '" + std::string(word) + "' is not a finite number";
    EXPECT_THAT(about(rows + "1," + word + ",0\n"), HasSubstr("line 4, " + expected));
    EXPECT_THAT(about("1," + std::string(word) + ",0\n" + rows), HasSubstr("line 1, " + expected));
  }
  EXPECT_THAT(about(rows + "1,,0\n"), HasSubstr("line 4, column 2: it is empty"));
  EXPECT_THAT(about(rows + "1,1e400,0\n"), HasSubstr("beyond the range"));
  EXPECT_THAT(about(rows + "1,0x10,0\n"), HasSubstr("'0x10' is not a number"));
  EXPECT_THAT(about(rows + "1,2.5kg,0\n"), HasSubstr("'2.5kg' is not a number"));
  EXPECT_THAT(about(rows + "1,\xE9,0\n"), HasSubstr("line 4, column 2: '\\xE9' is not a number"));
  EXPECT_THAT(about("a,\xE9t\xE9,c\n" + rows), HasSubstr("not UTF-8"));
  EXPECT_THAT(about("\xFF\xFE"
                    "1\n"),
              HasSubstr("UTF-16"));
  EXPECT_THAT(about("a,1,c\n" + rows), HasSubstr("'a' beside '1'"));
  EXPECT_THAT(about(rows + "\n" + rows), HasSubstr("line 5 follows after the empty line 4"));
  EXPECT_THAT(about(rows + "1,\"2,0\n"), HasSubstr("quotation mark"));
  EXPECT_THAT(about(rows + "1,\"2\"\",0\n"), HasSubstr("quotation mark"));
  EXPECT_THAT(about("1\n2\n"), HasSubstr("all of its columns are targets"));
}

TEST_F(TableTest, WhatIsNoTableAtAllIsToldSo) {
  const auto neither = HasSubstr("neither IDX, NPY, NPZ nor a table of numbers");
  for (const std::string& text :
       {std::string("hello\n"), std::string("hello"), std::string("hello\nworld\n"),
        std::string("The quick, brown\nfox, jumps\n"), std::string("1 2 3\n4 5 6\n"),
        std::string("# a comment\n1,2,0\n"), std::string("\x93NUMPX\x01\x00v\x00{'descr'", 18),
        std::string("GIF89a\x01\x00\x01\n", 10)})
    EXPECT_THAT(about(text), neither) << text;
  EXPECT_THAT(about("# a,b,c\n1,2,0\n"), HasSubstr("line 1 starts with '#'"));
  EXPECT_THAT(about("hello\nworld\n"), HasSubstr("line 2 holds no number but 'world'"));
}

TEST_F(TableTest, ClassesNamedByWordsAreToldToBeNumbered) {
  EXPECT_THAT(about("a,b,species\n1,2,setosa\n"),
              HasSubstr("line 2, column 3: 'setosa' is not a number; if such words name classes, number "
                        "these 0, 1, ..."));
  EXPECT_THAT(
      about("1,2,setosa\n3,4,virginica\n"),
      HasSubstr("'setosa' beside '1'; expected a line of names only (quoted where they are numbers) or "
                "of numbers only (classes as 0, 1, ...)"));
  SourceOptions options;
  options.targets = file("y.csv", "species\nsetosa\nvirginica\n");
  try {
    read(file("x.csv", "1,2\n3,4\n"), options);
    FAIL() << "read";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("number these 0, 1, ..."));
  }
}

TEST_F(TableTest, ALineWithoutEndIsRefusedBeforeItFillsTheMemory) {
  EXPECT_THAT(about("1,2\n" + std::string(3 << 20, '7')), HasSubstr("line 2 is longer than 1048576 bytes"));
}

TEST_F(TableTest, EverythingWrongWithAnNpyIsOneSentence) {
  const auto of = [&](const std::string& bytes) { return complaint(file("bad.npy", bytes)); };
  const std::string good = npy("<f8", "(3, 2)", kRowMajor);
  EXPECT_EQ(of(good), "no complaint");
  EXPECT_THAT(of(npy(">f8", "(3, 2)", kRowMajor)), HasSubstr("big-endian"));
  EXPECT_THAT(of(npy("|O", "(3, 2)", kRowMajor)), HasSubstr("Python objects"));
  EXPECT_THAT(of(npy("<c16", "(3, 1)", kRowMajor)), HasSubstr("'<c16'"));
  EXPECT_THAT(of(npy("<f8", "(3, 2)", kRowMajor.substr(1))), HasSubstr("truncated"));
  EXPECT_THAT(of(good + "x"), HasSubstr("follow after the last example"));
  EXPECT_THAT(of(good.substr(0, 30)), HasSubstr("header"));
  EXPECT_THAT(of(npy("<f8", "(99999999999, 99999999999)", "")), HasSubstr("promises"));
  EXPECT_THAT(of(npy("<f8", "(0, 2)", "")), HasSubstr("0 values"));
  EXPECT_THAT(of(npy("<f8", "(1, 2)", bytes_of<double>({1, NAN}))), HasSubstr("row 1, column 2 is nan"));
  EXPECT_THAT(of(npy("<f8", "(1, 9000)", bytes_of(std::vector<double>(9000)))), HasSubstr("8999 inputs"));
}

TEST_F(TableTest, TargetsThatAreMissingOrDoNotFitAreRefused) {
  const auto x = file("x.npy", npy("<f8", "(3, 2)", kRowMajor));
  SourceOptions options;
  options.targets = file("y.npy", npy("<i8", "(2,)", bytes_of<std::int64_t>({1, 0})));
  try {
    read(x, options);
    FAIL() << "read";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("targets of 2 examples, but " + x.string() + " holds 3"));
  }
  options.targets = folder_ / "absent.npy";
  EXPECT_THROW(read(x, options), DataError);
  const NumberArray array{{3, 2}, {0.5, 2, -1, 4, 3e-2, -8}};
  EXPECT_THAT(complaint(file("a.npz", npz_bytes({{"x", array}}))), HasSubstr("holds no targets"));
  EXPECT_THAT(complaint(file("b.npz", npz_bytes({{"z", array}}))), HasSubstr("found z"));
  EXPECT_THAT(complaint(file("c.npz", npz_bytes({{"x", array}, {"X", array}}))),
              HasSubstr("both 'x' and 'X'"));
}

TEST_F(TableTest, ALargeCsvStreams) {
  std::string rows;
  for (int i = 0; i < 200'000; ++i) rows += "1,2,3\n";
  const auto path = file("large.csv", rows);
  SourceOptions options;
  options.batch_size = 1000;
  auto source = open_dataset(path, options);
  EXPECT_EQ(source.examples, 200'000u);
  Dataset batch;
  ASSERT_TRUE(source.next(batch));
  EXPECT_EQ(batch.inputs.cols(), 1000);
}

}  // namespace
