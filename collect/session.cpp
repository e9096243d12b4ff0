#include "collect/session.hpp"

#include <algorithm>
#include <array>
#include <future>

#include <fmt/format.h>

#include "bundle/frame.hpp"
#include "bundle/key.hpp"
#include "bundle/secret.hpp"
#include "bundle/writer.hpp"
#include "collect/entry_facts.hpp"
#include "collect/gather.hpp"
#include "collect/identity.hpp"
#include "collect/shown_text.hpp"
#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/ownership.hpp"

namespace sourceos::collect {

namespace {

namespace fs = std::filesystem;

// What no bundle claims, said in every bundle (security S-04, S-16, S-24, S-30).
std::vector<bundle::RedactedText> non_claims() {
  return {
      bundle::RedactedText("The order of bundles after the newest checkpoint that left this host is "
                           "the host's own word."),
      bundle::RedactedText("Redaction protects from accidental disclosure by programs that do not "
                           "hide it; a program that wants to hide data in its output can."),
      bundle::RedactedText("A party that can both write into a collected source and read the bundle "
                           "can test guesses of masked values within one tag scope."),
      bundle::RedactedText("Memory that the system writes to swap or hibernation is not protected."),
  };
}

std::string lower_hex(host::Random& random, std::size_t bytes) {
  return hex_encode(random.bytes(bytes));
}

Result<std::vector<redact::NamedText>> read_texts(const std::vector<fs::path>& files) {
  std::vector<redact::NamedText> texts;
  for (const fs::path& file : files) {
    SOURCEOS_TRY_ASSIGN_CONTEXT(std::string text,
                                host::read_file(file, limits::k_config_file_bytes_max),
                                fmt::format("read '{}'", file.string()));
    texts.push_back({file.filename().string(), std::move(text)});
  }
  return texts;
}

}  // namespace

struct Session::State {
  host::Host* host = nullptr;
  host::ToolFinder* tools = nullptr;
  SessionOptions options;
  std::string run_id;
  UtcTime started_at;
  std::uint64_t started_boot_ms = 0;

  std::unique_ptr<bundle::Signer> bundle_signer;
  std::unique_ptr<bundle::Signer> log_signer;
  std::unique_ptr<bundle::Signer> sidecar_signer;  // null: no sidecars
  std::optional<bundle::Store> store;
  std::optional<bundle::Scratch> scratch;
  std::unique_ptr<redact::Pipeline> pipeline;
  std::future<void> teaching;  // own secrets, while collectors run; see taught()

  std::optional<std::uint64_t> intent;
  std::vector<Artifact> own_artifacts;
  SessionFacts facts;
  std::vector<Gathered> gathered;
  EntriesOutcome entries;
  std::optional<bundle::Draft> draft;
  bundle::Record record;
  std::vector<Gap> gaps;

  Status load_keys() {
    const host::Environment& environment = host->environment;
    if (const auto root = host::make_owned_directory(environment.config_root, environment.uid);
        !root) {
      return fail(root.error());
    }
    const bundle::KeyDirectory keys(
        environment.config_root / "keys",
        environment.test_seams ? bundle::KeyRealm::test : bundle::KeyRealm::production);
    fs::path signing_key = options.signing_key;
    if (const std::string* file = host::find_variable(environment, "SOURCEOS_SIGNING_KEY_FILE");
        signing_key.empty() && file != nullptr) {
      signing_key = *file;
    }
    if (signing_key.empty()) {
      SOURCEOS_TRY_ASSIGN(bundle_signer,
                          keys.load_or_create(bundle::KeyRole::bundle, host->random));
    } else {
      SOURCEOS_TRY_ASSIGN(bundle_signer, bundle::load_signer(signing_key));
    }
    SOURCEOS_TRY_ASSIGN(log_signer, keys.load_or_create(bundle::KeyRole::log, host->random));
    // Sidecars are made by whoever has a key for them.
    std::error_code ignored;
    if (fs::exists(keys.file_of(bundle::KeyRole::sidecar), ignored)) {
      SOURCEOS_TRY_ASSIGN(sidecar_signer, keys.load(bundle::KeyRole::sidecar));
    }
    return {};
  }

