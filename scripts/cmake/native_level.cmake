# ossicle_native_level(VAR): sets VAR to the compiler flag for this machine's x86-64 level. Level 4 (AVX-512) is left
# out on purpose: Eigen's matrix products measured slower with it than with level 3.
function(ossicle_native_level result)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(${result} -mcpu=native PARENT_SCOPE)
    return()
  endif()
  set(probe "${CMAKE_BINARY_DIR}/native_level.cpp")
  file(WRITE "${probe}" "int main() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\") && __builtin_cpu_supports(\"bmi2\")) return 3;
  return __builtin_cpu_supports(\"sse4.2\") ? 2 : 1;
}\n")
  try_run(level compiled "${CMAKE_BINARY_DIR}/native_level" "${probe}")
  if(NOT compiled OR level EQUAL 1)
    set(${result} -march=x86-64 PARENT_SCOPE)
  else()
    set(${result} -march=x86-64-v${level} PARENT_SCOPE)
  endif()
endfunction()
