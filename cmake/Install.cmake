# One installed static library, marginfix::marginfix, made from the objects of every layer (sessions, REST, WebSocket); headers, CMake package,
# pkg-config file, dictionaries and ready configuration beside it. In this tree (FetchContent, add_subdirectory) the same name is an alias.
include(CMakePackageConfigHelpers)

# Everything our layers may lean on; the package file finds the same. A layer that links anything else is told so here.
set(MARGINFIX_THIRD_PARTY Boost::headers Boost::json Boost::url CURL::libcurl OpenSSL::SSL OpenSSL::Crypto fmt::fmt spdlog::spdlog Threads::Threads marginfix::deflate_library)

# The static layer targets under `target`, each once, in `out`.
function(marginfix_collect_layers target out)
  set(found ${${out}})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY" AND NOT target IN_LIST found)
    list(APPEND found ${target})
  endif()
  foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
    get_target_property(libraries ${target} ${property})
    foreach(library IN LISTS libraries)
      string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" library "${library}")
      if(library MATCHES "^marginfix_" AND TARGET ${library} AND NOT library STREQUAL "marginfix_quickfix_headers"
         AND NOT library STREQUAL "marginfix_warnings" AND NOT library IN_LIST found)
        set(${out} ${found})
        marginfix_collect_layers(${library} ${out})
        set(found ${${out}})
      elseif(TARGET ${library} AND NOT library MATCHES "^marginfix_" AND NOT library IN_LIST MARGINFIX_THIRD_PARTY)
        message(FATAL_ERROR "${target} links ${library}, which the installed package does not find: "
                            "add it to cmake/Install.cmake, cmake/marginfixConfig.cmake.in and cmake/marginfix.pc.in")
      endif()
    endforeach()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

set(MARGINFIX_LAYERS "")
foreach(root sessions rest ws services)
  marginfix_collect_layers(marginfix_${root} MARGINFIX_LAYERS)
endforeach()

set(MARGINFIX_OBJECTS "")
foreach(layer IN LISTS MARGINFIX_LAYERS)
  list(APPEND MARGINFIX_OBJECTS $<TARGET_OBJECTS:${layer}>)
endforeach()
add_library(marginfix_library STATIC ${MARGINFIX_OBJECTS})
add_library(marginfix::marginfix ALIAS marginfix_library)
set_target_properties(marginfix_library PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME marginfix EXPORT_NAME marginfix)
target_compile_features(marginfix_library PUBLIC cxx_std_20)
target_include_directories(marginfix_library INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# Public headers need Boost's headers; the rest is for the linker only.
target_link_libraries(marginfix_library PUBLIC Boost::headers)
foreach(library IN LISTS MARGINFIX_THIRD_PARTY)
  if(NOT library STREQUAL "Boost::headers")
    target_link_libraries(marginfix_library PRIVATE ${library})
  endif()
endforeach()
# The package file makes this target too.
add_library(marginfix::quickfix_library UNKNOWN IMPORTED GLOBAL)
set_target_properties(marginfix::quickfix_library PROPERTIES IMPORTED_LOCATION "${QUICKFIX_LIBRARY}")
target_link_libraries(marginfix_library PRIVATE marginfix::quickfix_library)

if(TARGET marginfix_quickfix)  # marginfix::quickfix, for programs that own a QuickFIX application
  set_target_properties(marginfix_quickfix PROPERTIES EXPORT_NAME quickfix)
endif()
if(NOT MARGINFIX_INSTALL)
  return()
endif()
set(MARGINFIX_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/marginfix)
install(TARGETS marginfix_library EXPORT marginfixTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
if(TARGET marginfix_quickfix)
  install(TARGETS marginfix_quickfix EXPORT marginfixTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/marginfix DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.hpp")
install(EXPORT marginfixTargets NAMESPACE marginfix:: DESTINATION ${MARGINFIX_PACKAGE_DIR} COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/marginfixConfig.cmake.in ${PROJECT_BINARY_DIR}/marginfixConfig.cmake
  INSTALL_DESTINATION ${MARGINFIX_PACKAGE_DIR} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/marginfixConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/marginfixConfig.cmake ${PROJECT_BINARY_DIR}/marginfixConfigVersion.cmake DESTINATION ${MARGINFIX_PACKAGE_DIR}
  COMPONENT development)
file(RELATIVE_PATH MARGINFIX_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/cmake/marginfix.pc.in ${PROJECT_BINARY_DIR}/marginfix.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/marginfix.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

# Data that programs and users of QuickFIX itself want: dictionaries and ready .cfg files.
foreach(data fix-spec config)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${data} DESTINATION ${CMAKE_INSTALL_DATADIR}/marginfix COMPONENT data OPTIONAL)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT data)
