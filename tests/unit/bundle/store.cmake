list(APPEND SOURCEOS_BUNDLE_TESTS
  log/host_log_caches_test.cpp
  log/host_log_leaves_test.cpp
  log/host_log_test.cpp
  log/host_log_tiles_test.cpp
  log/host_log_verify_test.cpp
  log/host_log_writer_test.cpp
  signature_secret_test.cpp
  store_growth_test.cpp
  store_test.cpp)
