// Root does not read a user's tree with root's rights (security S-25, S-33): while one of these
// lives, this thread looks up and opens files as the owner of the tree.
#pragma once

#include <sys/types.h>

#include <vector>

namespace sourceos::host {

class TreeOwner {
 public:
  // `directory` is an open one. Does nothing unless we are root and it belongs to somebody else.
  explicit TreeOwner(int directory);
  ~TreeOwner();  // leaves errno alone
  TreeOwner(const TreeOwner&) = delete;
  TreeOwner& operator=(const TreeOwner&) = delete;

  // False when the identity could not be taken: nothing may be opened then.
  [[nodiscard]] bool ready() const { return ready_; }

 private:
  void become(uid_t user, gid_t group);

  bool is_other_ = false;
  bool ready_ = true;
  std::vector<gid_t> our_groups_;
};

}  // namespace sourceos::host
