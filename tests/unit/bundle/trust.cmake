list(APPEND SOURCEOS_BUNDLE_TESTS
  envelope_test.cpp
  key_file_test.cpp
  key_test.cpp
  log/checkpoint_test.cpp
  log/leaf_test.cpp
  log/merkle_test.cpp
  log/note_test.cpp
  log/tlog_proof_test.cpp
  screen_test.cpp
  sidecar_test.cpp
  signature_test.cpp
  signer_test.cpp
  statement_test.cpp)
