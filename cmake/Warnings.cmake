# Warnings are errors for our own code; MARGINFIX_WERROR=OFF is for compilers newer than ours.
option(MARGINFIX_WERROR "Treat warnings as errors" ON)
add_library(marginfix_warnings INTERFACE)
target_compile_options(marginfix_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${MARGINFIX_WERROR}>:-Werror>)
