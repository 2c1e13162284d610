# marginfix_layer(NAME [OPTIMISE O1|O2] [EXERCISED] SOURCES ... LAYERS ... LIBS ...): one static target a layer. LAYERS are the lower layers
# it may include; tests/unit/layering checks the include directions too. OPTIMISE: see marginfix_optimise. EXERCISED: the tests run so much
# of it that compiling it with -O1 under the sanitizers, too, pays many times over.
function(marginfix_layer name)
  cmake_parse_arguments(L "EXERCISED" "OPTIMISE" "SOURCES;LAYERS;LIBS" ${ARGN})
  add_library(marginfix_${name} STATIC ${L_SOURCES})
  target_include_directories(marginfix_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_features(marginfix_${name} PUBLIC cxx_std_20)
  target_link_libraries(marginfix_${name} PRIVATE $<BUILD_INTERFACE:marginfix_warnings>)
  foreach(lower IN LISTS L_LAYERS)
    target_link_libraries(marginfix_${name} PUBLIC marginfix_${lower})
  endforeach()
  target_link_libraries(marginfix_${name} PUBLIC ${L_LIBS})
  set_target_properties(marginfix_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  marginfix_compile(marginfix_${name} layer)
  if(L_OPTIMISE)
    marginfix_optimise(marginfix_${name} ${L_OPTIMISE})
  endif()
  if(L_EXERCISED AND MARGINFIX_SANITIZE)
    target_compile_options(marginfix_${name} PRIVATE -O1)
  endif()
endfunction()

# marginfix_test(NAME LABEL unit [BY_SUITE [SHARDS 4]] [HEADERS] [COST 50] SOURCES ... LIBS ...): one GoogleTest program, registered with
# ctest under LABEL: one ctest test for each of its cases, or, BY_SUITE, for each of its suites. A process with sanitizers takes longer to
# start and to end than most cases of unit tests take to run, and what SetUpTestSuite makes is made once.
# SHARDS: a suite runs in so many processes at a time, for cases that wait more than they compute and cannot share a process.
# COST: about how many seconds its longest test takes. ctest begins with the dearest, so that no long one is left running alone at the end.
# HEADERS: it tests what stands in headers. Only then is the test's own code compiled with UndefinedBehaviorSanitizer, as the libraries
# always are: it makes up a third of a test's compile time.
function(marginfix_test name)
  cmake_parse_arguments(T "BY_SUITE;HEADERS" "LABEL;TIMEOUT;COST;SHARDS" "SOURCES;LIBS;PROPERTIES" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
    if(T_BY_SUITE)
      set(T_TIMEOUT 600)
    endif()
  endif()
  if(NOT T_COST)
    set(T_COST 0)
  endif()
  add_executable(${name} ${T_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${T_LIBS} marginfix_warnings GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE MARGINFIX_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  marginfix_compile(${name} test)
  # GCC 12 at -O3 takes the empty string of a moved or defaulted value in a test for one that was never made (GCC bug 105562).
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -Wno-maybe-uninitialized)
  endif()
  if(MARGINFIX_SANITIZE MATCHES "undefined" AND NOT T_HEADERS)
    target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
  endif()
  if(T_BY_SUITE)
    set(suites ${CMAKE_CURRENT_BINARY_DIR}/${name}_suites.cmake)
    set(runner "")
    if(T_SHARDS)
      find_program(MARGINFIX_BASH bash)
      if(MARGINFIX_BASH)
        set(runner "${MARGINFIX_BASH};${PROJECT_SOURCE_DIR}/tests/scripts/in_shards.sh;${T_SHARDS}")
      endif()
    endif()
    add_custom_command(TARGET ${name} POST_BUILD BYPRODUCTS ${suites} VERBATIM
      COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${name}> -D LABEL=${T_LABEL} -D TIMEOUT=${T_TIMEOUT} -D COST=${T_COST}
        -D "RUNNER=${runner}" -D OUT=${suites} -P ${PROJECT_SOURCE_DIR}/cmake/DiscoverSuites.cmake)
    set(include ${CMAKE_CURRENT_BINARY_DIR}/${name}_include.cmake)
    file(WRITE ${include}
      "if(EXISTS \"${suites}\")\n  include(\"${suites}\")\nelse()\n  add_test(${name}_NOT_BUILT ${name}_NOT_BUILT)\nendif()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT} COST ${T_COST} ${T_PROPERTIES})
endfunction()
