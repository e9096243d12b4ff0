list(APPEND SOURCEOS_BUNDLE_SOURCES
  envelope.cpp
  key.cpp
  key_file.cpp
  log/checkpoint.cpp
  log/leaf.cpp
  log/merkle.cpp
  log/note.cpp
  log/tlog_proof.cpp
  screen.cpp
  sidecar.cpp
  signature.cpp
  signer.cpp
  statement.cpp)
