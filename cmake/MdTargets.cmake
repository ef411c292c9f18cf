# The few kinds of target this project has. Sources are found by name: lib/<layer>/*.cpp, tools/<tool>.cpp,
# tests/unit/<layer>/*_test.cpp.

add_library(md_options INTERFACE)
target_compile_options(md_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
if(MD_WERROR)
  target_compile_options(md_options INTERFACE -Werror)
endif()
if(MD_SANITIZE)  # before the options of targets, which may take a check back
  add_compile_options(-fsanitize=${MD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MD_SANITIZE})
endif()

if(MD_SANITIZE MATCHES "thread")
  # The thread sanitizer does not know the fences that Asio adds to its locks.
  target_compile_definitions(md_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# ---- Sanitizers treble the time that compiling takes ------------------------------------------------------------------
# md_checked(target kind): how a target is compiled under them.
#   unhurried  without optimisation, which checks no less; without a check of each pointer, which doubles what is made of
#              Beast, and a null pointer ends the program anyway
#   hurried    what conformance and golden tests run through millions of times, and what reads hostile bytes
#   test       as unhurried
# Headers that most files include are compiled once for all of a kind. Only here: elsewhere a file must not compile without
# what it has to include.
set(md_common_headers <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <deque> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <unordered_map> <variant> <vector>
    <fmt/format.h>)

function(md_checked target kind)
  if(NOT MD_SANITIZE)
    return()
  endif()
  set(options)
  if(NOT kind STREQUAL hurried)
    list(APPEND options -O0)
    if(MD_SANITIZE MATCHES "undefined")
      list(APPEND options -fno-sanitize=null,alignment)
    endif()
  endif()
  target_compile_options(${target} PRIVATE ${options})

  set(once md_headers_${kind})
  if(NOT TARGET ${once})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${once}.cpp CONTENT "")
    add_library(${once} OBJECT ${CMAKE_BINARY_DIR}/${once}.cpp)
    target_link_libraries(${once} PRIVATE md_options fmt::fmt)
    target_compile_options(${once} PRIVATE ${options})
    target_precompile_headers(${once} PRIVATE ${md_common_headers})
    if(kind STREQUAL test)
      target_link_libraries(${once} PRIVATE GTest::gmock)
      target_precompile_headers(${once} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${once})
endfunction()

# md_library(codec USES model base EXTERNAL simdjson::simdjson)
# One layer of lib/: may include and link what USES names, and nothing else of ours.
function(md_library layer)
  cmake_parse_arguments(ARG "" "" "USES;EXTERNAL" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(md_${layer} STATIC ${sources})
  add_library(md::${layer} ALIAS md_${layer})
  target_include_directories(md_${layer} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  target_link_libraries(md_${layer} PRIVATE md_options PUBLIC ${ARG_EXTERNAL})
  if(layer MATCHES "^(base|model|codec|venue|book)$")
    md_checked(md_${layer} hurried)
  else()
    md_checked(md_${layer} unhurried)
  endif()
  foreach(below IN LISTS ARG_USES)
    target_link_libraries(md_${layer} PUBLIC md::${below})
  endforeach()
endfunction()

# md_tool(mddedupe USES dedupe): one program, from tools/mddedupe.cpp.
function(md_tool name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp)
    return()
  endif()
  add_executable(${name} ${name}.cpp)
  # The two libraries with the most symbols come first: the loader looks for each of a library's own symbols in all that
  # stand before it. An eighth of the instructions of a start.
  target_link_libraries(${name} PRIVATE md_options stdc++ OpenSSL::Crypto md_front)
  md_checked(${name} unhurried)
  foreach(layer IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE md::${layer})
  endforeach()
  install(TARGETS ${name} DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