  Status open_store() {
    bundle::StoreOptions store_options;
    store_options.root = options.store.empty() ? bundle::default_store_root(host->environment)
                                               : options.store;
    store_options.access = bundle::StoreAccess::write;
    store_options.log_signer = log_signer.get();
    store_options.anchor_targets = options.anchors;
    SOURCEOS_TRY_ASSIGN(store, bundle::Store::open(*host, std::move(store_options)));
    const bool acts = options.mode == bundle::Mode::apply;
    SOURCEOS_TRY(store->check_room(acts ? bundle::Store::Purpose::act : bundle::Store::Purpose::look));
    SOURCEOS_TRY_ASSIGN(scratch, store->make_scratch());
    return {};
  }

  Status make_pipeline() {
    redact::PipelineOptions how;
    std::vector<fs::path> rule_files = options.rule_files;
    rule_files.insert(rule_files.end(), options.plan.rule_files.begin(),
                      options.plan.rule_files.end());
    SOURCEOS_TRY_ASSIGN(how.rule_files, read_texts(rule_files));
    SOURCEOS_TRY_ASSIGN(how.known_values, read_texts(options.known_value_files));
    for (const std::string& value : options.plan.known_values) {
      how.known_values.push_back({"plan", value});
    }
    how.disabled_rules = options.disabled_rules;
    how.tag_scope = options.tag_scope;
    how.run_id = run_id;
    how.identity = read_identity(host->environment);
    how.personal_data = options.personal_data;
    how.private_addresses = options.private_addresses;
    how.hostile_sources = options.plan.is_hostile;
    how.keys = [this](std::string_view label, std::string_view context) {
      std::array<std::uint8_t, 32> key{};
      if (const Result<bundle::SecretBytes> derived = store->derive(label, context)) {
        std::copy_n(derived->view().begin(), key.size(), key.begin());
      }
      return key;
    };
    how.cache_directory = host->environment.state_root / "cache";
    SOURCEOS_TRY_ASSIGN(pipeline, redact::Pipeline::create(std::move(how)));
    // Where there is no thread to be had, taught() does it.
    teaching = std::async(std::launch::async | std::launch::deferred, [this] {
      teach_own_secrets(*pipeline, host->environment, options.argv);
    });
    return {};
  }

  // The pipeline, once it knows this process's own secrets.
  redact::Pipeline& taught() {
    if (teaching.valid()) {
      teaching.get();
    }
    return *pipeline;
  }

  // A keyed hash that says "the same machine" to the owner of the store and nothing to others.
  std::string keyed_tag(std::string_view text) const {
    const Result<bundle::SecretBytes> key = store->derive("host-tag/v1", options.tag_scope);
    constexpr std::size_t k_tag_bytes = 16;
    return key ? hex_encode(bundle::keyed_hash(*key, text).substr(0, k_tag_bytes)) : std::string();
  }

  void teach_lessons() {
    using Trust = redact::Pipeline::Trust;
    for (const Teacher teacher : {Teacher::operator_source, Teacher::hostile_source}) {
      for (const Gathered& one : gathered) {
        for (const Lesson& lesson : one.collection.lessons) {
          if (lesson.teacher == teacher) {
            redact::DocumentOptions how;
            how.format = format_of(lesson.hint);
            how.findings = false;
            taught().teach_document(
                lesson.bytes, how,
                teacher == Teacher::operator_source ? Trust::operator_source : Trust::hostile_source);
          }
        }
      }
    }
    taught().freeze();
  }

  void gather_own_artifacts() {
    if (own_artifacts.empty() && facts.findings.empty()) {
      return;
    }
    Gathered own{.name = k_session_collector, .is_required = false, .limits = {}, .outcome = {},
                 .message = {}, .collection = {}};
    own.collection.artifacts = std::move(own_artifacts);
    own.collection.findings = std::move(facts.findings);
    gathered.push_back(std::move(own));
  }

