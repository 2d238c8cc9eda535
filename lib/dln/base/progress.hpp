// Progress: how long work tells whoever waits for it how far it has come.
#pragma once

#include <string_view>

namespace dln::base {

// Implementations must be callable from several threads at once.
class Progress {
 public:
  virtual ~Progress() = default;
  // `fraction` in [0, 1] of the work called `what` is done.
  virtual void report(std::string_view what, double fraction) = 0;
};

class SilentProgress final : public Progress {
 public:
  void report(std::string_view, double) override {}
};

}  // namespace dln::base
