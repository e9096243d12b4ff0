// Every cap on what comes from outside, each with its reason. Passing one is ErrorKind::limit.
// Source of the format's numbers: evidence format, rules 4, 9 and 10 (ARCHITECTURE.md, "The format").
#pragma once

#include <cstddef>
#include <cstdint>

namespace sourceos::limits {

inline constexpr std::uint64_t k_kib = 1024;
inline constexpr std::uint64_t k_mib = 1024 * k_kib;
inline constexpr std::uint64_t k_gib = 1024 * k_mib;

// --- layout of a bundle: what the writer starts with (it may double them, a verifier never checks)
inline constexpr std::uint64_t k_frame_input_bytes = 4 * k_mib;  // exact, all but the last frame
inline constexpr std::uint64_t k_pack_entry_bytes_max = 8 * k_mib;   // T: larger ones are segments
inline constexpr std::uint64_t k_segment_bytes = 64 * k_mib;         // P
inline constexpr std::uint64_t k_pack_bytes_max = 256 * k_mib;       // of the tar stream

// --- what a reader takes and a writer makes
inline constexpr std::uint64_t k_bundle_blob_bytes_max = 64 * k_gib;
inline constexpr std::size_t k_bundle_files_max = 10'000;
inline constexpr std::size_t k_layers_max = 64;      // registries cap manifests at 4 MiB
inline constexpr std::size_t k_signatures_max = 16;  // junk S cost a verifier nothing more
inline constexpr std::uint64_t k_json_bytes_max = 4 * k_mib;
inline constexpr std::uint64_t k_record_bytes_max = 15 * k_mib;
inline constexpr std::uint64_t k_statement_bytes_max = 16 * k_mib;
inline constexpr std::uint64_t k_sigstore_bytes_max = 24 * k_mib;
inline constexpr std::size_t k_json_depth_max = 16;
inline constexpr std::size_t k_record_depth_max = 15;  // the statement adds one level
// Contracts meet a schema whose patterns are matched with a stack that grows with the string.
inline constexpr std::size_t k_contract_depth_max = 64;
inline constexpr std::size_t k_contract_files_max = 4'096;  // of one directory of contracts
inline constexpr std::size_t k_contract_string_bytes_max = 4 * k_kib;
inline constexpr std::uint64_t k_json_integer_max = 9'007'199'254'740'991;  // 2^53 - 1
inline constexpr std::uint64_t k_index_bytes_max = k_gib;
inline constexpr std::uint64_t k_index_lines_max = 1'000'000;
inline constexpr std::uint64_t k_index_line_bytes_max = 64 * k_kib;
inline constexpr std::uint64_t k_entry_bytes_sum_max = 1024 * k_gib;
inline constexpr std::uint64_t k_zstd_window_bytes_max = 8 * k_mib;
inline constexpr int k_zstd_window_log_max = 23;
inline constexpr std::size_t k_path_bytes_max = 176;         // fits a ustar header
inline constexpr std::size_t k_path_segment_bytes_max = 80;  // likewise
inline constexpr std::size_t k_path_segment_cut_bytes = 71;  // plus "~" and 8 hex digits

// --- host side
inline constexpr std::uint64_t k_probe_output_bytes_max = k_mib;  // agent-machine 2.5
inline constexpr std::uint64_t k_probe_timeout_ms = 8'000;
inline constexpr std::uint64_t k_collector_timeout_ms = 30'000;
inline constexpr std::uint64_t k_collector_bytes_max = k_gib;
inline constexpr std::uint64_t k_kept_head_bytes = 64 * k_mib;  // S-22: the rest is the tail
inline constexpr std::size_t k_collector_entries_max = 1'000'000;
inline constexpr std::size_t k_record_findings_max = 1'000;
inline constexpr std::size_t k_record_findings_per_rule_max = 50;
inline constexpr std::uint64_t k_config_file_bytes_max = k_mib;  // plans, policies, trust, keys
inline constexpr std::uint64_t k_store_quota_bytes = 10 * k_gib;
inline constexpr std::uint64_t k_store_reserve_bytes = 16 * k_mib;
inline constexpr std::size_t k_log_leaf_bytes_max = 4096;  // ours have about 300

// --- redaction: all in work units, so that output never depends on the machine (S-14)
inline constexpr std::uint64_t k_rule_cache_bytes_max = 64 * k_mib;
inline constexpr std::size_t k_known_values_max = 4'096;           // S-15: most trusted first
inline constexpr std::size_t k_structured_bytes_max = 4 * k_mib;   // larger ones are read as text
inline constexpr std::size_t k_decode_depth_max = 3;               // base64 of base64 of gzip
inline constexpr std::size_t k_encoded_run_bytes_max = 32 * k_kib;  // longer runs go in parts
inline constexpr std::size_t k_inflated_bytes_max = 8 * k_mib;     // of one compressed value
inline constexpr std::size_t k_confirm_windows_per_kib = 64;       // then masked on keyword alone

}  // namespace sourceos::limits
