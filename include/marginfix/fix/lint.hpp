// What a QuickFIX data dictionary would refuse of this exchange: of the documented messages, and of the messages in a log.
// The documentation side is the codec's own message tables (field_table.hpp), so it cannot go out of step with what we send and read.
// Threads: pure functions, any thread. Source: fix-margin.md; what an engine does with a refusal: docs/dictionaries.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/dictionary.hpp"

namespace marginfix::fix {

// Every documented message, field, group and value the pair would refuse, and what is odd about the files themselves.
// Messages in the order of fix-margin.md, oddities first. Empty for fix-spec/'s two files.
std::vector<DictionaryFinding> lint_dictionary(const DictionaryPair& dictionaries);

struct LogFinding {
  std::size_t line{0};  // 1-based line of the log the message starts in
  std::string prefix;   // what stood before it on that line: a time, usually
  std::string message;  // pipe form; RawData(96) and Password(554) redacted
  DictionaryFinding finding;
};
// One line: "line 12: ExecutionReport(8): ...".
std::string to_string(const LogFinding& finding);

struct LogLint {
  std::size_t messages{0};  // FIX messages seen
  std::size_t refused{0};   // of these, refused by the dictionaries
  std::vector<LogFinding> findings;
};

// Finds "8=FIX" messages in any text: QuickFIX's FileLog ("20261001-14:30:00.123 : 8=FIXT..."), plain SOH, pipes, "^A" or "<SOH>" as
// separator. BodyLength(9) and CheckSum(10) are not checked: logs hold redacted and re-typed messages.
LogLint lint_log(std::string_view text, const DictionaryPair& dictionaries, ValidationOptions options = {});

}  // namespace marginfix::fix
