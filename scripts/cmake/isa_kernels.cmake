# ossicle_isa_kernels(TARGET SOURCE...): compiles the sources, with the target's own definitions, once for each instruction set and
# adds the objects to the target. In them OSSICLE_ISA is the set's name: kernels stand in a namespace of that name, hidden, and the target chooses at run time.
#
# A source with the property OSSICLE_NOT_ISA is left out of that set.
#
# Nothing else with a name of its own may come out of such a source, or the linker could take a wide copy of a function that
# everybody calls: no std:: containers, only functions that are always inlined or stand in that namespace. The test
# <target>_isa_symbols sees to it.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(OSSICLE_ISAS baseline avx2 avx512)
else()
  set(OSSICLE_ISAS baseline)
endif()
set(OSSICLE_ISA_FLAGS_baseline "")
set(OSSICLE_ISA_FLAGS_avx2 -march=x86-64-v3)
set(OSSICLE_ISA_FLAGS_avx512 -march=x86-64-v4 -mprefer-vector-width=512)

function(ossicle_isa_kernels target)
  foreach(isa IN LISTS OSSICLE_ISAS)
    set(objects ${target}_${isa})
    set(sources)
    foreach(source IN LISTS ARGN)
      get_source_file_property(left_out ${source} OSSICLE_NOT_ISA)
      if(NOT left_out STREQUAL isa)
        cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
        list(APPEND sources ${path})
      endif()
    endforeach()
    add_library(${objects} OBJECT ${sources})
    target_link_libraries(${objects} PRIVATE ossicle_flags)
    target_compile_definitions(${objects} PRIVATE OSSICLE_ISA=${isa} $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
    target_compile_options(${objects} PRIVATE ${OSSICLE_ISA_FLAGS_${isa}} -fvisibility=hidden -fvisibility-inlines-hidden)
    ossicle_position_independent(${objects})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
    set_property(GLOBAL APPEND PROPERTY OSSICLE_ISA_OBJECTS ${objects})
  endforeach()
endfunction()
