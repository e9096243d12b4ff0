#include "redact/pipeline.hpp"

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/identity.hpp"
#include "redact/pipeline_impl.hpp"
#include "redact/structured/structured.hpp"
#include "redact/vocabulary.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_block_bytes = 512 * 1024;
constexpr std::size_t k_commitment_bytes_min = 64;    // S-32: shorter originals could be guessed
constexpr std::size_t k_operator_bytes_min = 8;       // S-15
constexpr std::size_t k_hostile_bytes_min = 16;

bool may_teach(std::string_view value, Pipeline::Trust trust, Verdict verdict, bool issuer) {
  if (is_placeholder(value) || is_vocabulary(value)) {
    return false;
  }
  if (trust == Pipeline::Trust::operator_source) {
    return value.size() >= k_operator_bytes_min;
  }
  return value.size() >= k_hostile_bytes_min && verdict != Verdict::unsure &&
         (verdict == Verdict::checked || issuer);
}

}  // namespace

std::string_view to_string(Found found) {
  switch (found) {
    case Found::rule: return "rule";
    case Found::known: return "known";
    case Found::identity: return "identity";
    case Found::structured: return "structured";
    case Found::key_block: return "key-block";
    case Found::encoded: return "encoded";
    case Found::shadow: return "shadow";
    case Found::undecoded: return "undecoded";
    case Found::budget: return "budget";
  }
  return "rule";
}

std::unique_ptr<Worker> Pipeline::Impl::borrow() {
  {
    const std::scoped_lock lock(workers_lock);
    if (!workers.empty()) {
      auto worker = std::move(workers.back());
      workers.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(setup);
}

void Pipeline::Impl::give_back(std::unique_ptr<Worker> worker) {
  const std::scoped_lock lock(workers_lock);
  workers.push_back(std::move(worker));
}

std::unique_ptr<std::vector<bool>> Pipeline::Impl::skipped_labels(std::string_view name) const {
  const AllowList& allow = options.allow;
  const auto fits = [&](const std::string& glob) { return text::glob_match(glob, name); };
  if (allow.paths.empty() || std::ranges::none_of(allow.paths, fits)) {
    return nullptr;
  }
  auto skip = std::make_unique<std::vector<bool>>(rules->labels().size(), allow.rules.empty());
  for (std::size_t label = 0; label < skip->size(); ++label) {
    if (std::ranges::find(allow.rules, rules->labels()[label].id) != allow.rules.end()) {
      (*skip)[label] = true;
    }
  }
  return skip;
}

std::unique_ptr<Commitment> Pipeline::Impl::begin_commitment(const DocumentOptions& document,
                                                             std::uint64_t length) const {
  if (document.commitment_path.empty() || length < k_commitment_bytes_min) {
    return nullptr;
  }
  return std::make_unique<Commitment>(keys, options.run_id, document.commitment_path, length);
}

Passage::Passage(const Pipeline::Impl& impl, Worker& worker, const DocumentOptions& document,
                 const ValueSink* values)
    : rewriter(*impl.rules, document),
      impl_(&impl),
      values_(values),
      skip_(impl.skipped_labels(document.name)),
      scan_(impl.setup, worker,
            {.findings = document.findings, .skip = skip_.get(), .values = values}) {}

void Passage::add_structure(std::string_view bytes, const DocumentOptions& document) {
  const std::uint32_t label = impl_->rules->label(Own::structured);
  if (bytes.size() > limits::k_structured_bytes_max || (skip_ != nullptr && (*skip_)[label])) {
    return;
  }
  const auto found = secret_values(document.format, document.name, bytes, &rewriter.bare_values);
  if (!found) {
    rewriter.bare_values.clear();
    return;  // not of its format: the text engine has it
  }
  for (const SecretValue& value : *found) {
    Span span{.from = value.from, .to = value.to, .klass = value.klass, .check = "structure", .label = label};
    if (!impl_->setup.name_span(span, value.value, false)) {
      continue;
    }
    if (values_ != nullptr) {
      (*values_)(span, value.value, Verdict::confirmed);
    }
    scan_.spans.push_back(span);
  }
}

void Passage::advance(std::string_view text, std::uint64_t base, bool final) {
  scan_.advance(text, base, final);
  rewriter.write(text, base, scan_.settled(), final, scan_.spans, scan_.findings);
}

std::uint64_t Passage::needed_from() const {
  return std::min(scan_.needed_from(), rewriter.written());
}

void Passage::fill(bundle::RedactionRecord& record) const {
  rewriter.fill(record);
  record.foreign = scan_.foreign();
  record.limits = scan_.limits_reached;
}

Pipeline::Pipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::create(PipelineOptions options) {
  auto impl = std::make_unique<Impl>();
  SOURCEOS_TRY_ASSIGN(impl->rules, Ruleset::create(options));
  impl->keys = options.keys ? options.keys : process_keys();
  impl->pseudonyms = std::make_unique<Pseudonyms>(impl->keys, options.tag_scope, options.run_id);
  impl->options = std::move(options);
  impl->options.keys = impl->keys;
  if (impl->options.personal_data) {
    add_identity(impl->options.identity, impl->known);
  }
  impl->setup = {.rules = impl->rules.get(),
                 .pseudonyms = impl->pseudonyms.get(),
                 .known = &impl->known,
                 .personal_data = impl->options.personal_data,
                 .private_addresses = impl->options.private_addresses,
                 .hostile = impl->options.hostile_sources,
                 .allowed_tags = &impl->options.allow.value_tags};
  RulesetInfo& info = impl->info;
  info.digest = impl->rules->digest();
  info.engine = impl->rules->engine_name();
  info.rules = impl->rules->rules().size();
  info.disabled_rules = impl->options.disabled_rules;
  info.tag_scope = impl->options.tag_scope;
  info.tag_key_check = impl->pseudonyms->key_check();
  info.cached = impl->rules->cached();
  info.degraded = impl->rules->degraded();
  impl->known.freeze();
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(impl)));
  for (const NamedText& file : pipeline->impl_->options.known_values) {
    for (const std::string_view line : text::lines(file.text)) {
      pipeline->teach(line, "known", Trust::operator_source);
    }
  }
  return pipeline;
}

