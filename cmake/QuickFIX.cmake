# QuickFIX 1.15.1 (Debian) or 1.16. Headers of 1.15 compile only up to C++14: only targets that link marginfix_quickfix_headers see them.
find_path(QUICKFIX_INCLUDE_DIR quickfix/Session.h REQUIRED)
find_library(QUICKFIX_LIBRARY quickfix REQUIRED)
add_library(marginfix_quickfix_headers INTERFACE)
target_include_directories(marginfix_quickfix_headers SYSTEM INTERFACE ${QUICKFIX_INCLUDE_DIR} ${QUICKFIX_INCLUDE_DIR}/quickfix)
target_link_libraries(marginfix_quickfix_headers INTERFACE ${QUICKFIX_LIBRARY} Threads::Threads)
