// A message store in memory whose disk is full when a test says so.
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include "marginfix/sessions/message_store.hpp"

namespace marginfix::test {

class FailingStore : public MessageStore {
 public:
  std::int64_t next_sender_seq() const override { return inner_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return inner_->next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override { check(), inner_->set_next_sender_seq(seq); }
  void set_next_target_seq(std::int64_t seq) override { check(), inner_->set_next_target_seq(seq); }
  void append_sent(std::int64_t seq, const char* data, std::size_t size) override { check(), inner_->append_sent(seq, data, size); }
  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override { return inner_->sent(begin, end); }
  void reset() override { check(), inner_->reset(); }
  std::int64_t created_at() const override { return inner_->created_at(); }
  bool full{false};

 private:
  void check() const {
    if (full) throw std::runtime_error("disk full");
  }
  std::unique_ptr<MessageStore> inner_{make_memory_store()};
};

}  // namespace marginfix::test
