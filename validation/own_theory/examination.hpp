// Examiner: every claim of a theory, by computer algebra where that decides and by numbers everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "validation/claim.hpp"
#include "validation/own_theory/theory.hpp"
#include "validation/report.hpp"

namespace dln::validation {

struct ExaminationOptions {
  std::uint64_t seed = 1;
  int samples = 8;  // points of the domain, 1 to 1000
  bool fifty_digits = false;
};

// Points of the domain, parameters in order; those that break an assumption are drawn again.
using Samples = std::vector<std::vector<double>>;

// Everything wrong with the theory itself at the corners of its domain and at samples of it: no point meets
// the assumptions, a divisor is 0, a rate has no value, a solution does not reach the end of the span. Fills
// `samples`.
std::vector<Problem> problems_of(const Theory& theory, const ExaminationOptions& options, Samples& samples);

class Bench;

// Examines the claims of one theory, which must outlive it; solutions are computed once for all of them.
class Examiner {
 public:
  Examiner(const Theory& theory, Samples samples, ExaminationOptions options);
  ~Examiner();
  Examiner(const Examiner&) = delete;
  Examiner& operator=(const Examiner&) = delete;
  ClaimRecord examine(const WrittenClaim& claim);

 private:
  std::unique_ptr<Bench> bench_;
};

// The theory as declared, its samples, and what became of its claims.
Report compose_report(const Theory& theory, const Samples& samples, std::vector<ClaimRecord> records,
                      Provenance provenance);

}  // namespace dln::validation
