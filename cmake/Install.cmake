# The library as its users have it: components, each a static library made from the objects of its layers, and marginfix::marginfix, which is
# all of them. Headers, CMake package, pkg-config files, dictionaries and ready configuration beside it. In this tree (FetchContent,
# add_subdirectory) the same names are aliases. Who asks for a component looks for nothing that only others need.
#   core      numbers, times, keys, order states, books and positions
#   codec     FIX messages, dictionaries, logs
#   fix       sessions, MarginFixClient, FixAcceptor             QuickFIX's library
#   quickfix  marginfix::quickfix::Initiator                     QuickFIX
#   rest      PerpsClient, KlearClient                           libcurl, Boost.JSON
#   ws        PerpsWebSocket                                     Boost.URL, and rest's
#   services  ExchangeAccount, find_out                          all of these but quickfix
include(CMakePackageConfigHelpers)

# marginfix_component(NAME LAYERS layer... [ON component...] [LIBS library... PC_LIBS -llibrary... PC_REQUIRES "package >= version"...]).
# LIBS is all that its layers lean on outside, beside what the components below bring; anything else is an error, so that the package, the
# pkg-config files and the layers cannot differ.
function(marginfix_component name)
  cmake_parse_arguments(C "" "" "LAYERS;ON;LIBS;PC_LIBS;PC_REQUIRES" ${ARGN})
  set(target marginfix_component_${name})
  set(below_layers ${C_LAYERS})
  set(below_libs ${C_LIBS} Boost::headers)
  foreach(lower IN LISTS C_ON)
    get_target_property(layers marginfix_component_${lower} MARGINFIX_LAYERS)
    get_target_property(libs marginfix_component_${lower} MARGINFIX_LIBS)
    list(APPEND below_layers ${layers})
    list(APPEND below_libs ${libs})
  endforeach()
  set(objects "")
  foreach(layer IN LISTS C_LAYERS)
    marginfix_check_layer(${name} marginfix_${layer} "${below_layers}" "${below_libs}")
    list(APPEND objects $<TARGET_OBJECTS:marginfix_${layer}>)
  endforeach()

  add_library(${target} STATIC ${objects})
  add_library(marginfix::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME marginfix-${name} EXPORT_NAME ${name}
    MARGINFIX_LAYERS "${below_layers}" MARGINFIX_LIBS "${below_libs}")
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  # Public headers need Boost's headers; the rest is for the linker only.
  target_link_libraries(${target} PUBLIC Boost::headers PRIVATE ${C_LIBS})
  foreach(lower IN LISTS C_ON)
    target_link_libraries(${target} PUBLIC marginfix_component_${lower})
  endforeach()
  marginfix_install_component(${name} ${target} ON ${C_ON} PC_LIBS -lmarginfix-${name} ${C_PC_LIBS} PC_REQUIRES ${C_PC_REQUIRES})
  set_property(GLOBAL APPEND PROPERTY MARGINFIX_COMPONENTS ${name})
endfunction()

function(marginfix_check_layer component target layers libs)
  foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
    get_target_property(linked ${target} ${property})
    foreach(library IN LISTS linked)
      string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" library "${library}")
      if(library MATCHES "^\\$<BUILD_INTERFACE:" OR library STREQUAL "marginfix_quickfix_headers")
        continue()
      endif()
      string(REGEX REPLACE "^marginfix_" "" layer "${library}")
      if(TARGET ${library} AND NOT library IN_LIST libs AND NOT layer IN_LIST layers)
        message(FATAL_ERROR "${target} links ${library}, which the installed component ${component} does not find: "
                            "add it in cmake/Install.cmake and cmake/marginfixConfig.cmake.in")
      endif()
    endforeach()
  endforeach()
endfunction()

set(MARGINFIX_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/marginfix)
file(RELATIVE_PATH MARGINFIX_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)

