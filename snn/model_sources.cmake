# Parameters, data, random numbers, files and figures of merit: everything of the library that knows no back end.
target_sources(ossicle_snn PRIVATE)
