// What a drawing's table and script hold, read back.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace dln::plots {

// The cells of a table, the head first.
inline std::vector<std::vector<std::string>> cells_of(const std::string& tsv) {
  std::vector<std::vector<std::string>> table;
  std::istringstream in(tsv);
  for (std::string line; std::getline(in, line);) {
    table.emplace_back();
    std::istringstream cells(line + '\t');
    for (std::string cell; std::getline(cells, cell, '\t');) table.back().push_back(cell);
  }
  return table;
}

// The rows of numbers of every curve that a script holds, in order; each ends with a line "e".
inline std::vector<std::vector<std::vector<double>>> curves_of(const std::string& gp) {
  std::vector<std::vector<std::vector<double>>> curves(1);
  std::istringstream in(gp);
  for (std::string line; std::getline(in, line);) {
    std::istringstream numbers(line);
    std::vector<double> row;
    for (std::string word; numbers >> word;) {
      char* end = nullptr;
      row.push_back(std::strtod(word.c_str(), &end));
      if (*end != '\0') row.clear(), numbers.setstate(std::ios::failbit);
    }
    if (!row.empty()) curves.back().push_back(row);
    if (line == "e") curves.emplace_back();
  }
  curves.pop_back();
  return curves;
}

}  // namespace dln::plots
