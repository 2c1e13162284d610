marginfix_test(store_tests LABEL unit SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/store_tests.cpp LIBS marginfix_store)
