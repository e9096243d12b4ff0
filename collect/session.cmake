# From plan to sealed bundle; the collectors are listed in CMakeLists.txt.
list(APPEND SOURCEOS_COLLECT_SOURCES
  block_reader.cpp
  entries.cpp
  entry_facts.cpp
  entry_plan.cpp
  gather.cpp
  identity.cpp
  kept_stream.cpp
  plan.cpp
  record_facts.cpp
  session.cpp
  session_facts.cpp
  shown_text.cpp
  small_entries.cpp)
