# marginfix::quickfix: for programs that own a QuickFIX application. Its C++20 half (settings, signer) is compiled apart, and the layers
# below are linked by LINK_ONLY, so that nothing in its interface asks its users for C++20.
add_library(marginfix_quickfix_plan OBJECT quickfix/initiator_plan.cpp)
target_include_directories(marginfix_quickfix_plan PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(marginfix_quickfix_plan PRIVATE marginfix_sessions marginfix_warnings)
set_target_properties(marginfix_quickfix_plan PROPERTIES POSITION_INDEPENDENT_CODE ON)

add_library(marginfix_quickfix STATIC quickfix/initiator_hooks.cpp quickfix/initiator.cpp $<TARGET_OBJECTS:marginfix_quickfix_plan>)
add_library(marginfix::quickfix ALIAS marginfix_quickfix)
set_target_properties(marginfix_quickfix PROPERTIES
  CXX_STANDARD ${MARGINFIX_QUICKFIX_DIALECT} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON EXPORT_NAME quickfix)
target_include_directories(marginfix_quickfix
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(marginfix_quickfix
  PUBLIC $<BUILD_INTERFACE:marginfix_quickfix_headers>
  PRIVATE $<BUILD_INTERFACE:marginfix_warnings>
  INTERFACE $<BUILD_INTERFACE:$<LINK_ONLY:marginfix_sessions>> $<INSTALL_INTERFACE:$<LINK_ONLY:marginfix::fix>>)
