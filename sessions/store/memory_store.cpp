// Message store in memory, for sessions that start at 1 with every Logon and for tests; the oldest messages make room.
#include <ctime>
#include <map>

#include "marginfix/sessions/message_store.hpp"

namespace marginfix {
namespace {

class MemoryStore final : public MessageStore {
 public:
  explicit MemoryStore(const MemoryStoreOptions& options) : options_(options) {}

  std::int64_t next_sender_seq() const override { return next_sender_; }
  std::int64_t next_target_seq() const override { return next_target_; }
  void set_next_sender_seq(std::int64_t seq) override {
    next_sender_ = seq;
    forget_from(seq);
  }
  void set_next_target_seq(std::int64_t seq) override { next_target_ = seq; }

  void append_sent(std::int64_t seq, const char* data, std::size_t size) override {
    forget_from(seq);
    messages_.emplace_hint(messages_.end(), seq, std::string(data, size));
    bytes_ += size;
    while (bytes_ > options_.most_bytes && messages_.size() > 1) forget(messages_.begin());
    next_sender_ = seq + 1;
  }

  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override {
    std::vector<StoredMessage> found;
    for (auto at = messages_.lower_bound(begin); at != messages_.end() && (end == 0 || at->first <= end); ++at) {
      found.push_back(StoredMessage{at->first, at->second});
    }
    return found;
  }

  void reset() override {
    next_sender_ = next_target_ = 1;
    messages_.clear();
    bytes_ = 0;
    created_at_ = std::time(nullptr);
  }
  std::int64_t created_at() const override { return created_at_; }

 private:
  using Messages = std::map<std::int64_t, std::string>;

  Messages::iterator forget(Messages::iterator at) {
    bytes_ -= at->second.size();
    return messages_.erase(at);
  }
  void forget_from(std::int64_t seq) {
    for (auto at = messages_.lower_bound(seq); at != messages_.end();) at = forget(at);
  }

  MemoryStoreOptions options_;
  std::int64_t next_sender_{1};
  std::int64_t next_target_{1};
  Messages messages_;
  std::size_t bytes_{0};  // of messages_
  std::int64_t created_at_{std::time(nullptr)};
};

}  // namespace

std::unique_ptr<MessageStore> make_memory_store(const MemoryStoreOptions& options) { return std::make_unique<MemoryStore>(options); }

}  // namespace marginfix
