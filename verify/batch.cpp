// Opening what is named on the command line, and many of them side by side.
#include "core/text.hpp"
#include "verify/bundle_judge.hpp"
#include "verify/verify.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace sourceos::verify {
namespace {

// What is there and is no bundle is a verdict; what could not be read is an Error.
bool is_verdict(const Error& error) {
  return error.kind == ErrorKind::malformed || error.kind == ErrorKind::limit ||
         error.kind == ErrorKind::refused;
}

Result<OpenedJudgement> judge_path(const std::filesystem::path& path,
                                   const VerifyOptions& options, bundle::FramePool& pool) {
  OpenedJudgement opened;
  auto layout = bundle::open_layout(path);
  if (!layout) {
    if (!is_verdict(layout.error())) {
      return fail(std::move(layout).error());
    }
    opened.judgement.verdict = refused_layout(layout.error(), options);
    return opened;
  }
  opened.layout = std::move(*layout);
  opened.judgement = BundleJudge(*opened.layout, options, pool).judge();
  return opened;
}

// Hands out indexes to threads and reports in order what they bring back.
class Batch {
 public:
  Batch(const std::vector<std::filesystem::path>& paths, const VerifyOptions& options,
        const std::function<void(std::size_t, const Result<Verdict>&)>& report)
      : paths_(paths), options_(options), report_(report), results_(paths.size()) {}

  // One thread's part. Its pool is its own: content of one bundle is read on one thread.
  void work() {
    bundle::FramePool pool(1);
    while (const auto index = take()) {
      auto judged = judge_path(paths_[*index], options_, pool);
      bring(*index, judged ? Result<Verdict>(std::move(judged->judgement.verdict))
                           : Result<Verdict>(fail(std::move(judged).error())));
    }
  }

 private:
  // Threads do not run further ahead than this of what was reported: results take memory.
  static constexpr std::size_t k_ahead_max = 1024;

  std::optional<std::size_t> take() {
    std::unique_lock lock(mutex_);
    reported_more_.wait(lock, [&] { return next_ < reported_ + k_ahead_max; });
    return next_ < paths_.size() ? std::optional(next_++) : std::nullopt;
  }

  void bring(std::size_t index, Result<Verdict> result) {
    std::unique_lock lock(mutex_);
    results_[index] = std::move(result);
    if (is_reporting_) {
      return;
    }
    is_reporting_ = true;
    while (reported_ < results_.size() && results_[reported_]) {
      const Result<Verdict> ready = std::move(*results_[reported_]);
      results_[reported_].reset();
      lock.unlock();
      report_(reported_, ready);
      lock.lock();
      ++reported_;
      reported_more_.notify_all();
    }
    is_reporting_ = false;
  }

  const std::vector<std::filesystem::path>& paths_;
  const VerifyOptions& options_;
  const std::function<void(std::size_t, const Result<Verdict>&)>& report_;

  std::mutex mutex_;
  std::condition_variable reported_more_;
  std::vector<std::optional<Result<Verdict>>> results_;
  std::size_t next_ = 0;
  std::size_t reported_ = 0;
  bool is_reporting_ = false;
};

}  // namespace

Result<OpenedJudgement> verify_path(const std::filesystem::path& path,
                                    const VerifyOptions& options) {
  bundle::FramePool pool(options.jobs);
  return judge_path(path, options, pool);
}

void verify_many(const std::vector<std::filesystem::path>& paths, const VerifyOptions& options,
                 unsigned jobs,
                 const std::function<void(std::size_t, const Result<Verdict>&)>& report) {
  if (paths.size() == 1) {
    const auto judged = verify_path(paths[0], options);
    report(0, judged ? Result<Verdict>(judged->judgement.verdict)
                     : Result<Verdict>(fail(judged.error())));
    return;
  }
  Batch batch(paths, options, report);
  const unsigned wanted = jobs == 0 ? std::thread::hardware_concurrency() : jobs;
  const std::size_t count = std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(1, paths.size()));
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < count; ++i) {
    helpers.emplace_back([&] { batch.work(); });
  }
  batch.work();
}

}  // namespace sourceos::verify
