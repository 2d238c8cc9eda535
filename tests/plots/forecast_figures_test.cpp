// The figures of dln analyze: their tables hold every number, and gnuplot draws them whatever is missing.
#include "plots/forecast_figures.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <regex>

#include "dln/data/consistency_examples.hpp"
#include "dln/network/initial_weights.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using namespace experiments;
using linalg::Matrix;
using Row = std::vector<std::string>;
using Table = std::vector<Row>;

long rows_with(const Table& table, std::size_t column, const std::string& text) {
  return std::ranges::count_if(table, [&](const Row& row) { return row.at(column) == text; });
}

void expect_drawn(const Drawing& drawing, const std::vector<std::string>& texts = {}) {
  EXPECT_EQ(drawing.gp.find("nan"), std::string::npos) << "gnuplot stops a curve there";
  EXPECT_EQ(drawing.gp.find("inf"), std::string::npos);
  const std::string svg = render_svg(drawing);
  EXPECT_NE(svg.find("</svg>"), std::string::npos);
  for (const auto& text : texts) EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_FALSE(drawing.title.empty());
  EXPECT_FALSE(drawing.alternative_text.empty());
}

AnalysisProblem tree(bool held_out) {
  AnalysisProblem analysed;
  analysed.problem = tree_problem({.levels = 2, .flip = 0.1, .features = 12});
  if (held_out)
    analysed.held_out = tree_problem({.levels = 2, .flip = 0.1, .features = 12, .seed = 2}).correlations;
  return analysed;
}

Forecast forecast_of(const AnalysisProblem& analysed, int layers, StartKind kind = StartKind::random) {
  base::SilentProgress silent;
  return make_forecast(analysed,
                       {.start = {.kind = kind, .depth = base::Depth::from_layers(layers), .hidden_units = 6},
                        .rate = 0.03,
                        .draws = 5,
                        .most_epochs = 500,
                        .samples = 30},
                       silent);
}
RecordedRun run_of(const AnalysisProblem& analysed, const Forecast& forecast, double rate = 0.03) {
  base::SilentProgress silent;
  return record_run(analysed, forecast.network, rate, forecast.epochs, silent);
}

TEST(SpectrumFigure, TabulatesEveryModeAndDrawsIt) {
  for (const auto kind : data::kAllTaskModes) {
    data::ConsistencyExample example{.modes = kind,
                                     .variances = linalg::Vector::LinSpaced(8, 2, 0.5),
                                     .singular_values = Eigen::Vector3d(1, 0.6, 0.3),
                                     .outputs = 4};
    const auto c = data::correlate(data::sample(example));
    const auto modes = data::singular_modes(c.sigma31);
    const auto consistency = data::consistency(c, modes);
    const auto drawing = spectrum_figure(modes, consistency);
    const auto table = cells_of(drawing.tsv);
    ASSERT_EQ(table.size(), 4u);
    EXPECT_EQ(table[0], (Row{"mode", "s", "d", "end", "off_diagonal", "invariance", "verdict"}));
    for (std::size_t k = 0; k < 3; ++k) {
      const auto& row = table[k + 1];
      const auto& mode = consistency.by_mode[k];
      const double s = modes.singular_values[static_cast<Eigen::Index>(k)];
      EXPECT_EQ(row[0], std::to_string(k + 1));
      EXPECT_EQ(std::stod(row[1]), s);
      EXPECT_EQ(std::stod(row[2]), mode.variance);
      EXPECT_EQ(std::stod(row[3]), s / mode.variance);
      EXPECT_NEAR(std::stod(row[5]), mode.invariance, 1e-8);
      EXPECT_EQ(row[6], name_of(mode.verdict));
    }
    const auto curves = curves_of(drawing.gp);
    ASSERT_EQ(curves.size(), 3u);
    for (const auto& curve : curves) ASSERT_EQ(curve.size(), 3u);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(curves[2][k][1], std::max(consistency.by_mode[k].invariance, 1e-3), 1e-5) << "in view";
    expect_drawn(drawing, {"singular value s", "number of the mode", "consistent below"});
  }
}

TEST(SpectrumFigure, LeavesNoCellForACheckThatIsEmpty) {
  const Matrix sigma31{{2, 0, 0}};
  const data::Correlations c{Matrix::Identity(3, 3), sigma31, 5, 3};
  const auto modes = data::singular_modes(sigma31);
  const auto drawing = spectrum_figure(modes, data::consistency(c, modes));
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 2u) << "one mode only";
  EXPECT_EQ(table[1].size(), 7u);
  EXPECT_EQ(table[1][4], "");
  expect_drawn(drawing);
}

