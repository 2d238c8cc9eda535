// Edge lists: what is read, and every way of getting one wrong, with its place.
#include "dln/data/edge_list.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dln/base/error.hpp"

namespace {

using namespace dln::data;

std::string trouble_of(const std::string& text) {
  try {
    parse_edge_list(text, "g.txt");
  } catch (const dln::base::DataError& error) {
    return error.what();
  }
  return "none";
}

TEST(EdgeList, ReadsNamesWeightsAndComments) {
  const auto graph =
      parse_edge_list("# birds\nrobin canary 2.5\n\n  canary\tostrich # far\nostrich robin 1e-2", "g.txt")
          .graph;
  EXPECT_EQ(graph.items, (std::vector<std::string>{"robin", "canary", "ostrich"}));
  ASSERT_EQ(graph.edges.size(), 3u);
  EXPECT_EQ(graph.edges[0].weight, 2.5);
  EXPECT_EQ(graph.edges[1].weight, 1);
  EXPECT_EQ(graph.edges[2].weight, 1e-2);
  EXPECT_EQ(graph.edges[2].a, 2);
  EXPECT_EQ(graph.edges[2].b, 0);
}

TEST(EdgeList, ReadsCommasAndForeignLineEnds) {
  const auto graph = parse_edge_list(
                         "\xEF\xBB\xBF"
                         "eagle, gull ,0.5\r\ngull,perch\r\n",
                         "g.csv")
                         .graph;
  EXPECT_EQ(graph.items, (std::vector<std::string>{"eagle", "gull", "perch"}));
  EXPECT_EQ(graph.edges[0].weight, 0.5);
  EXPECT_EQ(graph.edges[1].weight, 1);
}

TEST(EdgeList, DeclaredItemsNeedNoEdgeAndComeInTheirOrder) {
  const auto graph = parse_edge_list("c\nb\na\na b\n", "g.txt").graph;
  EXPECT_EQ(graph.items, (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_EQ(graph.edges.size(), 1u);
  EXPECT_EQ(graph_modes(graph, {}).multiplicity[0], 2) << "two pieces";
}

TEST(EdgeList, NamesThePlaceOfEveryTrouble) {
  const std::pair<const char*, const char*> cases[] = {
      {"a b\nb b\n", "g.txt:2:3: item 'b' joined to itself"},
      {"a b\n b a 2\n", "g.txt:2:2: the edge 'b' - 'a' is given already, on line 1"},
      {"a\nb\na b\nb cat\n", "g.txt:4:3: 'cat' is not among the declared items"},
      {"a\na\na b\n", "g.txt:2:1: item 'a' is declared already, on line 1"},
      {"a b -1\n", "g.txt:1:5: weight '-1'"},
      {"a b 0\n", "g.txt:1:5: weight '0'"},
      {"a b nan\n", "g.txt:1:5: weight 'nan'"},
      {"a b inf\n", "g.txt:1:5: weight 'inf'"},
      {"a b 1e400\n", "g.txt:1:5: weight '1e400'"},
      {"a b 2e12\n", "g.txt:1:5: weight '2e12'"},
      {"a b 0x10\n", "g.txt:1:5: weight '0x10'"},
      {"a b 1,5\n", "g.txt:1:2: a blank within 'a b 1'"},
      {"a,b,strength\na,b,1\n", "g.txt:1:5: weight 'strength'"},
      {"source,target\n", "g.txt:1:1: no edge"},
      {"a b\n\xE9t\xE9 b\n", "g.txt:2:1: the byte \\xE9 is not UTF-8"},
      {"a b # caf\xE9\n", "g.txt:1:10: the byte \\xE9 is not UTF-8"},
      {"a;b\n", "g.txt:1:2: a semicolon within 'a;b'; expected commas or blanks between names"},
      {"a,b;1\n", "g.txt:1:4: a semicolon within 'b;1'"},
      {"a b\nc\n",
       "g.txt:1:1: 'a' is not among the declared items: a name alone on its line declares an item, as 'c' "
       "does on line 2"},
      {"a b 1 2\n", "g.txt:1:7: '2' is a word too many"},
      {"a,,1\n", "g.txt:1:3: nothing between two commas"},
      {"a,b,\n", "g.txt:1:5: nothing between two commas"},
      {"a b\x01\n", "g.txt:1:4: a control character"},
      {"", "g.txt:1:1: no edge"},
      {"# nothing\n\n", "g.txt:2:1: no edge"},
      {"a\nb\n", "g.txt:2:1: no edge"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string trouble = trouble_of(text);
    EXPECT_TRUE(trouble.starts_with(expected)) << text << ": " << trouble;
    EXPECT_EQ(trouble.find('\n'), std::string::npos);
  }
}

TEST(EdgeList, SkipsAHeadingInTheFirstLineAloneAndTells) {
  for (const char* heading : {"source,target", "Source, Target ,Weight", "from to", "FROM\tTO\tweight",
                              "node1,node2", "NODE1 node2"}) {
    const auto list = parse_edge_list("# mine\n" + std::string(heading) + "\na b\n", "g.txt");
    EXPECT_EQ(list.graph.items, (std::vector<std::string>{"a", "b"})) << heading;
    EXPECT_FALSE(list.heading.empty()) << heading;
  }
  for (const char* edges : {"a b\nfrom to\n", "to from\n", "source sink\n", "from to 2\n"}) {
    const auto list = parse_edge_list(edges, "g.txt");
    EXPECT_EQ(list.heading, "") << edges;
    EXPECT_GE(list.graph.edges.size(), 1u) << edges;
  }
  EXPECT_EQ(parse_edge_list("\xC3\xA9t\xC3\xA9 hiver\n", "g.txt").graph.items[0], "\xC3\xA9t\xC3\xA9");
}

TEST(EdgeList, RefusesMoreItemsThanItTakes) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "n" + std::to_string(i) + " n" + std::to_string(i + 1) + "\n";
  EXPECT_TRUE(trouble_of(text).starts_with("g.txt:2000:7: item 'n2000' is one more than 2000"))
      << trouble_of(text);
  EXPECT_TRUE(trouble_of("a " + std::string(201, 'x')).starts_with("g.txt:1:3: a word of 201 bytes"));
}

TEST(EdgeList, NamesAFileThatCannotBeRead) {
  const std::filesystem::path folder = std::filesystem::path(DLN_TEST_SCRATCH) / "edge-list";
  std::filesystem::create_directories(folder);
  EXPECT_THROW(read_edge_list(folder / "missing"), dln::base::DataError);
  EXPECT_THROW(read_edge_list(folder), dln::base::DataError);
  std::ofstream(folder / "good.txt") << "a b\n";
  EXPECT_EQ(read_edge_list(folder / "good.txt").graph.items.size(), 2u);
}

}  // namespace
