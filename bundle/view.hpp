// A bundle as its readers see it: `show`, `report` and `diff` read through this. It finds its way
// from index.json to the entries and checks the digests it passes; it judges nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/index_line.hpp"
#include "bundle/manifest.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

class Layout;

class View {
 public:
  // The layout must outlive the view.
  [[nodiscard]] static Result<View> open(const Layout& layout);
  View(View&&) noexcept;
  View& operator=(View&&) noexcept;
  ~View();

  [[nodiscard]] const Digest& id() const;  // M
  [[nodiscard]] const Manifest& manifest() const;
  [[nodiscard]] const json::Value& record() const;
  [[nodiscard]] std::uint64_t stored_bytes() const;  // of all blobs that M reaches

  // Index lines in order; `each` returns false to stop.
  [[nodiscard]] Status for_each_entry(const std::function<bool(const IndexLine&)>& each) const;
  // `not_found` "entry-missing".
  [[nodiscard]] Result<IndexLine> find(std::string_view path) const;

  // The content of an entry in parts, up to `bytes_max`; a whole one is checked against its
  // digest (`digest-mismatch`), after it was handed out.
  [[nodiscard]] Status read(const IndexLine& line, std::uint64_t bytes_max,
                            const std::function<Status(std::string_view)>& each) const;
  [[nodiscard]] Result<std::string> read_start(const IndexLine& line, std::uint64_t bytes_max) const;

 private:
  struct State;
  explicit View(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::bundle
