#include <array>
#include <charconv>

#include <fmt/format.h>

#include "bundle/log/host_log.hpp"
#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/time.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

namespace log = bundle::log;

Result<std::uint64_t> number_operand(const std::string& text, std::string_view name) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::usage, "usage", fmt::format("{} is a whole number", name));
  }
  return value;
}

json::Value or_null(const auto& optional_digest) {
  return optional_digest ? json::Value(optional_digest->text()) : json::Value();
}

// --- show

constexpr std::array k_show_options = {
    Option{.name = "--limit",
           .kind = ValueKind::number,
           .value = "N",
           .help = "At most N entries, newest first; 20 by default, 0 for all"},
};
constexpr std::array k_show_examples = {Example{"The newest entries", "evidence log show"}};

Result<Report> show(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  const log::HostLog& host_log = open.store.log();
  const std::uint64_t limit = options.number("--limit").value_or(20);
  json::Value record = new_record("evidence-log-show");
  record["logId"] = open.store.log_id();
  record["origin"] = host_log.checkpoint().origin;
  record["size"] = host_log.size();
  record["root"] = host_log.root().text();
  record["leaves"] = json::Value::array();
  SOURCEOS_TRY(host_log.for_each_back([&](const log::StoredLeaf& stored) -> Result<bool> {
    const log::Leaf& leaf = stored.leaf;
    record["leaves"].push_back({{"seq", leaf.seq},
                                {"kind", log::to_string(leaf.kind)},
                                {"bundle", or_null(leaf.bundle)},
                                {"payload", or_null(leaf.payload)},
                                {"ref", leaf.ref ? json::Value(*leaf.ref) : json::Value()},
                                {"at", leaf.at}});
    return limit == 0 || record["leaves"].size() < limit;
  }));
  return Report(std::move(record));
}

void print_show(const json::Value& record, Text& text) {
  text.field("log", text_of(record, "logId"));
  text.field("size", number(number_of(record, "size")));
  text.field("root", text_of(record, "root"));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "leaves")) {
    rows.push_back({number(number_of(row, "seq")), text_of(row, "at"), text_of(row, "kind"),
                    part_of(row, "ref"), short_id(text_of(row, "bundle"))});
  }
  text.gap().table({"seq", "at", "kind", "ref", "bundle"}, rows);
}

// --- verify

constexpr std::array k_verify_examples = {
    Example{"Read the whole log again and check it", "evidence log verify"},
};

Result<Report> verify_log(const Options&, Context& context) {
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  const auto signer = key_directory(context).load(bundle::KeyRole::log);
  const std::optional<bundle::PublicKey> key =
      signer ? std::optional((*signer)->public_key()) : std::nullopt;
  const std::vector<log::LogFault> faults = open.store.log().verify(key);
  json::Value record = new_record("evidence-log-verify");
  record["logId"] = open.store.log_id();
  record["size"] = open.store.log().size();
  record["root"] = open.store.log().root().text();
  record["keyKnown"] = key.has_value();
  record["faults"] = json::Value::array();
  for (const log::LogFault& fault : faults) {
    record["faults"].push_back({{"reason", fault.reason}, {"detail", fault.detail}});
  }
  return Report(std::move(record), faults.empty() ? ExitCode::done : ExitCode::negative,
                faults.empty() ? std::string() : faults.front().reason);
}

void print_verify(const json::Value& record, Text& text) {
  const bool is_good = part_of(record, "faults").empty();
  text.line(is_good ? "the log is whole" : "the log is not whole", is_good ? Tone::good : Tone::bad);
  text.field("log", text_of(record, "logId"));
  text.field("size", number(number_of(record, "size")));
  text.field("root", text_of(record, "root"));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "faults")) {
    rows.push_back({Cell(text_of(row, "reason"), Tone::bad), text_of(row, "detail")});
  }
  text.table({}, rows);
}

// --- checkpoint, proof, consistency: texts that other tools read

constexpr std::array k_output_options = {output_option("Write the text to PATH")};

Result<Report> hand_out(std::string_view name, std::string text, const Options& options,
                        const Context& context) {
  json::Value record = new_record(name);
  if (const auto path = options.value("--output"); path && *path != "-") {
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path, 0644));
    SOURCEOS_TRY(file.write(text));
    SOURCEOS_TRY(file.commit());
    record["output"] = shown_path(context, *path);
  }
  record["text"] = std::move(text);
  return Report(std::move(record));
}

// The text itself is the answer: its first line is ours and a proof must stay what it is. It is
// made of digits, base64 and our origin, so there is nothing in it to be shown otherwise.
void print_text(const json::Value& record, Text& text) {
  if (const std::string path = text_of(record, "output"); !path.empty()) {
    text.field("written", path);
    return;
  }
  text.verbatim_lines(text_of(record, "text"));
}

