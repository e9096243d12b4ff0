# The machine's own tools, asked over the process runner; part of the library `host`.
list(APPEND SOURCEOS_HOST_SOURCES
  tools/answer.cpp
  tools/git.cpp
  tools/git_config.cpp
  tools/git_repository.cpp
  tools/git_sterile.cpp
  tools/launchd.cpp
  tools/mount_table.cpp
  tools/nix.cpp
  tools/plist.cpp
  tools/podman.cpp
  tools/systemd.cpp
  tools/version.cpp)
