// What a QuickFIX data dictionary would refuse of this exchange: of the documented messages, and of the messages in a log.
// The documentation side is the codec's own message tables (field_table.hpp), so it cannot go out of step with what we send and read.
// Threads: pure functions, any thread. Source: fix-margin.md; what an engine does with a refusal: docs/dictionaries.md.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/log_scan.hpp"

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
  std::size_t not_read{0};  // what begins like a message and cannot be cut (log_scan.hpp)
  std::vector<LogFinding> findings;
};

// What the dictionaries would refuse in a message of a log. BodyLength(9) and CheckSum(10) are not checked, as logs hold redacted and
// re-typed messages; that there is no CheckSum(10) is a finding.
std::vector<DictionaryFinding> validate_logged(const LogMessage& message, const DictionaryPair& dictionaries,
                                               ValidationOptions options = {});

// Takes a log of any size in pieces; good messages cost little. The dictionaries must outlive it.
class LogLinter {
 public:
  using OnFinding = std::function<void(const LogFinding&)>;
  LogLinter(const DictionaryPair& dictionaries, OnFinding on_finding, LogScanner::OnNotRead on_not_read = {},
            const ValidationOptions& options = {});
  LogLinter(LogLinter&&) noexcept;
  ~LogLinter();

  void feed(std::string_view piece);
  void finish();
  std::size_t messages() const noexcept;
  std::size_t refused() const noexcept;
  std::size_t not_read() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The whole of a log at once.
LogLint lint_log(std::string_view text, const DictionaryPair& dictionaries, ValidationOptions options = {});

}  // namespace marginfix::fix
