# libdeflate: CRC-32 by the processor's own instructions (core/crc32.hpp). Debian's package has no CMake package file.
find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h REQUIRED)
find_library(LIBDEFLATE_LIBRARY deflate REQUIRED)
# The package file makes this target too.
add_library(marginfix::deflate_library UNKNOWN IMPORTED GLOBAL)
set_target_properties(marginfix::deflate_library PROPERTIES IMPORTED_LOCATION "${LIBDEFLATE_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LIBDEFLATE_INCLUDE_DIR}")
