# The engine, and the built-in rules compiled for it when the program is built (OFF: by the first
# command that needs them).
option(SOURCEOS_COMPILED_RULES "Compile the built-in rules beforehand" ON)

sourceos_library(redact_engine
  SOURCES
    engine.cpp
    engine_pattern.cpp
    matcher.cpp
    probe_choice.cpp
    probe_fit.cpp
    ruleset_parts.cpp
    text_model.cpp
  FOLDERS redact_rules bundle core
  LIBRARIES hs re2 fmt)

add_executable(compile_rules compile_rules_main.cpp)
target_link_libraries(compile_rules PRIVATE sourceos_settings sourceos_redact_engine)
set(SOURCEOS_COMPILED_RULES_TABLE ${CMAKE_CURRENT_BINARY_DIR}/compiled_rules_table.cpp)
add_custom_command(
  OUTPUT ${SOURCEOS_COMPILED_RULES_TABLE}
  COMMAND compile_rules ${SOURCEOS_COMPILED_RULES_TABLE}
    $<$<NOT:$<BOOL:${SOURCEOS_COMPILED_RULES}>>:--empty>
  DEPENDS compile_rules
  COMMENT "Compiling the rules"
  COMMAND_EXPAND_LISTS VERBATIM)

add_executable(fit_probes fit_probes_main.cpp)
target_link_libraries(fit_probes PRIVATE sourceos_settings sourceos_redact_engine)
set(SOURCEOS_FITTED_PROBES_TABLE ${CMAKE_CURRENT_BINARY_DIR}/fitted_probes_table.cpp)
add_custom_command(
  OUTPUT ${SOURCEOS_FITTED_PROBES_TABLE}
  COMMAND fit_probes ${SOURCEOS_FITTED_PROBES_TABLE}
  DEPENDS fit_probes
  COMMENT "Fitting the probes of anchors"
  VERBATIM)