  Status collect() {
    const fs::path layers = scratch->path() / "layers";
    SOURCEOS_TRY(host::make_directories(layers, 0700));
    SOURCEOS_TRY_ASSIGN(gathered, gather(*host, *tools, options.plan, scratch->path() / "collectors"));
    gather_own_artifacts();
    teach_lessons();
    SOURCEOS_TRY_ASSIGN(bundle::BundleWriter writer,
                        bundle::BundleWriter::create({.directory = layers,
                                                      .compression_level = options.compression_level,
                                                      .jobs = options.jobs}));
    SOURCEOS_TRY_ASSIGN(entries, write_entries(*host, *pipeline, writer, gathered,
                                               {.jobs = options.jobs,
                                                .at = started_at,
                                                .progress = options.progress}));
    SOURCEOS_TRY_ASSIGN(draft, writer.finish());
    fill_record_facts(record, *host, *pipeline, gathered, entries,
                      {.keyed_tag = [this](std::string_view text) { return keyed_tag(text); },
                       .toolkit_version = options.toolkit_version});
    gaps = required_gaps(record, gathered);
    return {};
  }

  Status fill_record(const SessionOutcome& outcome) {
    record.run_id = run_id;
    record.mode = options.mode;
    for (const std::string& word : options.command_path) {
      record.command.path.push_back(known_word(*pipeline, word));
    }
    record.command.argv = shown_texts(*pipeline, options.argv);
    record.command.binary = known_word(
        *pipeline, options.argv.empty() ? std::string("sourceos")
                                        : fs::path(options.argv[0]).filename().string());
    record.outcome.exit_code = outcome.exit_code;
    record.outcome.result = outcome.result;
    if (!outcome.reason.empty()) {
      record.outcome.reason = shown_text(*pipeline, std::string_view(outcome.reason));
    }
    record.outcome.started = outcome.started;
    record.started_at = started_at;
    record.finished_at = host->clock.now();
    record.clock.started_boot_ms = started_boot_ms;
    record.clock.finished_boot_ms = host->clock.boot_ms();
    constexpr std::uint64_t k_boot_id_bytes_max = 64;
    record.clock.boot_tag = keyed_tag(
        "boot:" + host::read_file(host::system_path(host->environment,
                                                    "/proc/sys/kernel/random/boot_id"),
                                  k_boot_id_bytes_max)
                      .value_or("unknown"));
    record.sequence.intent = intent;
    record.subject = {known_word(*pipeline, options.plan.subject_kind),
                      known_word(*pipeline, options.plan.subject_ref)};
    SOURCEOS_TRY_ASSIGN(const std::string policy, canonical_plan(options.plan));
    record.policy_hash = bundle::sha256(policy);
    fill_draft_facts();
    fill_redaction();
    fill_environment();
    record.non_claims = non_claims();
    fill_session_facts(record, *pipeline, facts);
    return {};
  }

  void fill_draft_facts() {
    record.entry_count = draft->entry_count;
    record.entry_bytes = draft->entry_bytes;
    record.index_digest = draft->index_digest;
    record.zstd_version = bundle::zstd_version();
    record.compression_level = static_cast<std::uint64_t>(options.compression_level);
    record.key_custody = bundle_signer->custody();
  }

  void fill_redaction() {
    const redact::RulesetInfo& info = pipeline->info();
    record.redaction = {.ruleset = info.digest,
                        .engine = shown_text(*pipeline, std::string_view(info.engine)),
                        .complete = draft->complete,
                        .by_rule = draft->by_rule,
                        .by_class = draft->by_class,
                        .tag_scope = shown_text(*pipeline, std::string_view(info.tag_scope)),
                        .tag_key_check = info.tag_key_check};
  }

