// Proof: a derivation while it is written down: assumptions, definitions, identities to be decided.
//
// For the .cpp files of this room only. GiNaC's types are declared here, not defined, so that
// <ginac/ginac.h> is included by .cpp files alone.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dln/symbolic/derivation.hpp"
#include "dln/symbolic/derivations.hpp"

namespace GiNaC {
class ex;
class matrix;
class symbol;
}  // namespace GiNaC

namespace dln::symbolic {

// The terms of sums and the factors of products in an order of their own; GiNaC's changes from run to run.
Formula shown(const GiNaC::ex& expression);
// A text and its LaTeX; the text serves as both when only one is given.
Formula named(std::string text, std::string latex = {});

class Proof {
 public:
  Proof();
  ~Proof();
  Proof(const Proof&) = delete;
  Proof& operator=(const Proof&) = delete;

  void assume(std::string sentence);
  void say(std::string sentence);
  void define(std::string text, const Formula& lhs, const GiNaC::ex& rhs);
  // From here on, `algebraic` is a root of `polynomial`, monic in it and irreducible over the rationals: a
  // reducible one leaves differences that are not zero undecided. Later relations are reduced first.
  void bind(const GiNaC::symbol& algebraic, const GiNaC::ex& polynomial);

  // Numerator and denominator reduced by what is bound.
  GiNaC::ex reduced(const GiNaC::ex& rational) const;

  // Decides lhs - rhs = 0. Shown is what is decided, or the names given to both sides.
  void identity(std::string text, const GiNaC::ex& lhs, const GiNaC::ex& rhs);
  void identity(std::string text, const Formula& lhs, const Formula& rhs, const GiNaC::ex& difference);
  // Every entry of a matrix of differences.
  void identity(std::string text, const Formula& lhs, const Formula& rhs, const GiNaC::matrix& difference);
  // The same for a form as printed, which must be refuted.
  void printed(std::string text, const GiNaC::ex& lhs, const GiNaC::ex& rhs);
  void printed(std::string text, const Formula& lhs, const Formula& rhs, const GiNaC::ex& difference);
  void printed(std::string text, const Formula& lhs, const Formula& rhs, const GiNaC::matrix& difference);

  Derivation finish();

 private:
  struct Decided;
  struct Workings;
  Decided decide(const GiNaC::ex& difference) const;
  Decided decide(const GiNaC::matrix& difference) const;
  void add(Role role, std::string text, const Formula& lhs, const Formula& rhs, const Decided& decided);

  std::unique_ptr<Workings> workings_;
};

}  // namespace dln::symbolic
