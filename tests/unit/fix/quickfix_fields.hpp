// The fields of a message as QuickFIX reads them with the dictionaries. Clean in C++14 and C++20.
#pragma once

#include <string>
#include <vector>

namespace marginfix_tests {

// One "tag=value" a line, groups as "268[1]/270=6.2577", sorted. Throws std::runtime_error with QuickFIX's words.
std::vector<std::string> quickfix_fields(const std::string& wire, const std::string& session_xml, const std::string& application_xml);

}  // namespace marginfix_tests
