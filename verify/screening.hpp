// Runs the screen over content as it comes by, frame by frame and on any thread, and finds tokens
// that cross the seams between frames.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/frame.hpp"
#include "bundle/pack_check.hpp"
#include "verify/run.hpp"

namespace sourceos::verify {

class Screening {
 public:
  // The members of a pack: hits are told as ranges in them.
  Screening(const Run& run, const std::vector<bundle::PackMember>& members);
  // One entry, or the index: `before` bytes of it lie in earlier layers.
  Screening(const Run& run, std::string_view member, std::uint64_t before = 0);

  // What bundle::check_pack and check_segment call; also ends the run when its time is up.
  [[nodiscard]] bundle::FrameInspector inspector();
  // A visitor that screens and then lets `inner` consume.
  [[nodiscard]] bundle::FrameVisitor& around(bundle::FrameVisitor& inner);
  // After the layer was read: adds the hits, in order, up to a fixed number a bundle.
  void collect(std::vector<ScreenHit>& hits);

 private:
  class Around final : public bundle::FrameVisitor {
   public:
    explicit Around(Screening& screening) : screening_(screening) {}
    [[nodiscard]] Status inspect(std::uint64_t offset, std::string_view bytes) override;
    [[nodiscard]] Status consume(std::uint64_t offset, std::string_view bytes) override;
    bundle::FrameVisitor* inner = nullptr;

   private:
    Screening& screening_;
  };

  [[nodiscard]] Status inspect(std::uint64_t offset, std::string_view bytes);
  void scan_seams();
  [[nodiscard]] bool locate(const bundle::screen::Hit& hit, ScreenHit& located) const;

  const Run& run_;
  const std::vector<bundle::PackMember>* members_ = nullptr;
  std::string_view member_;
  std::uint64_t before_ = 0;
  Around around_{*this};

  std::mutex mutex_;
  std::vector<bundle::screen::Hit> hits_;  // offsets in the layer
  struct Ends {
    std::string head;  // the first bytes of the frame that begins here
    std::string tail;  // the last bytes of the frame that ends here
  };
  std::map<std::uint64_t, Ends> seams_;  // by offset in the layer
};

}  // namespace sourceos::verify