void Pipeline::teach(std::string_view value, std::string_view klass, Trust trust) {
  if (impl_->frozen || !may_teach(value, trust, Verdict::confirmed, false)) {
    return;
  }
  // Classes that reach a placeholder are words of our own tables.
  std::string_view known_class = "known";
  for (const Label& label : impl_->rules->labels()) {
    if (label.klass == klass) {
      known_class = label.klass;
    }
  }
  impl_->known.add({.value = std::string(value), .klass = known_class,
                    .operator_source = trust == Trust::operator_source});
}

void Pipeline::teach_document(std::string_view bytes, const DocumentOptions& options,
                              Trust trust) {
  if (impl_->frozen) {
    return;
  }
  std::vector<KnownValue> learned;
  const ValueSink values = [&](const Span& span, std::string_view value, Verdict verdict) {
    const Label& label = impl_->rules->labels()[span.label];
    const bool secret = label.found == Found::rule || label.found == Found::structured ||
                        label.found == Found::known;
    if (secret && may_teach(value, trust, verdict, label.issuer)) {
      learned.push_back({.value = std::string(value), .klass = span.klass,
                         .issuer = label.issuer,
                         .operator_source = trust == Trust::operator_source});
    }
  };
  {
    const BorrowedWorker worker(*impl_);
    Passage passage(*impl_, *worker, options, &values);
    passage.add_structure(bytes, options);
    passage.advance(bytes, 0, true);
  }
  for (KnownValue& value : learned) {
    impl_->known.add(std::move(value));
  }
}

void Pipeline::freeze() {
  if (impl_->frozen) {
    return;
  }
  impl_->known.freeze();
  impl_->info.known_values = impl_->known.size();
  impl_->info.known_dropped = impl_->known.dropped();
  impl_->frozen = true;
  const std::scoped_lock lock(impl_->workers_lock);
  impl_->workers.clear();  // their scratch does not fit the new set
}

bundle::RedactedText Pipeline::text(std::string_view bytes) const {
  const BorrowedWorker worker(*impl_);
  DocumentOptions options;
  options.findings = false;
  Passage passage(*impl_, *worker, options);
  passage.advance(bytes, 0, true);
  return bundle::RedactedText(std::move(passage.rewriter.out()));
}

bundle::Redacted Pipeline::document(std::string_view bytes, const DocumentOptions& options,
                                    std::vector<Hit>* hits) const {
  DocumentOptions asked = options;
  asked.hits = hits != nullptr;
  const BorrowedWorker worker(*impl_);
  Passage passage(*impl_, *worker, asked);
  passage.add_structure(bytes, asked);
  if (asked.bytes) {
    passage.rewriter.out().reserve(bytes.size() + bytes.size() / 16 + 64);
  }
  // In steps, so that what was scanned is still in the cache when it is written.
  for (std::size_t upto = k_block_bytes; upto < bytes.size(); upto += k_block_bytes) {
    passage.advance(bytes.substr(0, upto), 0, false);
  }
  passage.advance(bytes, 0, true);
  bundle::RedactionRecord record;
  passage.fill(record);
  record.bytes_scanned = bytes.size();
  if (const auto commitment = impl_->begin_commitment(options, bytes.size())) {
    commitment->update(bytes);
    record.commitment = commitment->finish_hex();
  }
  std::vector<bundle::Finding> findings;
  for (Excerpted& found : passage.rewriter.findings()) {
    const Label& label = impl_->rules->labels()[found.label];
    findings.push_back({bundle::RedactedText(label.id), label.severity, {}, found.from, found.to,
                        found.line, bundle::RedactedText(std::move(found.excerpt))});
  }
  if (hits != nullptr) {
    for (Excerpted& hit : passage.rewriter.take_hits()) {
      hit.hit.excerpt = bundle::RedactedText(std::move(hit.excerpt));
      hits->push_back(std::move(hit.hit));
    }
  }
  std::string out = asked.bytes ? std::move(passage.rewriter.out()) : std::string();
  return {std::move(out), std::move(record), std::move(findings)};
}

const RulesetInfo& Pipeline::info() const { return impl_->info; }

std::string Pipeline::tag_of(std::string_view value) const {
  const Tag tag = impl_->pseudonyms->tag(value, TagScope::configured);
  return {tag.data(), tag.size()};
}

std::string Pipeline::commitment(std::string_view path, std::string_view original) const {
  Commitment commitment(impl_->keys, impl_->options.run_id, path, original.size());
  commitment.update(original);
  return commitment.finish_hex();
}

}  // namespace sourceos::redact
