#pragma once
// OSSICLE_VECTOR_LOOP before a `for`: its iterations touch different elements, so the compiler may run several at once
// without proving it. No result changes.
#if defined(__clang__)
#define OSSICLE_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define OSSICLE_VECTOR_LOOP _Pragma("GCC ivdep")
#else
#define OSSICLE_VECTOR_LOOP
#endif
