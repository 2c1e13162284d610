// An Engine for tests of what is around it: a row a record, a line of audit a decision, and failures on demand. A test program that has
// plain_engine.cpp among its sources does not take the real one out of its library.
//   any record         ReportRow, ExecID(17) = the body; meta "records", and "told_again" where the body was there before
//   decision           also a line of audit with the body as its reason
//   body "\xff..."     UndecodableRow
#pragma once

namespace marginfix::reconcile::test {

// How many of the next records cannot be applied (a full disk).
inline int failing_applies = 0;

}  // namespace marginfix::reconcile::test
