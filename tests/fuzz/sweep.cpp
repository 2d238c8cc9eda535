// The plans of dln sweep, TOML. What is read is written and read again: the same plan.
#include "tests/fuzz/fuzz.hpp"
#include "tools/sweep/sweep_plan.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dln;
  fuzz::refusing([&] {
    const auto plan = tools::SweepPlan::parse(std::string(fuzz::text_of(data, size)), "plan");
    const auto runs = plan.runs();
    if (runs > 10'000'000) return;  // dln sweep refuses so many before it looks at one
    const auto first = plan.varied_at(0), last = plan.varied_at(runs - 1);
    fuzz::require(first.size() == plan.varied().size() && last.size() == first.size());
    const auto& parameters = plan.experiment().parameters;
    const auto end = plan.at(runs - 1);
    for (const auto& parameter : parameters)
      fuzz::require(end[parameter.name].index() == parameter.standard.index());
    // A plan that names files is no business of a fuzzer.
    for (const auto& parameter : parameters)
      if (parameter.name == "data" && (end.word("data") == "images" || end.word("data") == "file")) return;
    const auto text = plan.resolved();
    fuzz::require(tools::SweepPlan::parse(text, "resolved").resolved() == text);
  });
  return 0;
}
