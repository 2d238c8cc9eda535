// Work that nobody can bound beforehand, in a process of its own with a limit of time and of memory.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace dln::symbolic {

// What `work` returns, or nothing when it takes more than `seconds` of processor time, needs more than about
// 1 GB, throws or crashes. The caller should have no other threads.
std::optional<std::string> bounded(const std::function<std::string()>& work, unsigned seconds);

}  // namespace dln::symbolic
