// A function compiled once per instruction set of x86, the widest that the machine has being chosen when the
// program is loaded: before any sanitizer is ready for what chooses. Where loaders or sanitizers do not take
// part, it is compiled once.
#pragma once

#include <cstdint>  // says whether the library is glibc

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__AVX2__)
#define DLN_FOR_EVERY_MACHINE [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define DLN_FOR_EVERY_MACHINE
#endif
