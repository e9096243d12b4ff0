# The rules, their table made from rules/*.toml, and confirm: a library of its own, below the
# engine, so that the build step, the scalar path and structured redaction share it.
# In order of precedence: where two rules mask the same bytes, the earlier one names them.
set(SOURCEOS_RULE_FILES
  rules/version-control.toml
  rules/packages.toml
  rules/ai.toml
  rules/cloud.toml
  rules/messaging.toml
  rules/payments.toml
  rules/monitoring.toml
  rules/vaults.toml
  rules/services.toml
  rules/issuers.toml
  rules/platforms.toml
  rules/code.toml
  rules/commands.toml
  rules/databases.toml
  rules/directives.toml
  rules/sessions.toml
  rules/prose.toml
  rules/network.toml
  rules/daemons.toml
  rules/encodings.toml
  rules/generic.toml
  rules/identity.toml
  rules/findings.toml)
list(TRANSFORM SOURCEOS_RULE_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
set(SOURCEOS_RULE_TABLE ${CMAKE_CURRENT_BINARY_DIR}/rules_table.cpp)

add_executable(embed_rules
  embed_rules_main.cpp pattern.cpp pattern_needs.cpp pattern_tree.cpp rules.cpp)
target_link_libraries(embed_rules PRIVATE sourceos_settings sourceos_core)
add_custom_command(
  OUTPUT ${SOURCEOS_RULE_TABLE}
  COMMAND embed_rules ${SOURCEOS_RULE_TABLE} ${SOURCEOS_RULE_FILES}
  DEPENDS embed_rules ${SOURCEOS_RULE_FILES}
  COMMENT "Making the rule table"
  VERBATIM)

sourceos_library(redact_rules
  SOURCES
    assignment.cpp
    checksum.cpp
    command_line.cpp
    command_words.cpp
    confirm.cpp
    filler.cpp
    named_value.cpp
    pattern.cpp
    pattern_begins.cpp
    pattern_needs.cpp
    pattern_pairs.cpp
    pattern_tree.cpp
    rule_example.cpp
    rules.cpp
    secret_name.cpp
    secret_value.cpp
    vocabulary.cpp
    ${SOURCEOS_RULE_TABLE}
  FOLDERS core)
