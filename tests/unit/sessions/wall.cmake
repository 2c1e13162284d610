marginfix_test(wall_tests LABEL unit
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/wall_logon_tests.cpp
  LIBS marginfix_wall marginfix_store)
