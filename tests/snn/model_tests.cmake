# Tests of everything in snn/model_sources.cmake.
ossicle_add_tests(
  snn_model_tests
  SOURCES sample_model.cpp
          test_params.cpp
          test_parameter_list.cpp
          test_presets.cpp
          test_rng.cpp
          test_hash.cpp
          test_dataset.cpp
          test_augment.cpp
          test_dataset_split.cpp
          test_batch.cpp
          test_dropout.cpp
          test_init.cpp
          test_metadata.cpp
          test_model_json.cpp
          test_safetensors.cpp
          test_model_file.cpp
          test_checkpoint.cpp
          test_metrics.cpp
          test_latency.cpp
          test_readout.cpp
          test_warm_start.cpp
          test_weights_file.cpp
  LIBRARIES ossicle::snn fmt::fmt ZLIB::ZLIB Threads::Threads)

# The sample model's bytes, read without anything of ours and written by an independent program.
set(OSSICLE_SAMPLE_MODEL ${PROJECT_SOURCE_DIR}/tests/data/model/sample.safetensors)
add_test(NAME "model file: plain Python reads it" COMMAND ${OSSICLE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/read_model.py
                                                          ${OSSICLE_SAMPLE_MODEL})
add_test(NAME "model file: the package safetensors reads it"
         COMMAND ${OSSICLE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/read_model.py --package ${OSSICLE_SAMPLE_MODEL})
add_test(NAME "model file: the reference writer gives the sample"
         COMMAND ${OSSICLE_PYTHON} ${PROJECT_SOURCE_DIR}/scripts/make_reference_model.py --check ${OSSICLE_SAMPLE_MODEL})
set_tests_properties("model file: the package safetensors reads it" PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
