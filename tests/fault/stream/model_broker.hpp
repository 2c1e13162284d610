// A model of a stream, and connections to it that do what networks and brokers do: lose an answer, lose a message, keep one for later, cut,
// forget ids. What a message is checked for and in which order is JetStream's (2.9.10; shared by later ones where nothing else is said).
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/reconcile/stream/connection.hpp"

namespace marginfix::test {

namespace rc = marginfix::reconcile;

class ModelBroker {
 public:
  explicit ModelBroker(const rc::StreamSettings& wanted = {}) {
    settings.subjects = {wanted.subject + ".>"};
    settings.retention = "limits";
    settings.storage = "file";
    settings.duplicate_window = wanted.duplicate_window;
  }

  rc::ConnectStream connect() {
    return [this]() -> Result<std::unique_ptr<rc::StreamConnection>> {
      const std::lock_guard lock(mutex);
      ++connects;
      if (down > 0) {
        --down;
        return fail(ErrorCategory::connect, "connection refused");
      }
      return std::unique_ptr<rc::StreamConnection>(new Connection(*this));
    };
  }

  // The stream remembers no id any more (its window has passed), nor what the last one was (a restart).
  void forget_ids() { ids.clear(); }
  void forget_last() { last_id.clear(), ids.clear(); }
  std::vector<rc::StreamMessage> stored() const {
    const std::lock_guard lock(mutex);
    return messages;
  }

  mutable std::mutex mutex;
  bool exists{true};
  rc::StreamFound settings;
  std::vector<rc::StreamMessage> messages;
  std::uint64_t last_sequence{0};
  std::map<std::string, std::uint64_t> ids;
  std::string last_id;
  int down{0};    // so many connections are refused
  int silent{0};  // so many messages are answered with 503
  int connects{0};
  std::vector<rc::OutMessage> sent;
  // What becomes of a message: by default it arrives and is answered.
  enum class Fate { arrives, answer_lost, lost, late, cut_before, cut_after };
  std::function<Fate(const rc::OutMessage&)> fate;

 private:
  class Connection final : public rc::StreamConnection {
   public:
    explicit Connection(ModelBroker& broker) : broker_(broker) {}
    Result<std::optional<rc::StreamFound>> look(const std::string&) override {
      const std::lock_guard lock(broker_.mutex);
      if (!open_) return cut();
      if (!broker_.exists) return std::optional<rc::StreamFound>();
      rc::StreamFound found = broker_.settings;
      found.last_sequence = broker_.last_sequence;
      return std::optional(found);
    }
    Result<void> create(const rc::StreamSettings&) override {
      broker_.exists = true;
      return {};
    }
    Result<std::optional<rc::StreamMessage>> message(const std::string&, std::uint64_t sequence) override {
      const std::lock_guard lock(broker_.mutex);
      if (!open_) return cut();
      for (const rc::StreamMessage& one : broker_.messages) {
        if (one.sequence == sequence) return std::optional(one);
      }
      return std::optional<rc::StreamMessage>();
    }
    Result<void> send(const std::string&, const rc::OutMessage& message) override {
      const std::lock_guard lock(broker_.mutex);
      if (!open_) return cut();
      broker_.sent.push_back(message);
      const Fate fate = broker_.fate ? broker_.fate(message) : Fate::arrives;
      if (fate == Fate::cut_before || fate == Fate::cut_after) open_ = false;
      if (fate == Fate::lost || fate == Fate::cut_before) return {};
      if (fate == Fate::late) {
        broker_.late_.push_back(message);
        return {};
      }
      const rc::PublishAnswer answer = broker_.take(message);
      if (fate == Fate::arrives) answers_.push_back(answer);
      broker_.late_arrive();
      return {};
    }
    Result<std::optional<rc::PublishAnswer>> next_answer(std::chrono::milliseconds) override {
      const std::lock_guard lock(broker_.mutex);
      if (answers_.empty() && !open_) return cut();
      if (answers_.empty()) return std::optional<rc::PublishAnswer>();
      rc::PublishAnswer answer = answers_.front();
      answers_.pop_front();
      return std::optional(answer);
    }
    Result<void> follow(const std::string&, const std::string&, const From&) override { return {}; }
    Result<std::optional<rc::StreamMessage>> next_message(std::chrono::milliseconds) override { return cut(); }
    bool is_open() const noexcept override { return open_; }
    void close() noexcept override { open_ = false; }

   private:
    static Error cut() { return fail(ErrorCategory::connect, "the connection is cut"); }
    ModelBroker& broker_;
    std::deque<rc::PublishAnswer> answers_;
    std::atomic<bool> open_{true};
  };

  rc::PublishAnswer take(const rc::OutMessage& message) {
    rc::PublishAnswer answer;
    answer.tag = message.tag;
    if (silent > 0) {
      --silent;
      answer.code = 503;
      answer.error = "no response from stream";
      return answer;
    }
    if (const auto known = ids.find(message.id); known != ids.end()) {
      answer.stored = answer.duplicate = true;
      answer.sequence = known->second;
      return answer;
    }
    if ((message.last_sequence && *message.last_sequence != last_sequence) || (message.last_id && *message.last_id != last_id)) {
      answer.code = 400;
      answer.error = "wrong last";
      return answer;
    }
    messages.push_back({++last_sequence, message.subject, message.id, message.payload, {}});
    ids[message.id] = last_sequence;
    last_id = message.id;
    answer.stored = true;
    answer.sequence = last_sequence;
    return answer;
  }
  // What was held up arrives behind the next one that gets through.
  void late_arrive() {
    for (const rc::OutMessage& message : std::exchange(late_, {})) take(message);
  }

  std::vector<rc::OutMessage> late_;
};

}  // namespace marginfix::test
