list(APPEND SOURCEOS_BUNDLE_TESTS
  store_test.cpp)
