# MARGINFIX_SANITIZE=address,undefined | thread | fuzzer... applies to everything built here.
set(MARGINFIX_SANITIZE "" CACHE STRING "Sanitizers, comma separated")
if(MARGINFIX_SANITIZE)
  add_compile_options(-fsanitize=${MARGINFIX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MARGINFIX_SANITIZE})
  if(MARGINFIX_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Boost.Asio's fences, which ThreadSanitizer ignores; its queues are under mutexes anyway
  endif()
endif()

# The fuzz preset (clang): everything is instrumented, tests/fuzz links libFuzzer itself.
option(MARGINFIX_FUZZ "Build the libFuzzer targets (clang)" OFF)
if(MARGINFIX_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
