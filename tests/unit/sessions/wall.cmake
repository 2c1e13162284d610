# Who allocates may not see through the counter.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/allocation_counter.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
marginfix_test(wall_tests LABEL unit BY_SUITE
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/wall_logon_tests.cpp ${CMAKE_CURRENT_SOURCE_DIR}/wall_recovery_tests.cpp
          ${CMAKE_CURRENT_SOURCE_DIR}/wall_stream_tests.cpp ${CMAKE_CURRENT_SOURCE_DIR}/wall_liveness_tests.cpp ${CMAKE_CURRENT_SOURCE_DIR}/wall_clock_tests.cpp
          ${CMAKE_CURRENT_SOURCE_DIR}/wall_acceptor_tests.cpp
          ${CMAKE_CURRENT_SOURCE_DIR}/allocation_counter.cpp
  LIBS marginfix_wall marginfix_store)
