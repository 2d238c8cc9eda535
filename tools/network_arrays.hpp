// The named arrays of a network file, JSON or NPZ: private to network_file.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dln/data/npz.hpp"

namespace dln::tools {

// W0 of JSON as W1, W2, ...; names of JSON that mean nothing are added to `ignored`. Throws base::DataError
// that names the file.
data::NamedArrays read_network_arrays(const std::filesystem::path& path, std::uint64_t memory,
                                      std::vector<std::string>& ignored);

}  // namespace dln::tools
