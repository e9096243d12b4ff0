// Judges the scalars of a tree of objects and arrays (JSON, YAML, property lists): fed with what a
// reader meets in order, it names the secret ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

// Deeper documents are left to the text engine.
inline constexpr std::size_t k_tree_depth_max = 64;

class TreeJudge {
 public:
  struct Scalar {
    std::size_t from = 0, to = 0;  // without quotes
    std::string value;             // decoded
    bool raw = true;               // the bytes at [from, to) are the value itself
    bool bare = false;             // a JSON number or word
  };

  // False when the tree is too deep.
  [[nodiscard]] bool open(bool array);
  void close();
  void key(std::string key);
  void scalar(Scalar scalar);

  [[nodiscard]] SecretValues take();

 private:
  struct Frame {
    bool array = false;
    bool data_of_secret = false;  // `data` and `stringData`, if the parent is a Secret
    std::string name;             // under which it stands in its parent
    std::string key;              // the key whose value comes next
    std::string kind;             // of a Kubernetes object
    std::string pair_name;        // {name: ..., value: ...}
    std::vector<Scalar> pair_values;
    std::vector<Scalar> data;     // masked when this turns out to be a Secret
    std::string option;           // an argument that takes the next one
  };

  void judge(Frame& frame, Scalar scalar);
  void judge_item(Frame& frame, const Scalar& scalar);
  void mask(const Scalar& scalar, std::string_view klass);
  void mask_part(const Scalar& scalar, std::size_t from, std::string_view klass);
  [[nodiscard]] bool is_under(std::string_view name, std::size_t up) const;

  std::vector<Frame> frames_;
  SecretValues out_;
};

// The place of the value in `NAME=value` or `--name=value` when it is a secret; npos when not.
[[nodiscard]] std::size_t secret_part(std::string_view assignment, std::string_view& klass);
// An option whose next argument is a secret.
[[nodiscard]] bool takes_secret(std::string_view argument);

}  // namespace sourceos::redact
