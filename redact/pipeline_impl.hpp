// What Pipeline and StreamRedactor share; not for others.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "redact/known_values.hpp"
#include "redact/pipeline.hpp"
#include "redact/pseudonym.hpp"
#include "redact/rewrite.hpp"
#include "redact/ruleset.hpp"
#include "redact/scan.hpp"

namespace sourceos::redact {

struct Pipeline::Impl {
  PipelineOptions options;
  KeySource keys;
  std::shared_ptr<const Ruleset> rules;
  std::unique_ptr<Pseudonyms> pseudonyms;
  KnownValues known;
  ScanSetup setup;
  RulesetInfo info;
  bool frozen = false;

  std::mutex workers_lock;
  std::vector<std::unique_ptr<Worker>> workers;  // idle ones

  [[nodiscard]] std::unique_ptr<Worker> borrow();
  void give_back(std::unique_ptr<Worker> worker);

  // Labels whose hits stay in this document; null when there are none.
  [[nodiscard]] std::unique_ptr<std::vector<bool>> skipped_labels(std::string_view name) const;
  [[nodiscard]] std::unique_ptr<Commitment> begin_commitment(const DocumentOptions& document,
                                                             std::uint64_t length) const;
};

// A worker for the time of one document.
class BorrowedWorker {
 public:
  explicit BorrowedWorker(Pipeline::Impl& impl) : impl_(&impl), worker_(impl.borrow()) {}
  ~BorrowedWorker() { impl_->give_back(std::move(worker_)); }
  BorrowedWorker(const BorrowedWorker&) = delete;
  BorrowedWorker& operator=(const BorrowedWorker&) = delete;
  [[nodiscard]] Worker& operator*() const { return *worker_; }

 private:
  Pipeline::Impl* impl_;
  std::unique_ptr<Worker> worker_;
};

// One document on its way: scan and rewrite, fed with a growing or moving view.
class Passage {
 public:
  Passage(const Pipeline::Impl& impl, Worker& worker, const DocumentOptions& document,
          const ValueSink* values = nullptr);

  // Places that the document's structure tells; before the first advance().
  void add_structure(std::string_view bytes, const DocumentOptions& document);
  void advance(std::string_view text, std::uint64_t base, bool final);
  // Bytes before this are not needed any more.
  [[nodiscard]] std::uint64_t needed_from() const;
  void fill(bundle::RedactionRecord& record) const;

  Rewriter rewriter;

 private:
  const Pipeline::Impl* impl_;
  const ValueSink* values_;
  std::unique_ptr<std::vector<bool>> skip_;
  Scan scan_;
};

}  // namespace sourceos::redact
