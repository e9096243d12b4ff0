list(APPEND SOURCEOS_HOST_TESTS
  tools/answer_test.cpp
  tools/git_config_test.cpp
  tools/git_repository_test.cpp
  tools/git_sterile_test.cpp
  tools/git_test.cpp
  tools/launchd_test.cpp
  tools/mount_table_test.cpp
  tools/nix_test.cpp
  tools/plist_test.cpp
  tools/podman_test.cpp
  tools/systemd_test.cpp
  tools/version_test.cpp)
