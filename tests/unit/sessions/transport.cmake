# What drives a RawSession: the transition table, and the reader of ends.
marginfix_test(session_machine_tests LABEL unit BY_SUITE
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/session_machine_tests.cpp ${CMAKE_CURRENT_LIST_DIR}/session_end_tests.cpp
    ${CMAKE_CURRENT_LIST_DIR}/connection_table_tests.cpp LIBS marginfix_sessions)
