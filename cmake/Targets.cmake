# How a folder, a test, a fuzzer and a benchmark become targets.

# sourceos_library(NAME SOURCES f... [FOLDERS lower folder...] [LIBRARIES outside library...])
function(sourceos_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;FOLDERS;LIBRARIES" ${ARGN})
  add_library(sourceos_${name} STATIC ${arg_SOURCES})
  target_link_libraries(sourceos_${name} PRIVATE sourceos_settings)
  foreach(folder IN LISTS arg_FOLDERS)
    target_link_libraries(sourceos_${name} PUBLIC sourceos_${folder})
  endforeach()
  foreach(library IN LISTS arg_LIBRARIES)
    target_link_libraries(sourceos_${name} PUBLIC sourceos_ext_${library})
  endforeach()
  target_link_libraries(sourceos_${name} PUBLIC Threads::Threads)
endfunction()

# sourceos_test(FOLDER SOURCES f... [FOLDERS further folder...]): one binary test_<folder>.
function(sourceos_test folder)
  cmake_parse_arguments(arg "" "" "SOURCES;FOLDERS" ${ARGN})
  add_executable(test_${folder} ${arg_SOURCES})
  target_link_libraries(test_${folder} PRIVATE sourceos_settings sourceos_test_support)
  target_compile_definitions(test_${folder} PRIVATE
    SOURCEOS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SOURCEOS_BINARY_DIR="${PROJECT_BINARY_DIR}")
  foreach(lower IN LISTS arg_FOLDERS)
    target_link_libraries(test_${folder} PRIVATE sourceos_${lower})
  endforeach()
  # A test names the fields that matter to it.
  target_compile_options(test_${folder} PRIVATE -Wno-missing-field-initializers)
  target_precompile_headers(test_${folder} REUSE_FROM sourceos_test_support)
  add_test(NAME unit_${folder} COMMAND test_${folder})
endfunction()

# sourceos_fuzzer(PARSER FOLDERS lower...): fuzz_<parser> from fuzz_<parser>.cpp. With clang it is
# a libFuzzer program; otherwise it replays tests/fuzz/corpus/<parser> as a plain test.
function(sourceos_fuzzer parser)
  cmake_parse_arguments(arg "" "" "FOLDERS" ${ARGN})
  add_executable(fuzz_${parser} fuzz_${parser}.cpp)
  target_link_libraries(fuzz_${parser} PRIVATE sourceos_settings)
  foreach(lower IN LISTS arg_FOLDERS)
    target_link_libraries(fuzz_${parser} PRIVATE sourceos_${lower})
  endforeach()
  if(SOURCEOS_FUZZ)
    target_link_options(fuzz_${parser} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${parser} PRIVATE replay_main.cpp)
    add_test(NAME corpus_${parser}
      COMMAND fuzz_${parser} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${parser})
  endif()
endfunction()
