# Parameters, data, random numbers, files and figures of merit: everything of the library that knows no back end.
target_sources(
  ossicle_snn
  PRIVATE params.cpp
          parameter_list.cpp
          presets.cpp
          rng.cpp
          hash.cpp
          dataset.cpp
          augment.cpp
          dataset_split.cpp
          batch.cpp
          dropout.cpp
          init.cpp
          model_json.cpp
          metadata.cpp
          safetensors.cpp
          byte_source.cpp
          model_file.cpp
          checkpoint.cpp
          metrics.cpp
          latency.cpp
          readout.cpp
          warm_start.cpp
          nir_graph.cpp
          weights_file.cpp)
