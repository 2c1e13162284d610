# marginfix_layer(NAME SOURCES ... LAYERS ... LIBS ...): one static target a layer. LAYERS are the lower layers it may include;
# tests/unit/layering checks the include directions too.
function(marginfix_layer name)
  cmake_parse_arguments(L "" "" "SOURCES;LAYERS;LIBS" ${ARGN})
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
endfunction()

# marginfix_test(NAME LABEL unit SOURCES ... LIBS ...): one GoogleTest program, its cases registered with ctest under LABEL.
function(marginfix_test name)
  cmake_parse_arguments(T "" "LABEL;TIMEOUT" "SOURCES;LIBS;PROPERTIES" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)  # a busy machine is no hang: tests of 3 s took over 100 s on one
  endif()
  add_executable(${name} ${T_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${T_LIBS} marginfix_warnings GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE MARGINFIX_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  marginfix_compile(${name} test)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT} ${T_PROPERTIES})
endfunction()
