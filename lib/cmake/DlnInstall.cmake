# cmake --install, and find_package(dln) for whoever builds on the library.
include(CMakePackageConfigHelpers)

set(dln_installed_rooms base linalg theory data ode flow network experiments)
if(DLN_WITH_SYMBOLIC)
  list(APPEND dln_installed_rooms symbolic)
endif()
foreach(room ${dln_installed_rooms})
  install(TARGETS dln_${room} EXPORT dlnTargets FILE_SET HEADERS)
endforeach()
install(TARGETS dln_cli RUNTIME)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/dln FILES_MATCHING PATTERN "*.toml")
install(EXPORT dlnTargets NAMESPACE dln:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)

configure_package_config_file(${PROJECT_SOURCE_DIR}/lib/cmake/dlnConfig.cmake.in
  ${PROJECT_BINARY_DIR}/dlnConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dlnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dlnConfig.cmake ${PROJECT_BINARY_DIR}/dlnConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dln)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
