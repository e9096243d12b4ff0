# The store and the host log on disk.
list(APPEND SOURCEOS_BUNDLE_SOURCES
  log/host_log.cpp
  log/host_log_caches.cpp
  log/host_log_leaves.cpp
  log/host_log_tiles.cpp
  log/host_log_verify.cpp
  log/host_log_writer.cpp
  signature_secret.cpp
  store.cpp
  store_adopt.cpp
  store_anchor.cpp
  store_documents.cpp
  store_fsck.cpp
  store_fsck_bundles.cpp
  store_gc.cpp
  store_growth.cpp
  store_heads.cpp
  store_heads_json.cpp
  store_layout.cpp
  store_list.cpp
  store_opening.cpp
  store_places.cpp
  store_reach.cpp
  store_seal.cpp
  store_state.cpp)
