// Text from outside turned into values, strictly: all of it or a sentence that says what is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dln::tools {

// A finite double in plain decimal notation, and nothing else: no blanks, no "nan", "inf", "0x10", "1,5" or
// "1e400". Throws base::DomainError that quotes the text and names it by `what`.
double strict_number(std::string_view what, std::string_view text);

// A non-negative integer below 2^64. Throws base::DomainError.
std::uint64_t strict_count(std::string_view what, std::string_view text);

// One finite double or more, separated by commas, with or without [ ] around them. Throws base::DomainError.
std::vector<double> strict_list(std::string_view what, std::string_view text);

// "; did you mean X?" for the nearest of `known`, or "" when none shares more than half of it.
std::string suggestion(std::string_view text, const std::vector<std::string>& known);

}  // namespace dln::tools
