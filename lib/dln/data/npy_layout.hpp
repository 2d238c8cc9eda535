// Where the values of an array stand: private to npy.cpp and npy_table.cpp.
#pragma once

#include <cstddef>
#include <vector>

namespace dln::data {

// From the first index running fastest to the last.
std::vector<double> row_major(const std::vector<double>& values, const std::vector<std::size_t>& shape);

// Throws when they are more than `available` bytes could hold.
std::size_t number_of_values(const std::vector<std::size_t>& shape, std::size_t available);

}  // namespace dln::data
