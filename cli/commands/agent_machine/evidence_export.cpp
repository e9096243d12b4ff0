#include <array>

#include "cli/commands/commands.hpp"
#include "cli/exporting.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    output_option("Directory to write to, empty or absent", ValueKind::directory),
};
constexpr auto k_options = joined(k_export_options, k_own_options, k_trust_options, k_mutating_options);
constexpr std::array k_operands = {
    Operand{.name = "BUNDLE",
            .kind = ValueKind::bundle,
            .help = "Archive, directory, id of the store, unique prefix of one, or @last"},
};
constexpr std::array k_examples = {
    Example{"What AgentPlane takes in, from the newest bundle",
            "agent-machine evidence export @last --to agentplane --output artifacts --bundle demo@0.1.0"},
    Example{"One kind of SourceOS record",
            "agent-machine evidence export @last --to sourceos --kind AgentMachineReceipt --output receipts"},
};

}  // namespace

constinit const Command k_agent_machine_evidence_export = {
    .name = "export",
    .summary = "write the records of AgentPlane or SourceOS from a bundle",
    .description =
        "Verifies the bundle first; one that does not verify is never exported. Records are made "
        "from the bundle alone, checked against their rules and redacted again before anything is "
        "written. The same bundle and options give the same bytes. Nothing is sent over a network.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = export_records,
    .print = print_exported_records,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
