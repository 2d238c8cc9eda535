// What dln analyze is asked: the words of its command line, and what they come to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dln/experiments/forecast.hpp"
#include "tools/data_options.hpp"

namespace dln::tools {

struct AnalyzeOptions {
  DataOptions data;
  std::string inputs = "raw", start = "random", strength = "auto", rate = "auto", held_out = "0.1",
              most = "20000", seed = "1", out = "analysis";
  std::optional<std::string> depth, hidden, image;
  bool simulate = false, json = false;
};

// What the command line asks for, once it is known to be sound.
struct Request {
  experiments::InputTreatment treatment = experiments::InputTreatment::raw;
  std::vector<int> layers;
  Eigen::Index hidden = 100;
  experiments::StartKind start = experiments::StartKind::random;
  std::optional<network::LinearNetwork<double>> network;  // of the file named as a start
  std::string network_file;
  std::optional<double> strength, rate;
  double held_out_share = 0;
  std::optional<std::string> held_out_file;
  long most = 0;
  std::uint64_t seed = 1;
  Eigen::Index image_rows = 0, image_columns = 0;
};

// Throws base::DomainError for words that make no sense, base::DataError for a file of weights that is not
// one.
Request resolve(const AnalyzeOptions& options);

}  // namespace dln::tools
