# cmake -D ROOT=... -D COMMIT=... -D OUT=... -P commit.cmake: the header that says which commit the program was built from. COMMIT, where it
# is given (a package built from an archive), wins over git.
cmake_minimum_required(VERSION 3.25)
if(NOT COMMIT)
  execute_process(COMMAND git -C "${ROOT}" rev-parse --short=12 HEAD OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT
"// Written by apps/commit.cmake.
#pragma once

namespace marginfix::apps {
inline constexpr const char* kCommit = \"@COMMIT@\";
}  // namespace marginfix::apps
")
