// What people are told of a session's connection: that it is being made, that it stands, why it ended. Each thing once: a session that
// tries again and again for one reason says it once. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "marginfix/sessions/fix_session.hpp"

namespace marginfix::apps {

class StateLines {
 public:
  // "KalshiNR: active"; nothing where the change is no news.
  std::optional<std::string> news(const std::string& session, const StateChange& change);

 private:
  struct Told {
    bool begun{false};
    std::string trouble;  // why the last connection ended
  };
  std::mutex mutex_;
  std::map<std::string, Told> told_;
};

}  // namespace marginfix::apps
