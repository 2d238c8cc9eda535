// dln, the program: command line in, exit code out.
#pragma once

namespace dln::tools {

// 0 ok; 1 a claim fails; 2 a bad value or word on the command line; 3 bad content of a file; 4 numerical
// failure; 5 cannot write; 6 an external program is missing or failed; 130, 143 interrupted, terminated.
int run(int argc, const char* const* argv) noexcept;

}  // namespace dln::tools
