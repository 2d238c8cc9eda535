# A project of its own builds on the installed dln by find_package, which refuses another minor version.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
build_on_installed(${CMAKE_CURRENT_LIST_DIR}/consumer ${WORK}/consumer)
run(${WORK}/consumer/consumer)
message(STATUS "${output}")
foreach(other 0.2 1.0)
  file(WRITE ${WORK}/other/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES CXX)\n"
       "find_package(dln ${other} QUIET)\nif(dln_FOUND)\nmessage(FATAL_ERROR \"dln ${other} found\")\nendif()\n")
  file(REMOVE_RECURSE ${WORK}/other/build)
  run(${CMAKE_COMMAND} -S ${WORK}/other -B ${WORK}/other/build -G Ninja -DCMAKE_PREFIX_PATH=${PREFIX} -DCMAKE_CXX_COMPILER=${CXX})
endforeach()
