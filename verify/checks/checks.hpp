// The checks, one file each (those that look at one thing from two sides share a file). The order
// in which they run is the table in verify.cpp.
#pragma once

#include "verify/run.hpp"

namespace sourceos::verify::checks {

// layout.cpp
CheckResult layout(Run& run);
CheckResult index_json(Run& run);
CheckResult unlisted(Run& run);
CheckResult special_files(Run& run);
// manifest.cpp
CheckResult manifest(Run& run);
CheckResult descriptors(Run& run);
// disclosure.cpp: which layers may be missing, said by a trusted key
void find_withheld(Run& run);
CheckResult disclosure(Run& run);
// envelope.cpp
CheckResult envelope(Run& run);
// signature.cpp
CheckResult signature(Run& run);
// key.cpp
CheckResult key(Run& run);
CheckResult threshold(Run& run);
// statement.cpp
CheckResult statement(Run& run);
// record.cpp
CheckResult record(Run& run);
CheckResult test_seams(Run& run);
// digests.cpp: reads all layers once; what it finds is also for the checks after it
CheckResult digests(Run& run);
CheckResult content(Run& run);
// index.cpp
CheckResult index_order(Run& run);
CheckResult unique(Run& run);
CheckResult paths(Run& run);
CheckResult members(Run& run);
// redaction.cpp
CheckResult redaction(Run& run);
// screen.cpp
CheckResult screen(Run& run);
CheckResult rescan(Run& run);
// receipt_safety.cpp
CheckResult receipt_safety(Run& run);
// sidecars.cpp
CheckResult sidecars(Run& run);
// log_proof.cpp
CheckResult log_proof(Run& run);
// sequence.cpp
CheckResult sequence(Run& run);
// policy.cpp
CheckResult policy(Run& run);

}  // namespace sourceos::verify::checks
