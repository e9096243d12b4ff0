list(APPEND SOURCEOS_COLLECT_TESTS
  block_reader_test.cpp
  entries_test.cpp
  entry_facts_test.cpp
  entry_plan_test.cpp
  gather_test.cpp
  identity_test.cpp
  kept_stream_test.cpp
  plan_test.cpp
  record_facts_test.cpp
  session_facts_test.cpp
  session_test.cpp
  shown_text_test.cpp
  small_entries_test.cpp)
