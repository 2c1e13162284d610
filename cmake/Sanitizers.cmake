# MARGINFIX_SANITIZE=address,undefined | thread | fuzzer... applies to everything built here.
set(MARGINFIX_SANITIZE "" CACHE STRING "Sanitizers, comma separated")
if(MARGINFIX_SANITIZE)
  add_compile_options(-fsanitize=${MARGINFIX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MARGINFIX_SANITIZE})
  # ASan and UBSan keep records of every global and every check, full of pointers. In a position independent program each is one more
  # relocation: a third of the linking, and a tenth of a second at each start of each test.
  if(NOT MARGINFIX_SANITIZE MATCHES "thread")
    add_link_options(-no-pie)
  endif()
  # Sixty programs of some 300 MB: mold links each in a second where it is installed.
  find_program(MARGINFIX_MOLD mold)
  if(MARGINFIX_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
    add_link_options(-fuse-ld=mold)
  endif()
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
