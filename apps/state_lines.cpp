#include "apps/state_lines.hpp"

#include "apps/report_line.hpp"

namespace marginfix::apps {

std::optional<std::string> StateLines::news(const std::string& session, const StateChange& change) {
  const std::lock_guard lock(mutex_);
  Told& told = told_[session];
  switch (change.state) {
    case SessionState::connecting:
      if (told.begun) return {};
      told.begun = true;
      return line_of(session, change);
    case SessionState::active:
    case SessionState::recovering:
      told.trouble.clear();
      return line_of(session, change);
    case SessionState::handshaking:
    case SessionState::logging_on:
    case SessionState::logging_out:
      return {};
    case SessionState::waiting:
    case SessionState::stopped:
      break;
  }
  if (change.reason == EndReason::none || change.reason == EndReason::requested) return {};
  std::string line = line_of(session, change);
  const bool again = line == told.trouble;
  told.trouble = line;
  return again ? std::nullopt : std::optional(std::move(line));
}

}  // namespace marginfix::apps
