# What other CMake projects need to link the libraries: find_package(ossicle) gives ossicle::recogniser, ossicle::snn and
# ossicle::frontend, static, with their headers, and ossicle::c, which is libossicle.so, with ossicle.h. Headers of one back end or one instruction set stay here, and those that want a third-party header.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ossicle)

set_target_properties(ossicle_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(ossicle_c PROPERTIES EXPORT_NAME c)
set_target_properties(ossicle_exact PROPERTIES EXPORT_NAME exact)
set_target_properties(ossicle_frontend PROPERTIES EXPORT_NAME frontend)
set_target_properties(ossicle_recogniser PROPERTIES EXPORT_NAME recogniser)
set_target_properties(ossicle_snn PROPERTIES EXPORT_NAME snn)
install(TARGETS ossicle_headers ossicle_exact ossicle_frontend ossicle_recogniser ossicle_snn EXPORT ossicleTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(TARGETS ossicle_c EXPORT ossicleTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
install(EXPORT ossicleTargets NAMESPACE ossicle:: DESTINATION ${package_dir} COMPONENT development)
install(
  DIRECTORY frontend snn
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ossicle
  COMPONENT development
  FILES_MATCHING
  PATTERN "*.h"
  PATTERN "snn/backend/cpu" EXCLUDE
  PATTERN "snn/backend/cuda" EXCLUDE
  PATTERN "frontend/hdf5/hdf5_library.h" EXCLUDE
  PATTERN "frontend/base/require.h" EXCLUDE
  PATTERN "frontend/lyon/simd_lanes.h" EXCLUDE)
install(FILES tools/recogniser/ossicle.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ossicle COMPONENT development)
install(FILES tools/recogniser/listener.h tools/recogniser/recogniser.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ossicle/tools/recogniser
        COMPONENT development)
install(DIRECTORY tools/recogniser/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)

configure_package_config_file(scripts/cmake/ossicleConfig.cmake.in ossicleConfig.cmake INSTALL_DESTINATION ${package_dir}
                              PATH_VARS OSSICLE_CUDA_INSTALL_DIR)
write_basic_package_version_file(ossicleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ossicleConfig.cmake ${PROJECT_BINARY_DIR}/ossicleConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT development)