  void fill_environment() {
    for (const host::EnvironmentOverride& one : host->environment.overrides) {
      bundle::RecordOverride row{.name = shown_text(*pipeline, std::string_view(one.name)),
                                 .path_ref = {}};
      if (!one.path.empty()) {
        row.path_ref = shown_text(*pipeline, std::string_view(one.path));
      }
      record.environment_overrides.push_back(std::move(row));
    }
    record.ignored_seams = shown_texts(*pipeline, host->environment.ignored_seams);
    record.test_seams = host->environment.test_seams;
    record.nonce = options.nonce;
    record.case_name = shown_text(*pipeline, options.case_name);
    record.examiner = shown_text(*pipeline, options.examiner);
    record.note = shown_text(*pipeline, options.note);
  }

  // Hands the newest checkpoint to the anchors; one that fails is written down in the log.
  Status hand_out_checkpoints(SessionReport& report) {
    for (const fs::path& target : options.anchors) {
      const bundle::RedactedText shown = shown_text(*pipeline, std::string_view(target.string()));
      const Result<bundle::Anchor> anchored = store->anchor(target, shown);
      if (anchored) {
        continue;
      }
      report.warnings.push_back(anchored.error().read_out());
      SOURCEOS_TRY(store->append_change(pipeline->json({{"change", "anchor-failed"},
                                                        {"target", target.string()},
                                                        {"reason", anchored.error().reason}})));
    }
    return {};
  }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::begin(host::Host& host, host::ToolFinder& tools, SessionOptions options) {
  auto state = std::make_unique<State>();
  state->host = &host;
  state->tools = &tools;
  state->options = std::move(options);
  state->run_id = lower_hex(host.random, 16);
  state->started_at = host.clock.now();
  state->started_boot_ms = host.clock.boot_ms();
  SOURCEOS_TRY_CONTEXT(state->load_keys(), "load keys");
  SOURCEOS_TRY_CONTEXT(state->open_store(), "open the evidence store");
  SOURCEOS_TRY_CONTEXT(state->make_pipeline(), "set up redaction");
  return Session(std::move(state));
}

Status Session::intend(const json::Value& document) {
  SOURCEOS_TRY_ASSIGN(state_->intent, state_->store->append_intent(state_->taught().json(document)));
  return {};
}

void Session::add(Artifact artifact) { state_->own_artifacts.push_back(std::move(artifact)); }

Status Session::add_json(std::vector<std::string> path, EntryKind kind,
                         const json::Value& document) {
  SOURCEOS_TRY_ASSIGN(std::string bytes, json::write_canonical(document));
  add({.path = std::move(path),
       .kind = kind,
       .media_type = MediaType::json,
       .hint = ContentHint::json,
       .content = std::move(bytes),
       .source = {}});
  return {};
}

SessionFacts& Session::facts() { return state_->facts; }

Status Session::collect() { return state_->collect(); }

const std::vector<Gap>& Session::gaps() const { return state_->gaps; }

Result<SessionReport> Session::seal(const SessionOutcome& outcome) {
  SOURCEOS_TRY(state_->fill_record(outcome));
  const bundle::Signers signers{.bundle = *state_->bundle_signer,
                                .log = *state_->log_signer,
                                .sidecar = state_->sidecar_signer.get()};
  SOURCEOS_TRY_ASSIGN(const bundle::SealedBundle sealed,
                      state_->store->seal(*state_->draft, std::move(state_->record), signers));
  SessionReport report{.id = sealed.id,
                       .seq = sealed.seq,
                       .log_id = state_->store->log_id(),
                       .store = state_->store->root(),
                       .record = sealed.record,
                       .gaps = state_->gaps,
                       .warnings = {}};
  SOURCEOS_TRY(state_->hand_out_checkpoints(report));
  return report;
}

std::string Session::host_tag(std::string_view machine_id) const {
  return state_->keyed_tag("machine:" + std::string(machine_id));
}
const redact::Pipeline& Session::pipeline() const { return state_->taught(); }

const fs::path& Session::scratch() const { return state_->scratch->path(); }

}  // namespace sourceos::collect
