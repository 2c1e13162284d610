// The layer rule of the architecture as a checker: reads every #include of a source tree and names what breaks it.
//   core < domain < fix < sessions, rest, ws < client < services, sim < apps
#pragma once

#include <string>
#include <vector>

namespace marginfix::layering {

// "file:line: what, and why" for every violation, sorted; empty for a clean tree.
std::vector<std::string> violations(const std::string& root);

// C++ files read by the last rule set, for a test that wants to know that it looked at anything at all.
std::vector<std::string> source_files(const std::string& root);

}  // namespace marginfix::layering
