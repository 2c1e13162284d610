// What this program is, and which libraries it runs on.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marginfix::apps {

// "marginfix 0.1.0 (commit a6d6932), ..." and a line a library; one object with `json`.
void print_version(std::string_view commit, bool json);
// Name and version: those that are loaded, not those that it was compiled with.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace marginfix::apps