# Its archive, its part of the CMake package and its marginfix-NAME.pc.
function(marginfix_install_component name target)
  if(NOT MARGINFIX_INSTALL)
    return()
  endif()
  install(TARGETS ${target} EXPORT marginfixTargets-${name} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(EXPORT marginfixTargets-${name} NAMESPACE marginfix:: DESTINATION ${MARGINFIX_PACKAGE_DIR} COMPONENT development)
  marginfix_install_pc(marginfix-${name} ${ARGN})
endfunction()

function(marginfix_install_pc file)
  cmake_parse_arguments(C "" "" "ON;PC_LIBS;PC_REQUIRES" ${ARGN})
  set(MARGINFIX_PC_NAME ${file})
  list(TRANSFORM C_ON PREPEND marginfix-)
  list(JOIN C_PC_LIBS " " MARGINFIX_PC_LIBS)
  set(requires ${C_ON} ${C_PC_REQUIRES})
  list(JOIN requires ", " MARGINFIX_PC_REQUIRES)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/marginfix.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()

# The package file makes this target too.
add_library(marginfix::quickfix_library UNKNOWN IMPORTED GLOBAL)
set_target_properties(marginfix::quickfix_library PROPERTIES IMPORTED_LOCATION "${QUICKFIX_LIBRARY}")

marginfix_component(core LAYERS core domain LIBS OpenSSL::Crypto marginfix::deflate_library fmt::fmt spdlog::spdlog Threads::Threads
  PC_LIBS -ldeflate -lspdlog -lfmt -lpthread PC_REQUIRES "libcrypto >= 3.0")  # spdlog's own .pc defines macros that our headers do not need
marginfix_component(codec LAYERS fix ON core)
marginfix_component(fix LAYERS wall store transport sessions ON codec core LIBS OpenSSL::SSL marginfix::quickfix_library
  PC_LIBS -lquickfix PC_REQUIRES "libssl >= 3.0")
if(MARGINFIX_REST)
  marginfix_component(rest LAYERS json rest ON core LIBS Boost::json CURL::libcurl PC_LIBS -lboost_json PC_REQUIRES "libcurl >= 7.85")
  marginfix_component(ws LAYERS ws ON rest core LIBS Boost::url OpenSSL::SSL PC_LIBS -lboost_url PC_REQUIRES "libssl >= 3.0")
  marginfix_component(services LAYERS services ON fix ws rest core codec)
endif()
get_property(MARGINFIX_COMPONENTS GLOBAL PROPERTY MARGINFIX_COMPONENTS)

# All of it under one name, but for `quickfix`, which is for programs that own a QuickFIX application.
list(REVERSE MARGINFIX_COMPONENTS)
add_library(marginfix_library INTERFACE)
add_library(marginfix::marginfix ALIAS marginfix_library)
set_target_properties(marginfix_library PROPERTIES EXPORT_NAME marginfix)
foreach(component IN LISTS MARGINFIX_COMPONENTS)
  target_link_libraries(marginfix_library INTERFACE marginfix_component_${component})
endforeach()
set_target_properties(marginfix_quickfix PROPERTIES EXPORT_NAME quickfix)
# For scripts: what `cmake --install` copies beside the program.
add_custom_target(marginfix_libraries)
foreach(component IN LISTS MARGINFIX_COMPONENTS)
  add_dependencies(marginfix_libraries marginfix_component_${component})
endforeach()
add_dependencies(marginfix_libraries marginfix_quickfix)

if(NOT MARGINFIX_INSTALL)
  return()
endif()
marginfix_install_component(quickfix marginfix_quickfix ON fix PC_LIBS -lmarginfix_quickfix)
install(TARGETS marginfix_library EXPORT marginfixTargets)
install(EXPORT marginfixTargets NAMESPACE marginfix:: DESTINATION ${MARGINFIX_PACKAGE_DIR} COMPONENT development)
marginfix_install_pc(marginfix ON ${MARGINFIX_COMPONENTS})
list(REVERSE MARGINFIX_COMPONENTS)
list(APPEND MARGINFIX_COMPONENTS quickfix)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/marginfix DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.hpp")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/marginfixConfig.cmake.in ${PROJECT_BINARY_DIR}/marginfixConfig.cmake
  INSTALL_DESTINATION ${MARGINFIX_PACKAGE_DIR} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/marginfixConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/marginfixConfig.cmake ${PROJECT_BINARY_DIR}/marginfixConfigVersion.cmake DESTINATION ${MARGINFIX_PACKAGE_DIR}
  COMPONENT development)

# Data that programs and users of QuickFIX itself want: dictionaries and ready .cfg files. Guides, and what goes with them.
foreach(data fix-spec config)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${data} DESTINATION ${CMAKE_INSTALL_DATADIR}/marginfix COMPONENT data OPTIONAL)
endforeach()
if(NOT MARGINFIX_PACKAGES)  # a Debian package names its licence in copyright
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT data)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT data FILES_MATCHING PATTERN "*.md")
set(MARGINFIX_EXAMPLES_DIR ${CMAKE_INSTALL_DOCDIR})
if(MARGINFIX_PACKAGES)
  set(MARGINFIX_EXAMPLES_DIR ${CMAKE_INSTALL_DATAROOTDIR}/doc/libmarginfix-dev)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${MARGINFIX_EXAMPLES_DIR} COMPONENT development)
