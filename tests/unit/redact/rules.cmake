# Rules, their reader and the confirm chain: a binary of their own, quick to build and run.
sourceos_test(redact_rules
  SOURCES
    assignment_test.cpp
    checksum_test.cpp
    command_line_test.cpp
    command_words_test.cpp
    confirm_test.cpp
    filler_test.cpp
    named_value_test.cpp
    pattern_test.cpp
    quality_test.cpp
    rule_example_test.cpp
    rules_test.cpp
    secret_name_test.cpp
    secret_value_test.cpp
    value_edges_test.cpp
  FOLDERS redact eval)
