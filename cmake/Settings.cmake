# What every target of ours is built with; hangs on one interface target, never on directories.
add_library(sourceos_settings INTERFACE)
target_include_directories(sourceos_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_features(sourceos_settings INTERFACE cxx_std_23)
target_compile_options(sourceos_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough
  -fno-omit-frame-pointer -fstack-protector-strong -fvisibility=hidden)
if(SOURCEOS_WERROR)
  target_compile_options(sourceos_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside its own std::string at -O2 and above (GCC bug 105651 and kin).
  target_compile_options(sourceos_settings INTERFACE
    -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-null-dereference
    -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 uses its own deprecated buffer in std::stable_sort; the compiled rules are one string.
  target_compile_options(sourceos_settings INTERFACE
    -Wno-deprecated-declarations -Wno-overlength-strings)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(sourceos_settings INTERFACE _FORTIFY_SOURCE=2)
endif()
if(SOURCEOS_SANITIZE)
  target_compile_options(sourceos_settings INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(sourceos_settings INTERFACE -fsanitize=address,undefined)
endif()
if(SOURCEOS_FUZZ)
  target_compile_options(sourceos_settings INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(sourceos_settings INTERFACE -fsanitize=address,undefined)
endif()
if(SOURCEOS_SEAMS)
  target_compile_definitions(sourceos_settings INTERFACE SOURCEOS_SEAMS=1)
endif()

find_program(SOURCEOS_CCACHE ccache)
if(SOURCEOS_CCACHE)
  # Precompiled headers are cached too, and one cache serves every checkout and build folder.
  get_filename_component(checkouts ${PROJECT_SOURCE_DIR} DIRECTORY)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${checkouts} ${SOURCEOS_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(sourceos_settings INTERFACE -fpch-preprocess)
  endif()
endif()
find_program(SOURCEOS_MOLD mold)
if(SOURCEOS_MOLD)
  target_link_options(sourceos_settings INTERFACE -fuse-ld=mold)
endif()
