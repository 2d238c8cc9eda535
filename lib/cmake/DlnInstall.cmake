# cmake --install; find_package(dln) and pkg-config for whoever builds on the library.
include(CMakePackageConfigHelpers)

# From the ground floor up.
set(dln_installed_rooms base linalg theory data ode flow network experiments)
if(DLN_WITH_SYMBOLIC)
  list(APPEND dln_installed_rooms symbolic)
endif()
foreach(room ${dln_installed_rooms})
  install(TARGETS dln_${room} EXPORT dlnTargets FILE_SET HEADERS)
endforeach()
install(TARGETS dln_cli RUNTIME)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/dln USE_SOURCE_PERMISSIONS)
install(EXPORT dlnTargets NAMESPACE dln:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)

configure_package_config_file(${PROJECT_SOURCE_DIR}/lib/cmake/dlnConfig.cmake.in
  ${PROJECT_BINARY_DIR}/dlnConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dlnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dlnConfig.cmake ${PROJECT_BINARY_DIR}/dlnConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)

# The same for pkg-config, found from where dln.pc lies, so that an installed tree may be moved. A static library
# comes before those it needs.
set(DLN_PC_REQUIRES "eigen3 fmt >= 9 tbb zlib libzip")
set(dln_linked_rooms ${dln_installed_rooms})
if(DLN_WITH_SYMBOLIC)
  string(APPEND DLN_PC_REQUIRES " ginac >= 1.8")
endif()
list(REVERSE dln_linked_rooms)
list(TRANSFORM dln_linked_rooms PREPEND -ldln_ OUTPUT_VARIABLE dln_libraries)
list(JOIN dln_libraries " " DLN_PC_LIBS)
file(RELATIVE_PATH DLN_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/lib/cmake/dln.pc.in ${PROJECT_BINARY_DIR}/dln.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dln.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
