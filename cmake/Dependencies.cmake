# Every outside library, once. A target names it in LIBRARIES by the short name on the left.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(SOURCEOS_FOUND_VERSIONS "")
function(sourceos_dependency name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
  add_library(sourceos_ext_${name} INTERFACE)
  target_link_libraries(sourceos_ext_${name} INTERFACE PkgConfig::${name})
  set(SOURCEOS_FOUND_VERSIONS "${SOURCEOS_FOUND_VERSIONS}  ${name} ${${name}_VERSION}\n" PARENT_SCOPE)
endfunction()

sourceos_dependency(crypto libcrypto)
sourceos_dependency(expat expat)
sourceos_dependency(fmt fmt)
sourceos_dependency(plist libplist-2.0)
sourceos_dependency(re2 re2)
sourceos_dependency(simdjson simdjson)
sourceos_dependency(sodium libsodium)
sourceos_dependency(hs libhs)
sourceos_dependency(yaml yaml-0.1)
sourceos_dependency(zstd libzstd)

# Vectorscan's archive rather than its shared library, where there is one: it starts faster and lets
# redact/engine choose among the library's forms.
find_library(SOURCEOS_HS_ARCHIVE libhs.a)
if(SOURCEOS_HS_ARCHIVE)
  set_property(TARGET PkgConfig::hs PROPERTY INTERFACE_LINK_LIBRARIES ${SOURCEOS_HS_ARCHIVE} m)
endif()

# re2.pc asks for -pthread when compiling, which glibc has not needed for long and which would keep
# its users from sharing the tests' precompiled header.
set_property(TARGET PkgConfig::re2 PROPERTY INTERFACE_COMPILE_OPTIONS "")
