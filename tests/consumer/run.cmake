# Installs the build tree into a folder of its own, then configures, builds and runs the consumer against nothing but that folder,
# with find_package() and with pkg-config, and looks at every header the compiler opened.
# cmake -DBUILD=... -DSOURCE=... -DWORK=... -DCXX=... -DFLAGS=... -DBUILD_TYPE=... -P run.cmake
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${what} failed (${code}):\n${out}${err}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
foreach(component development data)
  run("install ${component}" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed --component ${component})
endforeach()
# A moved tree must still work: nothing in it may name where it was installed.
file(RENAME ${WORK}/installed ${WORK}/moved)

run("configure" ${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_CXX_COMPILER=${CXX}
    "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_PREFIX_PATH=${WORK}/moved)
run("build" ${CMAKE_COMMAND} --build ${WORK}/build)
run("run" ${WORK}/build/consumer)
message(STATUS "${output}")
run("run of the QuickFIX application" ${WORK}/build/quickfix_app)

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
run("list of headers" ${CXX} -std=c++20 ${flags} -M -I${WORK}/moved/include ${SOURCE}/main.cpp)
foreach(alien quickfix/ openssl/ curl/ spdlog/ fmt/)
  if(output MATCHES "/${alien}")
    message(FATAL_ERROR "a public header brings in ${alien}: find it in\n${output}")
  endif()
endforeach()

find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB_RECURSE pc ${WORK}/moved/marginfix.pc)
  get_filename_component(pc_dir "${pc}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_dir})
  run("pkg-config" ${PKG_CONFIG} --cflags --libs marginfix)
  separate_arguments(pc_flags UNIX_COMMAND "${output}")
  run("build with pkg-config" ${CXX} -std=c++20 ${flags} ${SOURCE}/main.cpp -o ${WORK}/consumer-pc ${pc_flags})
  run("run with pkg-config" ${WORK}/consumer-pc)
endif()