TEST(ModePicturesFigure, TabulatesEveryPixelAndScalesEachByItsLargest) {
  const std::vector<ModePicture> pictures{{"raises A", Matrix{{1, -2, 0.5}, {0, 4, -1}}},
                                          {"it's {odd}_name", Matrix{{-8, 2, 2}, {0, 0, 0}}},
                                          {"", Matrix::Zero(2, 3)}};
  const auto drawing = mode_pictures_figure(pictures);
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (Row{"mode", "row", "column", "value"}));
  ASSERT_EQ(table.size(), 1u + 3 * 6);
  EXPECT_EQ(table[3], (Row{"1", "1", "3", "0.5"}));
  EXPECT_EQ(table[7], (Row{"2", "1", "1", "-8"}));
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 3u);
  // Column, row from the top, grey from -1 to 1.
  EXPECT_EQ(curves[0][1], (std::vector<double>{1, 0, -0.5}));
  EXPECT_EQ(curves[1][0], (std::vector<double>{0, 0, -1}));
  for (const auto& cell : curves[2]) EXPECT_EQ(cell[2], 0);
  expect_drawn(drawing, {"mode 1", "mode 3", "raises A", "it's {odd}_name"});
  expect_drawn(mode_pictures_figure(std::vector<ModePicture>(7, pictures[0])), {"mode 7"});
  expect_drawn(mode_pictures_figure({{"a line", Matrix::Ones(1, 4)}}));
}

class ForecastFigures : public testing::Test {
 protected:
  AnalysisProblem analysed = tree(true);
  Forecast three = forecast_of(analysed, 3), four = forecast_of(analysed, 4, StartKind::decoupled);
  RecordedRun run = run_of(analysed, three);
  double held_out_at_zero = 0.7 * analysed.held_out->target_power;  // any but the learned examples'
};

TEST_F(ForecastFigures, TabulateEveryCurveAtEveryEpoch) {
  const auto drawing = forecast_figure({{&three, &run, held_out_at_zero}, {&four}}, {0, 2});
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (Row{"N_l", "curve", "epoch", "value"}));
  const auto samples = static_cast<long>(three.epochs.size()), others = static_cast<long>(four.epochs.size());
  for (const char* name : {"mode 1 low", "mode 1 high", "mode 3 low", "mode 1 run", "mode 3 run", "error run",
                           "held-out error run"})
    EXPECT_EQ(rows_with(table, 1, name), samples) << name;
  for (const char* name : {"mode 1 theory", "mode 3 theory", "error theory", "held-out error theory"})
    EXPECT_EQ(rows_with(table, 1, name), samples + others) << name;
  EXPECT_EQ(rows_with(table, 1, "mode 2 theory"), 0) << "not asked for";
  EXPECT_EQ(rows_with(table, 0, "3"), 12 * samples);
  EXPECT_EQ(rows_with(table, 0, "4"), 4 * others);
  const auto value = [&](const char* layers, const char* curve, double epoch) {
    for (const auto& row : table)
      if (row[0] == layers && row[1] == curve && std::stod(row[2]) == epoch) return std::stod(row[3]);
    return std::nan("");
  };
  const double epoch = three.epochs[20];
  EXPECT_NEAR(value("3", "mode 3 theory", epoch), three.strengths(20, 2), 1e-8);
  EXPECT_NEAR(value("3", "mode 3 run", epoch), run.strengths(20, 2), 1e-8);
  EXPECT_NEAR(value("3", "mode 1 low", epoch), three.low(20, 0), 1e-7);
  EXPECT_NEAR(value("3", "mode 1 high", epoch), three.high(20, 0), 1e-7);
  EXPECT_NEAR(value("3", "error run", epoch), run.error[20], 1e-6);
  EXPECT_NEAR(value("3", "held-out error theory", epoch), three.held_out_error[20], 1e-6);
  EXPECT_NEAR(value("4", "error theory", four.epochs[5]), four.error[5], 1e-6);
}

TEST_F(ForecastFigures, DrawStrengthsOverTheirEndsAndErrorsOverThatAtZero) {
  const auto drawing = forecast_figure({{&three, &run, held_out_at_zero}}, {0, 2});
  const auto curves = curves_of(drawing.gp);
  // Two bands, two of theory, two of the run; the error's band, theory, run, two held out, the least.
  ASSERT_EQ(curves.size(), 6u + 6);
  EXPECT_EQ(curves[0].front().size(), 3u);
  const auto last = static_cast<Eigen::Index>(three.epochs.size()) - 1;
  const double digits = 1e-4;
  EXPECT_NEAR(curves[2].back()[1], three.strengths(last, 0) / three.modes[0].end, digits);
  EXPECT_NEAR(curves[5].back()[1], run.strengths(last, 2) / three.modes[2].end, digits);
  EXPECT_NEAR(curves[7].back()[1], three.error.back() / three.error_at_zero, digits);
  EXPECT_NEAR(curves[8].back()[1], run.error.back() / three.error_at_zero, digits);
  EXPECT_NEAR(curves[9].back()[1], three.held_out_error.back() / held_out_at_zero, digits);
  EXPECT_NEAR(curves[10].back()[1], run.held_out_error.back() / held_out_at_zero, digits);
  EXPECT_NEAR(curves[11].back()[1], three.least_error / three.error_at_zero, digits);
  expect_drawn(drawing, {" = 3", "10 to 90 % of starts", "theory, this start", "network trained",
                         "theory, held out", "trained, held out", "least of any such network", "epochs"});
  EXPECT_EQ(render_svg(drawing), render_svg(drawing)) << "the same every time";
  const auto whole = forecast_of(analysed, 3, StartKind::decoupled);
  ASSERT_TRUE(whole.whole);
  expect_drawn(forecast_figure({{&whole}}, {0}), {"whole matrices, flow"});
}

