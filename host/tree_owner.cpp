// Linux keeps, for each thread, the ids that file access is judged by. Setting that user id to
// another than 0 also takes away the capabilities that override file permissions, and setting it
// back returns them. Supplementary groups are set by the bare system call, since the C library's
// function sets them in all threads.

#include "host/tree_owner.hpp"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace sourceos::host {

namespace {

// Stands for every id that has no name in our user namespace: nobody can become it, and root's
// rights do not reach its files.
constexpr uid_t k_unmapped_user = 65534;

void set_groups_of_thread(const std::vector<gid_t>& groups) {
  ::syscall(SYS_setgroups, groups.size(), groups.data());
}

}  // namespace

TreeOwner::TreeOwner(int directory) {
  struct stat found{};
  if (::geteuid() == 0 && ::fstat(directory, &found) == 0 && found.st_uid != 0) {
    become(found.st_uid, found.st_gid);
  }
}

TreeOwner::~TreeOwner() {
  if (!is_other_) {
    return;
  }
  const int kept_errno = errno;
  ::setfsuid(::geteuid());
  ::setfsgid(::getegid());
  set_groups_of_thread(our_groups_);
  errno = kept_errno;
}

void TreeOwner::become(uid_t user, gid_t group) {
  is_other_ = true;
  const int count = ::getgroups(0, nullptr);
  our_groups_.resize(static_cast<std::size_t>(count > 0 ? count : 0));
  if (::getgroups(count, our_groups_.data()) < 0) {
    our_groups_.clear();
  }
  set_groups_of_thread({});
  ::setfsgid(group);
  ::setfsuid(user);
  // Neither call says whether it worked; an id that cannot be asks for the one in force.
  const bool is_user = static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))) == user;
  ready_ = is_user || user == k_unmapped_user;
}

}  // namespace sourceos::host
