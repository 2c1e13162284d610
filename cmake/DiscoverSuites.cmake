# Run after a test program is linked: writes a ctest file that has one test for each of its GoogleTest suites.
#   cmake -D PROGRAM=... -D LABEL=unit -D TIMEOUT=120 -D COST=0 -D "RUNNER=what;runs;it" -D OUT=FILE -P DiscoverSuites.cmake
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests: ${failed}\n${listed}")
endif()
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listed}")
set(text "")
set(command "")
foreach(word IN LISTS RUNNER PROGRAM)
  string(APPEND command " [=[${word}]=]")
endforeach()
foreach(suite IN LISTS suites)
  string(STRIP "${suite}" suite)
  string(REGEX REPLACE "\\.$" "" suite "${suite}")
  string(APPEND text "add_test([=[${suite}]=]${command} [=[--gtest_filter=${suite}.*]=])\n"
    "set_tests_properties([=[${suite}]=] PROPERTIES LABELS ${LABEL} TIMEOUT ${TIMEOUT} COST ${COST})\n")
endforeach()
file(WRITE ${OUT} "${text}")
