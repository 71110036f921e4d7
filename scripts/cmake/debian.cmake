# Debian packages, made by cpack: ossicle (the tools, which hold what they need of the libraries), libossicle1 (libossicle.so),
# python3-ossicle, libossicle-dev (static libraries, headers, find_package) and, where the CUDA back end is built, ossicle-cuda.
# Each component that something is installed with becomes a package; what names none belongs to the tools.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # the tools are enough: cpack does not build the tests first
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "The Ossicle developers <ossicle@ossicle.invalid>") # .invalid: no mail arrives there
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has its own, in the first line of its description
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(of_this_version "(= ${PROJECT_VERSION})")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME ossicle)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "libossicle-dev, ossicle-cuda")
get_property(tools GLOBAL PROPERTY OSSICLE_TOOLS)
if("ossicle-plot" IN_LIST tools) # Python, which has gnuplot draw
  set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "python3:any")
  set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "gnuplot-nox | gnuplot")
endif()
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
    "recognise spoken words with spiking neural networks
Command-line tools that turn recordings into cochleagrams by Lyon's model of
the inner ear, train skip-connected self-recurrent spiking networks on them,
score these, and name the words of recordings.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libossicle1)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
# What else Debian wants of a library that programs link. CPack's own way is for all packages at once, the CUDA back end among them.
file(WRITE ${PROJECT_BINARY_DIR}/library_control/shlibs "libossicle 1 libossicle1 ${of_this_version}\n")
file(WRITE ${PROJECT_BINARY_DIR}/library_control/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/library_control/shlibs ${PROJECT_BINARY_DIR}/library_control/triggers)
install(FILES scripts/debian/libossicle1.lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME libossicle1
        COMPONENT library EXCLUDE_FROM_ALL)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
    "names spoken words by a spiking network, for C programs
A model that ossicle-train of package ossicle wrote, as a function of samples
and as a listener to a signal without end.")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-ossicle)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "libossicle1 ${of_this_version}, python3:any, python3-numpy")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION
    "names spoken words by a spiking network, for Python programs
A model that ossicle-train of package ossicle wrote, as a function of NumPy
arrays of samples and as a listener to a signal without end.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libossicle-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# What find_package(ossicle) looks for.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libossicle1 ${of_this_version}, libarchive-dev, libfftw3-dev, libfmt-dev (>= 9), libhdf5-dev, libmpg123-dev, libsndfile1-dev, libutf8proc-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "cmake, g++, pkg-config")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "Lyon's ear and spiking networks for C++ programs
Libraries, headers and CMake's find_package(ossicle): the ear and its streams,
and the network with its training, as the tools of package ossicle use them.")

if(OSSICLE_HAS_CUDA)
  set(CPACK_DEBIAN_CUDA_PACKAGE_NAME ossicle-cuda)
  set(CPACK_DEBIAN_CUDA_PACKAGE_SECTION contrib/sound)
  set(CPACK_DEBIAN_CUDA_PACKAGE_SHLIBDEPS ON)
  # cuBLAS comes from NVIDIA's archive or from elsewhere, where dpkg-shlibdeps knows no package of it.
  set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "ossicle ${of_this_version}, libcublas-${CUDAToolkit_VERSION_MAJOR}-${CUDAToolkit_VERSION_MINOR}")
  set(CPACK_COMPONENT_CUDA_DESCRIPTION
      "CUDA back end of Ossicle
The library that the tools of package ossicle load where a CUDA device is
asked for. It needs NVIDIA's driver and the cuBLAS of NVIDIA's archive.")
  install(FILES scripts/debian/ossicle-cuda.lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ossicle-cuda
          COMPONENT cuda EXCLUDE_FROM_ALL)
endif()

# Licence and changes of each package stand where Debian wants them; an installation by hand has LICENSE instead.
find_program(OSSICLE_GZIP gzip REQUIRED)
set(changelog ${PROJECT_BINARY_DIR}/changelog.gz)
execute_process(COMMAND ${OSSICLE_GZIP} -9nc ${PROJECT_SOURCE_DIR}/scripts/debian/changelog OUTPUT_FILE ${changelog} COMMAND_ERROR_IS_FATAL ANY)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licence)
get_cmake_property(CPACK_COMPONENTS_ALL COMPONENTS)
list(REMOVE_ITEM CPACK_COMPONENTS_ALL licence)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} name)
  if(NOT CPACK_DEBIAN_${name}_PACKAGE_NAME)
    message(FATAL_ERROR "Something is installed with the component ${component}, for which debian.cmake has no package")
  endif()
  set(documents ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${name}_PACKAGE_NAME})
  install(FILES LICENSE DESTINATION ${documents} RENAME copyright COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${changelog} DESTINATION ${documents} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
include(CPack)
