// Holds each FIX message of a log against a pair of data dictionaries.
#include <fmt/format.h>

#include <utility>

#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix::fix {

std::string to_string(const LogFinding& finding) { return fmt::format("line {}: {}", finding.line, to_string(finding.finding)); }

LogLint lint_log(std::string_view text, const DictionaryPair& dictionaries, ValidationOptions options) {
  options.check_frame = false;
  LogLint out;
  for_each_log_message(text, [&](const LogMessage& found) {
    auto findings = validate(found.message, dictionaries, options);
    ++out.messages;
    out.refused += findings.empty() ? 0U : 1U;
    for (DictionaryFinding& finding : findings)
      out.findings.push_back({found.line, std::string(found.prefix), to_pipe_form(found.message), std::move(finding)});
  });
  return out;
}

}  // namespace marginfix::fix
