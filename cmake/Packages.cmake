# Debian packages by CPack, for MARGINFIX_PACKAGES=ON with CMAKE_INSTALL_PREFIX=/usr (scripts/packages):
#   marginfix           the program, its manual pages and completions, dictionaries, ready configuration, guides
#   libmarginfix-dev    static libraries, headers, CMake package, pkg-config files, examples
#   marginfix-services  systemd units of gateway and reconciliation, their configuration below /etc/marginfix
find_program(GZIP_PROGRAM gzip REQUIRED)
set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(MARGINFIX_MAINTAINER "marginfix maintainers <marginfix@localhost>" CACHE STRING "Maintainer of the Debian packages")

# Units and configuration. The units need the program where the package puts it.
install(FILES ${PROJECT_SOURCE_DIR}/config/marginfix-gateway.service ${PROJECT_SOURCE_DIR}/config/marginfix-reconcile.service
  DESTINATION /lib/systemd/system COMPONENT services)
install(FILES ${PROJECT_SOURCE_DIR}/config/gateway.cfg ${PROJECT_SOURCE_DIR}/config/reconcile.toml DESTINATION /etc/marginfix COMPONENT services)

# What Debian's policy wants of each package.
execute_process(COMMAND ${GZIP_PROGRAM} -9nc ${debian}/changelog OUTPUT_FILE ${PROJECT_BINARY_DIR}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${debian}/changelog)
foreach(package program=marginfix development=libmarginfix-dev services=marginfix-services)
  string(REGEX MATCH "^(.*)=(.*)$" package ${package})
  install(FILES ${debian}/copyright ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION share/doc/${CMAKE_MATCH_2} COMPONENT ${CMAKE_MATCH_1})
endforeach()
install(CODE "
  file(GLOB pages \"\$ENV{DESTDIR}${CMAKE_INSTALL_FULL_MANDIR}/man*/*.[0-9]\")
  foreach(page IN LISTS pages)
    execute_process(COMMAND ${GZIP_PROGRAM} -9nf \${page} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()" COMPONENT program)

# "libfmt-dev (>= 9.1), libfmt-dev (<< 9.2~)": what static libraries were compiled against is what they are linked with.
function(marginfix_same_minor out package)
  execute_process(COMMAND dpkg-query -W -f \${Version} ${package} OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "^([0-9]+:)?([0-9]+)[.]([0-9]+)" version "${version}")
  math(EXPR next "${CMAKE_MATCH_3} + 1")
  set(${out} "${package} (>= ${version}), ${package} (<< ${CMAKE_MATCH_1}${CMAKE_MATCH_2}.${next}~)" PARENT_SCOPE)
endfunction()
foreach(library quickfix fmt spdlog)
  marginfix_same_minor(${library} lib${library}-dev)
endforeach()
string(REGEX MATCH "^[0-9]+[.][0-9]+" boost "${Boost_VERSION_STRING}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME marginfix)
set(CPACK_PACKAGE_VENDOR marginfix)
set(CPACK_PACKAGE_CONTACT "${MARGINFIX_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program data development services)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME marginfix)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "The program marginfix: a simulated exchange to trade on, FIX order entry, drop
copy and market data, REST and WebSocket, a doctor for connections, a linter
for FIX logs and dictionaries, an OMS gateway and a reconciliation service.
With it come FIX dictionaries, ready configuration and the guides.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmarginfix-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${quickfix}, libboost${boost}-dev, libboost-json${boost}-dev, libboost-url${boost}-dev, libssl-dev, libcurl4-openssl-dev (>= 7.85), libdeflate-dev, ${fmt}, ${spdlog}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "marginfix, cmake | pkgconf")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Static libraries by component (core, codec, fix, quickfix, rest, ws, services),
C++20 headers, the CMake package and the pkg-config files of marginfix, with
its example programs.")
set(CPACK_DEBIAN_SERVICES_PACKAGE_NAME marginfix-services)
set(CPACK_DEBIAN_SERVICES_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVICES_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SERVICES_PACKAGE_DEPENDS "marginfix (>= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_SERVICES_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_SERVICES_DESCRIPTION "Units for the OMS/EMS gateway and for the reconciliation of every execution,
each in a sandbox of its own with a user that systemd makes for it, and their
configuration below /etc/marginfix. Nothing starts before it is configured and
enabled.")

include(CPack)
cpack_add_component_group(program)
cpack_add_component_group(development)
cpack_add_component_group(services)
cpack_add_component(program GROUP program)
cpack_add_component(data GROUP program)
cpack_add_component(development GROUP development)
cpack_add_component(services GROUP services)
