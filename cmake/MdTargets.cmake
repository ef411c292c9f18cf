# The few kinds of target this project has. Sources are found by name: lib/<layer>/*.cpp, tools/<tool>.cpp,
# tests/unit/<layer>/*_test.cpp.

add_library(md_options INTERFACE)
target_compile_options(md_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
if(MD_WERROR)
  target_compile_options(md_options INTERFACE -Werror)
endif()
if(MD_SANITIZE)
  target_compile_options(md_options INTERFACE -fsanitize=${MD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(md_options INTERFACE -fsanitize=${MD_SANITIZE})
endif()

if(MD_SANITIZE MATCHES "thread")
  # The thread sanitizer does not know the fences that Asio adds to its locks.
  target_compile_definitions(md_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# md_unhurried(target): under sanitizers it is compiled without optimisation, which takes half the time (Beast, GoogleTest) and
# checks no less. Not for what conformance and golden tests run through millions of times.
function(md_unhurried target)
  if(MD_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
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
  if(NOT layer MATCHES "^(base|model|codec|venue|book)$")
    md_unhurried(md_${layer})
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
  md_unhurried(${name})
  foreach(layer IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE md::${layer})
  endforeach()
  install(TARGETS ${name} DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
