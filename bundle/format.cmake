# What a bundle is made of.
list(APPEND SOURCEOS_BUNDLE_SOURCES
  archive.cpp
  blob.cpp
  digest.cpp
  entry_path.cpp
  frame_foreign.cpp
  frame_pool.cpp
  frame_reader.cpp
  frame_writer.cpp
  index_line.cpp
  index_line_reader.cpp
  index_spool.cpp
  json_text.cpp
  layer_builder.cpp
  layout.cpp
  layout_plan.cpp
  manifest.cpp
  pack_check.cpp
  record.cpp
  record_checks.cpp
  record_shape.cpp
  redacted.cpp
  relayout.cpp
  tar_header.cpp
  writer.cpp)