constexpr std::array k_checkpoint_examples = {
    Example{"The newest checkpoint, to keep elsewhere", "evidence log checkpoint --output log.checkpoint"},
};
Result<Report> checkpoint(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  return hand_out("evidence-log-checkpoint", open.store.log().checkpoint_text(), options, context);
}

constexpr std::array k_proof_operands = {
    Operand{.name = "SEQ", .kind = ValueKind::number, .help = "Number of the log entry"},
};
constexpr std::array k_proof_examples = {
    Example{"That entry 12 is in the log", "evidence log proof 12"},
};
Result<Report> proof(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const std::uint64_t seq, number_operand(options.operands()[0], "SEQ"));
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  if (seq >= open.store.log().size()) {
    return fail(Error(ErrorKind::not_found, "input-missing",
                      fmt::format("the log has {} entries, the last is {}", open.store.log().size(),
                                  open.store.log().size() - 1))
                    .with_next(context.command_line("evidence log show")));
  }
  SOURCEOS_TRY_ASSIGN(const log::TlogProof made, open.store.log().proof(seq));
  return hand_out("evidence-log-proof", log::write_tlog_proof(made), options, context);
}

constexpr std::array k_consistency_operands = {
    Operand{.name = "OLD", .kind = ValueKind::number, .help = "Earlier size of the log"},
    Operand{.name = "NEW", .kind = ValueKind::number, .help = "Later size; the newest by default", .least = 0},
};
constexpr std::array k_consistency_examples = {
    Example{"That the log only grew since it had 12 entries", "evidence log consistency 12"},
};
Result<Report> consistency(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const std::uint64_t old_size, number_operand(options.operands()[0], "OLD"));
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  std::uint64_t new_size = open.store.log().size();
  if (options.operands().size() == 2) {
    SOURCEOS_TRY_ASSIGN(new_size, number_operand(options.operands()[1], "NEW"));
  }
  if (old_size > new_size || new_size > open.store.log().size()) {
    return fail(ErrorKind::usage, "usage",
                fmt::format("OLD is at most NEW, and NEW at most {}", open.store.log().size()));
  }
  SOURCEOS_TRY_ASSIGN(const log::ConsistencyProof made,
                      open.store.log().consistency(old_size, new_size));
  return hand_out("evidence-log-consistency", log::write_consistency_proof(made), options, context);
}

// --- anchor, new

constexpr std::array k_anchor_own_options = {
    Option{.name = "--to",
           .kind = ValueKind::file,
           .value = "TARGET",
           .help = "File, or directory that gets <log id>.checkpoint"},
};
constexpr auto k_anchor_options = joined(k_anchor_own_options, k_dry_run_options);
constexpr std::array k_anchor_examples = {
    Example{"Leave the newest checkpoint outside this host's reach", "evidence log anchor --to /mnt/anchors"},
};
Result<Report> anchor(const Options& options, Context& context) {
  const auto target = options.value("--to");
  if (!target) {
    return fail(ErrorKind::usage, "usage", "'--to TARGET' is missing");
  }
  const bool is_planned = options.has("--dry-run");
  SOURCEOS_TRY_ASSIGN(OpenStore open, is_planned ? open_store(context, bundle::StoreAccess::read)
                                                 : open_standing_store(context));
  SOURCEOS_TRY_ASSIGN(const auto shown, redacted_text(context, shown_path(context, *target)));
  bundle::Anchor made{open.store.log().size(), open.store.log().root(),
                      format_seconds(context.host.clock.now()), shown.str()};
  if (!is_planned) {
    SOURCEOS_TRY_ASSIGN(made, open.store.anchor(*target, shown));
  }
  json::Value record = new_record("evidence-log-anchor");
  record["planned"] = is_planned;
  record["size"] = made.size;
  record["root"] = made.root.text();
  record["at"] = made.at;
  record["target"] = made.target;
  return Report(std::move(record));
}
void print_anchor(const json::Value& record, Text& text) {
  if (flag_of(record, "planned")) {
    text.line(fmt::format("would anchor to {} by {}", number_of(record, "size"), text_of(record, "target")));
    return;
  }
  text.line(fmt::format("anchored to {} at {} by {}", number_of(record, "size"), text_of(record, "at"),
                        text_of(record, "target")), Tone::good);
}

