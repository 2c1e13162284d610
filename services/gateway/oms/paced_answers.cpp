#include "services/gateway/oms/paced_answers.hpp"

#include <utility>

namespace marginfix::gateway {

bool PacedAnswers::has_room(const ClientLine& line) const {
  const auto client = waiting_.find(&line);
  return client == waiting_.end() || client->second.size() < most_;
}

void PacedAnswers::begin(ClientLine& line, Next next) {
  std::deque<std::shared_ptr<Next>>& answers = waiting_[&line];
  answers.push_back(std::make_shared<Next>(std::move(next)));
  if (answers.size() == 1) on_drained(line);
}

void PacedAnswers::on_drained(ClientLine& line) {
  while (line.queued() <= pause_above_) {
    auto client = waiting_.find(&line);
    if (client == waiting_.end()) return;
    const std::shared_ptr<Next> next = client->second.front();  // kept: the client may log out while it is being told
    if ((*next)(line)) continue;
    client = waiting_.find(&line);
    if (client == waiting_.end() || client->second.front() != next) return;
    client->second.pop_front();
    if (client->second.empty()) waiting_.erase(client);
  }
}

}  // namespace marginfix::gateway
