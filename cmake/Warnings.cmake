# Warnings are errors for our own code, but not in somebody else's project, whose compiler may be newer than ours.
option(MARGINFIX_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})
add_library(marginfix_warnings INTERFACE)
target_compile_options(marginfix_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<NOT:$<BOOL:${MARGINFIX_UNITY}>>:-Wshadow>  # a unity build makes neighbours out of strangers
  $<$<BOOL:${MARGINFIX_WERROR}>:-Werror>)
# The pages' scripts and style sheets are literals longer than the standard's least.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(marginfix_warnings INTERFACE -Wno-overlength-strings)
endif()
# GCC 12 sees overlapping copies in std::string's operator+ at -O2 where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(marginfix_warnings INTERFACE -Wno-restrict)
endif()
