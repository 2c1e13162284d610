# How sources meet the compiler.
#   MARGINFIX_UNITY  several .cpp of a target as one translation unit: the headers, most of the work, are read once for all of them. For
#                    presets that build everything (asan, tsan, release); two files of a target must not define the same name, not even in
#                    an anonymous namespace. The wall stays out: it is C++14 and small.
#   MARGINFIX_PCH    a precompiled header for the layers and one for the tests, for the preset that builds one file at a time (dev). Not for
#                    release: behind one GCC 12 takes the standard library's code for ours, and warns of what is not there.
#   MARGINFIX_UNITY_BATCH  how many. More compile less in all and more again after a change: the sanitizers' presets take many, since there
#                    a translation unit's size changes nothing but that; Release takes few, so that what GCC inlines hangs on few neighbours.
# Includes stay honest all the same: scripts/check builds with neither.
option(MARGINFIX_UNITY "Compile several sources of a target as one" OFF)
option(MARGINFIX_PCH "Precompile the standard headers that everything includes" OFF)
set(MARGINFIX_UNITY_BATCH 8 CACHE STRING "Sources in one translation unit of a unity build")

# The targets whose precompiled headers the others use: layers are position independent, tests are not.
if(MARGINFIX_PCH)
  set(kinds layer)
  if(MARGINFIX_TESTS)
    list(APPEND kinds test)
  endif()
  foreach(kind IN LISTS kinds)
    file(WRITE ${PROJECT_BINARY_DIR}/precompiled_${kind}.cpp "")
    add_library(marginfix_precompiled_${kind} OBJECT ${PROJECT_BINARY_DIR}/precompiled_${kind}.cpp)
    target_compile_features(marginfix_precompiled_${kind} PRIVATE cxx_std_20)
    target_precompile_headers(marginfix_precompiled_${kind} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled_${kind}.hpp)
    target_link_libraries(marginfix_precompiled_${kind} PRIVATE marginfix_warnings)
  endforeach()
  set_target_properties(marginfix_precompiled_layer PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(MARGINFIX_TESTS)  # what GoogleTest's targets define must be what the tests define
    target_link_libraries(marginfix_precompiled_test PRIVATE GTest::gtest GTest::gmock)
  endif()
endif()

# marginfix_compile(TARGET layer|test): a C++20 target of ours, as the two options say.
function(marginfix_compile target kind)
  if(MARGINFIX_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${MARGINFIX_UNITY_BATCH})
    # Warns that a type's member is of an anonymous namespace of another file than the main one, which here is the generated one.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    # GCC stops inlining where a translation unit has grown by so much, which a big one reaches early: JSON was read 20 % slower.
    target_compile_options(${target} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:--param=large-unit-insns=1000000>)
  endif()
  if(MARGINFIX_PCH)
    target_precompile_headers(${target} REUSE_FROM marginfix_precompiled_${kind})
  endif()
endfunction()

# marginfix_optimise(TARGET O1|O2): less than Release's -O3, which costs the compiler half as much again, for a target whose time is spent
# elsewhere (O2: in the kernel, OpenSSL, libcurl, Beast; O1: it runs once). In our own builds only: in somebody's project their flags hold.
# What GCC inlines matters less there, so that more sources may be one translation unit.
function(marginfix_optimise target level)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-${level}>)
    if(MARGINFIX_UNITY)
      set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 24)
    endif()
  endif()
endfunction()
