// How records of commands on local agents are shown: actions, findings, checks, changes.
#pragma once

#include "cli/render.hpp"
#include "core/json/fwd.hpp"

namespace sourceos::cli {

void print_actions(const json::Value& record, Text& text);
void print_findings(const json::Value& findings, Text& text);
void print_checks(const json::Value& record, Text& text);
// What is wrong with a declaration, from `declarationFindings` of a record.
void print_declaration_findings(const json::Value& record, Text& text);
// What an acting command says: title, actions, reason, what is next.
void print_change(const json::Value& record, Text& text);

}  // namespace sourceos::cli
