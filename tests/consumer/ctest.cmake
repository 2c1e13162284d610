# The installed library, seen from outside: included by tests/CMakeLists.txt (tests/consumer/ itself is somebody else's project).
if(MARGINFIX_SANITIZE)
  set(MARGINFIX_CONSUMER_FLAGS -fsanitize=${MARGINFIX_SANITIZE})
endif()
add_test(NAME consumer.find_package_and_pkg_config
  COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DSOURCE=${PROJECT_SOURCE_DIR}/tests/consumer
    -DWORK=${CMAKE_CURRENT_BINARY_DIR}/consumer -DCXX=${CMAKE_CXX_COMPILER} "-DFLAGS=${CMAKE_CXX_FLAGS} ${MARGINFIX_CONSUMER_FLAGS}"
    -DBUILD_TYPE=$<CONFIG> -P ${PROJECT_SOURCE_DIR}/tests/consumer/run.cmake)
set_tests_properties(consumer.find_package_and_pkg_config PROPERTIES LABELS integration TIMEOUT 600 COST 50)

# The same as a subproject: configured, its steps listed, installed. scripts/campaign subproject builds it too.
add_test(NAME consumer.subproject
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}/tests/consumer -DMARGINFIX=${PROJECT_SOURCE_DIR}
    -DWORK=${CMAKE_CURRENT_BINARY_DIR}/consumer-parent -DCXX=${CMAKE_CXX_COMPILER} -P ${PROJECT_SOURCE_DIR}/tests/consumer/run_parent.cmake)
set_tests_properties(consumer.subproject PROPERTIES LABELS integration TIMEOUT 300)
