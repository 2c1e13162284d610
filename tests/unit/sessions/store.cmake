marginfix_test(store_tests LABEL unit BY_SUITE SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/store_tests.cpp ${CMAKE_CURRENT_SOURCE_DIR}/store_file_tests.cpp LIBS marginfix_store)
