# How a room of the house is built: one static (or header-only) library per folder, strict warnings,
# and every public header compiled on its own (target all_verify_interface_header_sets).

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(DLN_CCACHE ccache)
if(DLN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DLN_CCACHE})
endif()

# Strict IEEE arithmetic everywhere: no fused contraction behind the reader's back, never -ffast-math
# (it makes isnan false, and a NaN must never pass).
add_library(dln_options INTERFACE)
target_compile_options(dln_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> # g++ 12 sees overlaps in "literal" + std::string that are not there
  $<$<BOOL:${DLN_WERROR}>:-Werror>
  $<$<BOOL:${DLN_NATIVE}>:-march=native;-Wno-maybe-uninitialized> # Eigen's AVX-512 headers
  $<$<BOOL:${DLN_SANITIZE}>:-fsanitize=address,undefined;-fno-sanitize-recover=undefined;-fno-omit-frame-pointer>
  $<$<BOOL:${DLN_SANITIZE_THREADS}>:-fsanitize=thread;-fno-omit-frame-pointer>
  $<$<AND:$<BOOL:${DLN_SANITIZE_THREADS}>,$<CXX_COMPILER_ID:GNU>>:-Wno-tsan> # fences, which oneTBB has and the sanitizer does not see
  $<$<BOOL:${DLN_FUZZ}>:-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow;-fno-sanitize-recover=all;-fno-omit-frame-pointer>
  # g++ 12, instrumented, finds std::regex and what std::optional holds uninitialised where they are not.
  $<$<AND:$<OR:$<BOOL:${DLN_SANITIZE}>,$<BOOL:${DLN_SANITIZE_THREADS}>>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)
target_link_options(dln_options INTERFACE
  $<$<BOOL:${DLN_SANITIZE}>:-fsanitize=address,undefined>
  $<$<BOOL:${DLN_SANITIZE_THREADS}>:-fsanitize=thread>
  $<$<BOOL:${DLN_FUZZ}>:-fsanitize=address,undefined,float-cast-overflow>)

# dln_room(NAME [HEADER_ONLY] [ROOT dir] HEADERS ... SOURCES ... DEPENDS ... PRIVATE_DEPENDS ...)
function(dln_room name)
  cmake_parse_arguments(ROOM "HEADER_ONLY" "ROOT" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  if(NOT ROOM_ROOT)
    set(ROOM_ROOT ${PROJECT_SOURCE_DIR}/lib)
  endif()
  if(ROOM_HEADER_ONLY)
    set(kind INTERFACE)
    add_library(dln_${name} INTERFACE)
  else()
    set(kind PUBLIC)
    add_library(dln_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(dln_${name} PRIVATE $<BUILD_INTERFACE:dln_options> ${ROOM_PRIVATE_DEPENDS})
  endif()
  add_library(dln::${name} ALIAS dln_${name})
  set_target_properties(dln_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(dln_${name} ${kind} cxx_std_20)
  target_link_libraries(dln_${name} ${kind} ${ROOM_DEPENDS})
  target_sources(dln_${name} ${kind} FILE_SET HEADERS BASE_DIRS ${ROOM_ROOT} FILES ${ROOM_HEADERS})
endfunction()

# Loops over arrays in these files become vector instructions once no one asks for errno or floating-point
# exceptions; their values stay those of strict IEEE arithmetic.
function(dln_array_loops)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS
    "$<$<NOT:$<CONFIG:Debug>>:-O3;-fno-math-errno;-fno-trapping-math>;$<$<CXX_COMPILER_ID:Clang>:-Wno-bitwise-instead-of-logical>")
endfunction()

# Every target that TARGET links, directly or not.
function(dln_link_closure target result)
  set(seen "")
  set(queue ${target})
  while(queue)
    list(POP_FRONT queue item)
    if(item IN_LIST seen OR NOT TARGET ${item})
      continue()
    endif()
    list(APPEND seen ${item})
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(links ${item} ${property})
      if(links)
        foreach(link ${links})
          string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
          string(REPLACE "dln::" "dln_" link "${link}")
          list(APPEND queue ${link})
        endforeach()
      endif()
    endforeach()
  endwhile()
  set(${result} "${seen}" PARENT_SCOPE)
endfunction()

# The witnesses are independent: TARGET must not link FORBIDDEN, not even through another room.
function(dln_refuse_links target forbidden)
  dln_link_closure(${target} closure)
  if(${forbidden} IN_LIST closure)
    message(FATAL_ERROR "${target} links ${forbidden}: the witnesses must stay independent")
  endif()
endfunction()
