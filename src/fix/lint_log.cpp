// Holds each FIX message of a log against a pair of data dictionaries.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/printer.hpp"
#include "src/fix/lint_quick.hpp"

namespace marginfix::fix {

namespace {

constexpr std::size_t kMaxFindings = 100;  // of one message: a log of garbage must not fill the memory

bool same_but_frame(const ValidationOptions& options) noexcept {
  const ValidationOptions usual;
  return options.validate_user_defined_fields == usual.validate_user_defined_fields &&
         options.allow_unknown_message_fields == usual.allow_unknown_message_fields &&
         options.look_inside_groups == usual.look_inside_groups;
}

// The message is cut short, unless something else in it says so already.
void add_missing_check_sum(std::vector<DictionaryFinding>& findings) {
  const auto says_so = [](const DictionaryFinding& f) { return f.tag == 10 || f.rule == DictionaryRule::malformed; };
  if (std::ranges::any_of(findings, says_so)) return;
  DictionaryFinding cut;
  cut.rule = DictionaryRule::malformed;
  cut.tag = 10;
  cut.field_name = "CheckSum";
  cut.text = "ends without CheckSum(10)";
  if (!findings.empty()) {
    cut.msg_type = findings.front().msg_type;
    cut.message_name = findings.front().message_name;
  }
  findings.push_back(std::move(cut));
}

void shorten(std::vector<DictionaryFinding>& findings) {
  if (findings.size() <= kMaxFindings) return;
  const std::size_t more = findings.size() - kMaxFindings;
  findings.resize(kMaxFindings);
  findings.back().text += fmt::format("; {} more findings in this message", more);
}

}  // namespace

std::string to_string(const LogFinding& finding) { return fmt::format("line {}: {}", finding.line, to_string(finding.finding)); }

std::vector<DictionaryFinding> validate_logged(const LogMessage& message, const DictionaryPair& dictionaries, ValidationOptions options) {
  options.check_frame = false;
  auto findings = validate(message.message, dictionaries, options);
  if (!message.check_sum) add_missing_check_sum(findings);
  shorten(findings);
  return findings;
}

class LogLinter::Impl {
 public:
  Impl(const DictionaryPair& dictionaries, OnFinding on_finding, LogScanner::OnNotRead on_not_read, const ValidationOptions& options)
      : pair_(dictionaries),
        options_(options),
        on_finding_(std::move(on_finding)),
        scanner_([this](const LogMessage& found) { judge(found); }, std::move(on_not_read)) {}

  LogScanner& scanner() noexcept { return scanner_; }
  std::size_t refused() const noexcept { return refused_; }

 private:
  void judge(const LogMessage& found) {
    if (found.check_sum && quick_is_right_ && quick_.clean(found.message)) return;
    auto findings = validate_logged(found, pair_, options_);
    if (findings.empty()) return;
    ++refused_;
    LogFinding told{found.line, std::string(found.prefix), to_pipe_form(found.message), {}};
    for (DictionaryFinding& finding : findings) {
      told.finding = std::move(finding);
      on_finding_(told);
    }
  }

  DictionaryPair pair_;
  ValidationOptions options_;
  OnFinding on_finding_;
  detail::QuickLint quick_{pair_};
  bool quick_is_right_{same_but_frame(options_)};
  LogScanner scanner_;
  std::size_t refused_{0};
};

LogLinter::LogLinter(const DictionaryPair& dictionaries, OnFinding on_finding, LogScanner::OnNotRead on_not_read,
                     const ValidationOptions& options)
    : impl_(std::make_unique<Impl>(dictionaries, std::move(on_finding), std::move(on_not_read), options)) {}
LogLinter::LogLinter(LogLinter&&) noexcept = default;
LogLinter::~LogLinter() = default;

void LogLinter::feed(std::string_view piece) { impl_->scanner().feed(piece); }
void LogLinter::finish() { impl_->scanner().finish(); }
std::size_t LogLinter::messages() const noexcept { return impl_->scanner().messages(); }
std::size_t LogLinter::refused() const noexcept { return impl_->refused(); }
std::size_t LogLinter::not_read() const noexcept { return impl_->scanner().not_read(); }

LogLint lint_log(std::string_view text, const DictionaryPair& dictionaries, ValidationOptions options) {
  LogLint out;
  LogLinter linter(
      dictionaries, [&out](const LogFinding& finding) { out.findings.push_back(finding); }, {}, options);
  linter.feed(text);
  linter.finish();
  out.messages = linter.messages();
  out.refused = linter.refused();
  out.not_read = linter.not_read();
  return out;
}

}  // namespace marginfix::fix
