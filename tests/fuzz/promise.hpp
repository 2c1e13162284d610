// What a fuzz target says of the code under it: a promise that is not kept ends the process, which libFuzzer and GoogleTest both tell.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace marginfix_tests {

inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace marginfix_tests
