list(APPEND SOURCEOS_BUNDLE_TESTS
  store_crash_test.cpp
  store_test.cpp)
