// What data of one's own will teach a network: their spectrum, their modes as pictures, the forecast of every
// depth with the run over it, and how time and rate go with depth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dln/data/consistency.hpp"
#include "dln/experiments/forecast.hpp"
#include "dln/experiments/recorded_run.hpp"
#include "dln/experiments/sharpness.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Left: s and s/d of every mode; right: how far each is from a principal component (Eq 18), with the bounds
// of consistent and approximate. Table: mode, s, d, end, off_diagonal, invariance, verdict.
Drawing spectrum_figure(const data::SingularModes& modes, const data::Consistency& consistency);

// Images of the leading modes, black where an input is weighed negatively, white positively, each scaled by
// its own largest size. Table: mode, row, column, value.
struct ModePicture {
  std::string caption;   // under the mode's number
  linalg::Matrix image;  // as one looks at it
};
Drawing mode_pictures_figure(const std::vector<ModePicture>& pictures);

// One column a depth. Top: strengths over s/d of some modes, theory red in its band over starts, the run blue
// dashes; bottom: the error over that at zero weights, of examples learned from and held out. Table: N_l,
// curve, epoch, value.
struct ForecastColumn {
  const experiments::Forecast* forecast;          // not null
  const experiments::RecordedRun* run = nullptr;  // where it was trained
  double held_out_at_zero = 0;                    // E of held-out examples at zero weights, if any
};
Drawing forecast_figure(const std::vector<ForecastColumn>& columns, const std::vector<Eigen::Index>& modes);

// Learning times and rates against depth from decoupled starts (Eq 15), each depth at its own rate.
// Table: N_l, lambda_max, rate, limit, epochs to half of the first and of the last mode.
struct DepthOutlook {
  std::vector<int> layers;
  std::vector<double> largest_eigenvalues, first_half, last_half;  // lambda_max; epochs at rate 1/lambda_max
  double initial_strength;
};
Drawing depth_outlook_figure(const DepthOutlook& outlook);

// Growth of ||W^l||_F of every layer relative to its start, a panel a depth: of the run where there is one.
// Table: N_l, layer, epoch, relative_growth.
Drawing layer_growth_figure(const std::vector<ForecastColumn>& columns);

// The largest eigenvalue of the Hessian along the run, 2/rate above which descent does not stay, and where it
// is heading; a panel a depth. Table: N_l, epoch, largest_eigenvalue, limit, theory_end, least_error.
struct SharpnessPanel {
  int layers;
  const experiments::SharpnessCourse* course;  // not null
  double theory_end, least_error;              // lambda_max there
};
Drawing sharpness_course_figure(const std::vector<SharpnessPanel>& panels);

}  // namespace dln::plots
