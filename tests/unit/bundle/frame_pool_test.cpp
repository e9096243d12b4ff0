#include "bundle/frame_pool.hpp"

#include <atomic>
#include <vector>

#include <doctest/doctest.h>

#include "bundle/frame_buffers.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

// Notes in which order frames are ended, and can fail at some.
class Recorder final : public OrderedFrames {
 public:
  Recorder(FramePool& pool, std::vector<std::uint64_t> bad)
      : OrderedFrames(pool), bad_(std::move(bad)) {}
  std::vector<std::uint64_t> ended;

 private:
  Status work(FramePool::Buffers& buffers) override {
    for (const std::uint64_t number : bad_) {
      if (number == buffers.number) {
        return fail(ErrorKind::io, "test", std::to_string(number));
      }
    }
    return {};
  }
  Status in_order(FramePool::Buffers& buffers) override {
    ended.push_back(buffers.number);
    return {};
  }
  std::vector<std::uint64_t> bad_;
};

Status run(unsigned jobs, Recorder& recorder, FramePool& pool, std::size_t count) {
  CHECK(pool.jobs() == jobs);
  for (std::size_t i = 0; i < count; ++i) {
    recorder.submit(pool.acquire(), i + 1 == count ? OrderedFrames::Position::last
                                                   : OrderedFrames::Position::inner);
  }
  return recorder.wait();
}

}  // namespace

TEST_CASE("frames end in order on any number of threads") {
  for (const unsigned jobs : {1U, 2U, 4U}) {
    FramePool pool(jobs);
    Recorder recorder(pool, {});
    CHECK(run(jobs, recorder, pool, 500).has_value());
    REQUIRE(recorder.ended.size() == 500);
    for (std::size_t i = 0; i < 500; ++i) {
      REQUIRE(recorder.ended[i] == i);
    }
  }
}

TEST_CASE("of several errors the first frame's is told, and nothing after it ends") {
  for (const unsigned jobs : {1U, 2U, 4U}) {
    FramePool pool(jobs);
    Recorder recorder(pool, {40, 70});
    const Status status = run(jobs, recorder, pool, 100);
    REQUIRE_FALSE(status.has_value());
    CHECK(status.error().message == "40");
    CHECK(recorder.has_failed());
    CHECK(recorder.ended.size() == 40);
  }
}

TEST_CASE("a pool that nobody uses ends at once") { CHECK(FramePool(3).jobs() == 3); }
