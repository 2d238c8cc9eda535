#include "tools/dln.hpp"

int main(int argc, char** argv) {
  return dln::tools::run(argc, argv);
}
