// `evidence export --to` and `agent-machine evidence export`: verify, make the records of another
// system, write them into an empty directory.
#pragma once

#include <array>
#include <string_view>

#include "cli/option_sets.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::cli {

class Options;
class Report;
class Text;
struct Context;

inline constexpr std::array<std::string_view, 2> k_export_targets = {"agentplane", "sourceos"};
inline constexpr std::array<std::string_view, 2> k_export_lanes = {"staging", "prod"};
inline constexpr std::array<std::string_view, 4> k_backend_intents = {"qemu", "microvm", "lima-process", "fleet"};

inline constexpr std::array k_export_options = {
    Option{.name = "--to",
           .kind = ValueKind::choice,
           .value = "TARGET",
           .help = "Write the records of this system",
           .choices = k_export_targets},
    Option{.name = "--kind",
           .kind = ValueKind::text,
           .value = "KIND",
           .help = "Only records of this kind; all that the bundle has the data for by default",
           .repeat = Repeat::many},
    Option{.name = "--bundle",
           .kind = ValueKind::text,
           .value = "NAME@VERSION",
           .help = "The AgentPlane bundle; else the profile's"},
    Option{.name = "--session", .kind = ValueKind::text, .value = "URN", .help = "The session; else made of the bundle's id"},
    Option{.name = "--lane",
           .kind = ValueKind::choice,
           .value = "LANE",
           .help = "Lane of run and validation artifacts; else the profile's",
           .choices = k_export_lanes},
    Option{.name = "--backend-intent",
           .kind = ValueKind::choice,
           .value = "INTENT",
           .help = "What run and replay artifacts say; without it they are left out",
           .choices = k_backend_intents},
    Option{.name = "--proposal-ref", .kind = ValueKind::text, .value = "REF", .help = "For a runtime receipt: the proposal"},
    Option{.name = "--admission-ref", .kind = ValueKind::text, .value = "REF", .help = "For a runtime receipt: the admission"},
    Option{.name = "--task-id", .kind = ValueKind::text, .value = "ID", .help = "The task; else the bundle's id"},
    Option{.name = "--allow-test", .help = "Also export a bundle made under test seams; the records say so"},
};

// The operand is the bundle, `--output` the directory.
[[nodiscard]] Result<Report> export_records(const Options& options, Context& context);
void print_exported_records(const json::Value& record, Text& text);
inline constexpr std::string_view k_exported_records_schema = "sourceos.evidence-record-export/v1";

}  // namespace sourceos::cli