constexpr std::array k_new_own_options = {
    Option{.name = "--succeeds", .help = "The new log names the old one; always so"},
    Option{.name = "--new-key", .help = "Sign it with a new key; the old one stays beside it"},
    Option{.name = "--reason", .kind = ValueKind::text, .value = "TEXT", .help = "Why, for the log"},
};
constexpr auto k_new_options = joined(k_new_own_options, k_dry_run_options);
constexpr std::array k_new_examples = {
    Example{"After this machine was cloned from a snapshot", "evidence log new --succeeds --reason restored"},
    Example{"After the log's key was stolen", "evidence log new --new-key --reason stolen"},
};
Result<Report> begin_log(const Options& options, Context& context) {
  if (!options.has("--reason")) {
    return fail(ErrorKind::usage, "usage", "'log new' needs '--reason TEXT', which the log keeps");
  }
  json::Value record = new_record("evidence-log-new");
  record["planned"] = options.has("--dry-run");
  if (options.has("--dry-run")) {
    SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
    record["logId"] = nullptr;  // made of a nonce that there is not yet
    record["succeeds"] = open.store.log_id();
    return Report(std::move(record));
  }
  SOURCEOS_TRY_ASSIGN(const auto reason, redacted_text(context, *options.value("--reason")));
  const bundle::KeyDirectory keys = key_directory(context);
  if (options.has("--new-key")) {
    SOURCEOS_TRY(keys.rotate(bundle::KeyRole::log, context.host.random));
    SOURCEOS_TRY(extend_local_trust(context));
  }
  SOURCEOS_TRY_ASSIGN(const auto signer, keys.load_or_create(bundle::KeyRole::log, context.host.random));
  bundle::StoreOptions store;
  store.root = store_root(context);
  store.access = bundle::StoreAccess::write;
  store.log_signer = signer.get();
  SOURCEOS_TRY_ASSIGN(const std::string id,
                      bundle::Store::begin_successor(context.host, std::move(store), reason));
  record["logId"] = id;
  return Report(std::move(record));
}
void print_new(const json::Value& record, Text& text) {
  if (flag_of(record, "planned")) {
    text.field("would end", text_of(record, "succeeds"));
    return;
  }
  text.field("log", text_of(record, "logId"));
}

constinit const Command k_show = {
    .name = "show",
    .summary = "show entries of the host log",
    .options = k_show_options,
    .examples = k_show_examples,
    .run = show,
    .print = print_show,
    .store = StoreUse::needed,
};
constinit const Command k_verify = {
    .name = "verify",
    .summary = "read the whole log again and check it",
    .description = "Records, numbers, references, the tree and the signed checkpoint.",
    .examples = k_verify_examples,
    .run = verify_log,
    .print = print_verify,
    .store = StoreUse::needed,
};
constinit const Command k_checkpoint = {
    .name = "checkpoint",
    .summary = "print the newest signed checkpoint",
    .options = k_output_options,
    .examples = k_checkpoint_examples,
    .run = checkpoint,
    .print = print_text,
    .store = StoreUse::needed,
};
constinit const Command k_proof = {
    .name = "proof",
    .summary = "prove that an entry is in the log",
    .options = k_output_options,
    .operands = k_proof_operands,
    .examples = k_proof_examples,
    .run = proof,
    .print = print_text,
    .store = StoreUse::needed,
};
constinit const Command k_consistency = {
    .name = "consistency",
    .summary = "prove that the log only grew",
    .options = k_output_options,
    .operands = k_consistency_operands,
    .examples = k_consistency_examples,
    .run = consistency,
    .print = print_text,
    .store = StoreUse::needed,
};
constinit const Command k_anchor = {
    .name = "anchor",
    .summary = "hand the newest checkpoint to a file or directory",
    .description = "Up to the newest checkpoint that left the host, removing or reordering bundles is found by anyone.",
    .options = k_anchor_options,
    .examples = k_anchor_examples,
    .run = anchor,
    .print = print_anchor,
    .store = StoreUse::needed,
};
constinit const Command k_new = {
    .name = "new",
    .summary = "end the log and begin one that names it",
    .description = "For a store that was cloned or went back in time: a new log instead of a fork.",
    .options = k_new_options,
    .examples = k_new_examples,
    .run = begin_log,
    .print = print_new,
    .store = StoreUse::needed,
};

constexpr std::array<const Command*, 7> k_commands = {&k_show,  &k_verify,      &k_checkpoint,
                                                      &k_proof, &k_consistency, &k_anchor, &k_new};

}  // namespace

constinit const Command k_evidence_log = {
    .name = "log",
    .summary = "read, check and anchor the host log",
    .description = "The log puts the store's bundles in order: an append-only Merkle tree in the "
                   "forms of C2SP, signed by a key of its own.",
    .commands = k_commands,
};

}  // namespace sourceos::cli
