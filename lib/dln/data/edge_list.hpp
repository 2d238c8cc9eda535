// Edge lists: a graph of one's own as text, an edge a line,
//
//   a b [weight]        or        a,b[,weight]
//
// with names without blanks for the items; weight 1 where none is given. '#' starts a comment, blank lines
// mean nothing. A name alone on its line declares an item (one without edges is allowed); once any item is
// declared, every edge must be between declared ones, so that a slip of the pen makes no new item. A first
// line such as source,target or from to weight is a heading and no edge: it is skipped, and reported.
#pragma once

#include <filesystem>
#include <string_view>

#include "dln/data/item_graph.hpp"

namespace dln::data {

// What was read, and the heading that was skipped ("" if there was none).
struct EdgeList {
  ItemGraph graph;
  std::string heading;
};

// Items in the order in which they are first named. Each trouble is a DataError, FILE:LINE:COLUMN and one
// sentence: self loops, a pair given twice in either direction, items not declared, weights that are not
// finite numbers greater than 0 (and at most 1e12), semicolons, bytes that are not UTF-8, too few or too many
// words, no edge at all, fewer than 2 or more than 2000 items. A graph in several pieces is fine: 1/sigma^2
// makes its covariance regular.
EdgeList parse_edge_list(std::string_view text, const std::string& file_name);

// Throws DataError, also when the file cannot be read or is larger than 64 MiB.
EdgeList read_edge_list(const std::filesystem::path& path);

}  // namespace dln::data
