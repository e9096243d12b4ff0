// Every command of the program, each defined in the file of its name.
#pragma once

#include "cli/command.hpp"

namespace sourceos::cli {

extern const Command k_completion;
extern const Command k_doctor_local_runtime;
extern const Command k_redact;
extern const Command k_scan;

extern const Command k_agent_machine_evidence_export;
extern const Command k_contracts_validate;
extern const Command k_agent_machine_doctor;
extern const Command k_agent_machine_evidence_inspect;
extern const Command k_agent_machine_fingerprint;
extern const Command k_agent_machine_init;
extern const Command k_agent_machine_mounts_init;
extern const Command k_agent_machine_mounts_inspect;
extern const Command k_agent_machine_mounts_plan;
extern const Command k_agent_machine_run;
extern const Command k_agent_machine_shell;
extern const Command k_agent_machine_start;
extern const Command k_agent_activate;
extern const Command k_agent_doctor;
extern const Command k_agent_install;
extern const Command k_agent_list;
extern const Command k_agent_logs;
extern const Command k_agent_preflight;
extern const Command k_agent_quarantine;
extern const Command k_agent_restart;
extern const Command k_agent_scan;
extern const Command k_agent_stage;
extern const Command k_agent_start;
extern const Command k_agent_status;
extern const Command k_agent_stop;
extern const Command k_agent_uninstall;

extern const Command k_evidence_collect;
extern const Command k_evidence_diff;
extern const Command k_evidence_export;
extern const Command k_evidence_fsck;
extern const Command k_evidence_gc;
extern const Command k_evidence_hold;
extern const Command k_evidence_import;
extern const Command k_evidence_key;
extern const Command k_evidence_list;
extern const Command k_evidence_log;
extern const Command k_evidence_purge;
extern const Command k_evidence_report;
extern const Command k_evidence_show;
extern const Command k_evidence_trust;
extern const Command k_evidence_verify;

}  // namespace sourceos::cli