TEST_F(ForecastFigures, AreDrawnWhateverIsMissing) {
  const std::vector<Eigen::Index> modes{0, 2, 3};
  expect_drawn(forecast_figure({{&three}, {&four}}, modes), {" = 3", " = 4"});
  expect_drawn(forecast_figure({{&four}, {&three, &run}}, modes));
  expect_drawn(forecast_figure({{&three, &run, held_out_at_zero}}, {}));
  const auto beyond = forecast_figure({{&three, &run, held_out_at_zero}}, {0, 9});
  EXPECT_EQ(beyond.tsv.find("mode 10"), std::string::npos) << "there are four";
  expect_drawn(beyond, {"network trained"});
  const auto alone = tree(false);
  const auto forecast = forecast_of(alone, 3);
  const auto drawing = forecast_figure({{&forecast}}, {0});
  EXPECT_EQ(drawing.tsv.find("held-out"), std::string::npos);
  expect_drawn(drawing);

  AnalysisProblem one;
  one.problem.correlations = {Matrix::Identity(2, 2), Matrix{{2, 0}}, 5, 3};
  one.problem.modes = data::singular_modes(one.problem.correlations.sigma31);
  const auto of_one = forecast_of(one, 3);
  const auto run_of_one = run_of(one, of_one);
  expect_drawn(forecast_figure({{&of_one, &run_of_one}}, {0}));
  expect_drawn(layer_growth_figure({{&of_one, &run_of_one}}));
}

TEST_F(ForecastFigures, LetModesOfNearHalfTimesShareALabel) {
  const std::vector<Eigen::Index> all{0, 1, 2, 3};
  const auto labels = [&](std::array<double, 4> half_epochs) {
    auto f = three;
    for (std::size_t k = 0; k < 4; ++k) f.modes[k].half_epochs = half_epochs[k];
    std::vector<std::pair<std::string, double>> found;  // text and epoch
    const auto gp = forecast_figure({{&f}}, all).gp;
    const std::regex label("set label 1[0-9] '([^']*)' at ([^,]*),1\\.13");
    for (std::sregex_iterator i(gp.begin(), gp.end(), label), end; i != end; ++i)
      found.emplace_back((*i)[1], std::stod((*i)[2]));
    return found;
  };
  const double length = three.epochs.back();
  using Labels = std::vector<std::pair<std::string, double>>;
  const auto at = [=](double share) { return std::stod(fmt::format("{:.6g}", share * length)); };
  EXPECT_EQ(labels({at(0.2), at(0.4), at(0.6), at(0.8)}),
            (Labels{{"1", at(0.2)}, {"2", at(0.4)}, {"3", at(0.6)}, {"4", at(0.8)}}));
  EXPECT_EQ(labels({at(0.2), at(0.2), at(0.2), at(0.8)}), (Labels{{"1–3", at(0.2)}, {"4", at(0.8)}}));
  EXPECT_EQ(labels({at(0.2), at(0.6), at(0.2), at(0.6)}), (Labels{{"1,3", at(0.2)}, {"2,4", at(0.6)}}));
  const auto two = labels({at(0.5), at(0.51), at(0.9), std::nan("")});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].first, "1,2");
  EXPECT_NEAR(two[0].second, 0.505 * length, 1e-4 * length);
}

TEST_F(ForecastFigures, AreDrawnOfARunThatDiverged) {
  const auto diverged = run_of(analysed, three, 30);
  ASSERT_EQ(diverged.reason, network::DescentStop::diverged);
  ASSERT_LT(diverged.epochs.size(), three.epochs.size());
  auto hopeless = three;
  hopeless.strengths.bottomRows(20).setConstant(std::nan(""));
  hopeless.low.bottomRows(20).setConstant(std::nan(""));
  std::fill(hopeless.error.begin() + 5, hopeless.error.end(), std::nan(""));
  for (auto& mode : hopeless.modes) mode.half_epochs = mode.flow_half_epochs = std::nan("");
  for (const Forecast* forecast : {&three, &hopeless}) {
    const std::vector<ForecastColumn> columns{{forecast, &diverged, held_out_at_zero}};
    const auto drawing = forecast_figure(columns, {0, 1});
    EXPECT_EQ(rows_with(cells_of(drawing.tsv), 1, "error run"), static_cast<long>(diverged.epochs.size()));
    EXPECT_EQ(drawing.tsv.find("nan"), std::string::npos);
    expect_drawn(drawing, {"theory"});
    expect_drawn(layer_growth_figure(columns));
  }
}

