# Whether the CUDA back end is built, by OSSICLE_CUDA: AUTO (where a toolkit is found), ON (an error without one) or OFF. Sets
# OSSICLE_HAS_CUDA. One fat binary holds code for compute 7.5 up to the newest that the toolkit knows, and PTX for what comes
# later; -DCMAKE_CUDA_ARCHITECTURES=90 builds for one alone.
set(OSSICLE_HAS_CUDA OFF)
set(OSSICLE_CUDA_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/ossicle) # a folder of its own: the library is loaded and never linked
set(OSSICLE_CUDA_DIR ${PROJECT_BINARY_DIR}/${OSSICLE_CUDA_INSTALL_DIR}) # of the library that is built
if(NOT OSSICLE_CUDA STREQUAL "OFF")
  find_package(CUDAToolkit 12 QUIET)
  # Packages may hold a part of a toolkit.
  if(CUDAToolkit_FOUND AND CUDAToolkit_NVCC_EXECUTABLE AND TARGET CUDA::cublas AND TARGET CUDA::cudart_static)
    if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
      set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
    endif()
    if(NOT CMAKE_CUDA_ARCHITECTURES)
      execute_process(COMMAND ${CUDAToolkit_NVCC_EXECUTABLE} --list-gpu-arch OUTPUT_VARIABLE archs COMMAND_ERROR_IS_FATAL ANY)
      string(REGEX MATCHALL "[0-9]+" archs "${archs}")
      list(REMOVE_DUPLICATES archs)
      list(SORT archs COMPARE NATURAL)
      list(FILTER archs EXCLUDE REGEX "^([0-6][0-9]|7[0-4])$")
      list(POP_BACK archs newest)
      list(TRANSFORM archs APPEND -real)
      set(CMAKE_CUDA_ARCHITECTURES ${archs} ${newest})
    endif()
    enable_language(CUDA)
    if(CCACHE_PROGRAM AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
      set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    endif()
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION) # CMake 3.25 does not know that nvcc 12 has it
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    set(OSSICLE_HAS_CUDA ON)
    message(STATUS "CUDA Toolkit ${CUDAToolkit_VERSION}: the back end is built for ${CMAKE_CUDA_ARCHITECTURES}")
  elseif(OSSICLE_CUDA STREQUAL "ON")
    message(FATAL_ERROR "OSSICLE_CUDA=ON, but no CUDA Toolkit 12 or newer with nvcc and cuBLAS was found; install it or use -DOSSICLE_CUDA=OFF")
  else()
    message(STATUS "CUDA Toolkit 12 or newer with nvcc and cuBLAS not found: no CUDA back end; everything else is built")
  endif()
endif()
