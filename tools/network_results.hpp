// What `dln simulate` answers, as JSON, CSV and NPZ.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tools/network_file.hpp"

namespace dln::tools {

// Takes text piece by piece.
using TextSink = std::function<void(std::string_view)>;

// {"times" or "steps": [...], "W": [moment][layer][row][column], "accuracy": {...}} with 17 digits; the last
// only when it was measured.
void write_weights_json(const experiments::FlowRun& result, const NetworkFile& file, const TextSink& sink);
// The same as NPZ: times or steps, W1 : moments x N_2 x N_1, W2, ...; amplification, agreement.
std::string weights_npz(const experiments::FlowRun& result, const NetworkFile& file);

// Mode strengths along the run: a column for time or step, one for each mode of Sigma31, and the leak. Throw
// DataError when Sigma31 is zero.
std::string strengths_csv(const experiments::NetworkRun& run, const NetworkFile& file);
std::string strengths_npz(const experiments::NetworkRun& run, const NetworkFile& file);

}  // namespace dln::tools
