list(APPEND SOURCEOS_BUNDLE_TESTS
  diff_test.cpp
  view_test.cpp)
