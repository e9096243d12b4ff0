list(APPEND SOURCEOS_BUNDLE_SOURCES diff.cpp view.cpp)