TEST_F(ForecastFigures, GrowEveryLayerFromNothing) {
  const auto other = run_of(analysed, four);
  const auto drawing = layer_growth_figure({{&three, &run}, {&four, &other}});
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (Row{"N_l", "layer", "epoch", "relative_growth"}));
  EXPECT_EQ(rows_with(table, 0, "3"), 2 * static_cast<long>(run.epochs.size()));
  EXPECT_EQ(rows_with(table, 0, "4"), 3 * static_cast<long>(other.epochs.size()));
  EXPECT_EQ(table[1], (Row{"3", "1", "0", "0"}));
  for (std::size_t l : {1, 2}) {
    const auto& last = table[l * run.epochs.size()];
    const auto squares = run.squares.col(static_cast<Eigen::Index>(l) - 1);
    EXPECT_EQ(last[1], std::to_string(l));
    EXPECT_NEAR(std::stod(last[3]), std::sqrt(squares[squares.size() - 1] / squares[0]) - 1, 1e-6);
  }
  EXPECT_EQ(curves_of(drawing.gp).size(), 2u + 3);
  expect_drawn(drawing, {" = 3", " = 4", "W1", "W3"});
  const auto some = layer_growth_figure({{&three}, {&four, &other}});
  EXPECT_EQ(rows_with(cells_of(some.tsv), 0, "3"), 0);
  expect_drawn(some, {" = 4"});
  auto from_zero = run;
  from_zero.squares.row(0).setZero();
  expect_drawn(layer_growth_figure({{&three, &from_zero}}));
}

TEST(DepthOutlookFigure, TabulatesRatesAndTimesOfEveryDepth) {
  const DepthOutlook outlook{{2, 3, 10}, {4, 8, 20}, {0.1, 5, 30}, {12, 50, 300}, 1e-3};
  const auto drawing = depth_outlook_figure(outlook);
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 4u);
  EXPECT_EQ(table[0], (Row{"N_l", "lambda_max", "rate", "limit", "first_half_epochs", "last_half_epochs"}));
  EXPECT_EQ(table[2], (Row{"3", "8", "0.125", "0.25", "5", "50"}));
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 4u);
  EXPECT_EQ(curves[0][0], (std::vector<double>{2, 0.5})) << "half an epoch at least, on a logarithmic axis";
  EXPECT_EQ(curves[3][2], (std::vector<double>{10, 0.1}));
  EXPECT_NE(drawing.title.find("0.001"), std::string::npos);
  expect_drawn(drawing, {"first mode learned", "last mode", "number of layers N", "learning rate"});
}

TEST(SharpnessCourseFigure, TabulatesEverySampleAndDrawsItOverTheoryEnd) {
  const network::LinearNetwork<double> end({1, 1});
  const SharpnessCourse three{{{0, 5, 1, 0}, {10, 3, 8, 0}, {20, 1, 21, 0}}, 40, false, end},
      diverged{{{0, 5, 2, 0}}, 4, true, end};
  const auto drawing = sharpness_course_figure({{3, &three, 20, 25}, {4, &diverged, 10, 12}});
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 5u);
  EXPECT_EQ(table[0], (Row{"N_l", "epoch", "largest_eigenvalue", "limit", "theory_end", "least_error"}));
  EXPECT_EQ(table[3], (Row{"3", "20", "21", "40", "20", "25"}));
  EXPECT_EQ(table[4], (Row{"4", "0", "2", "4", "10", "12"}));
  const auto curves = curves_of(drawing.gp);
  ASSERT_GE(curves.size(), 7u);
  EXPECT_EQ(curves[0], (std::vector<std::vector<double>>{{0, 1}, {20, 1}}));
  EXPECT_EQ(curves[1][0][1], 2) << "the limit";
  EXPECT_EQ(curves[2][0][1], 1.25) << "the least error";
  EXPECT_EQ(curves[3][2], (std::vector<double>{20, 1.05}));
  expect_drawn(drawing, {" = 3", " = 4", "where theory ends", "2/rate", "least error", "trained"});
  expect_drawn(sharpness_course_figure({{4, &diverged, 10, 12}}), {" = 4"});
}

}  // namespace
}  // namespace dln::plots
