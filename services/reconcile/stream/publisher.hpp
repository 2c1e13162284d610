// Brings the outbox to the stream: in order, at least once across crashes, once by what the stream keeps.
//
// Each message names the one that must be the stream's last before it (Nats-Expected-Last-Msg-Id, the first one of a connection the
// sequence). So a message that comes late, twice, past the duplicate window, or from a process that no longer leads is refused by the
// stream and not stored a second time or out of its order. Whatever is in doubt (no answer, a refusal, a cut, a start) is found out in one
// way: the stream's last message is read, it says its number, and the outbox goes on behind it.
//
// A thread of its own, which reads the ledger by a connection of its own and never writes to it: whoever writes the ledger asks for
// published() and removes those rows (outbox_published) in a transaction of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/stream/connection.hpp"

namespace marginfix::reconcile {

struct PublisherOptions {
  ConnectStream connect;
  StreamSettings stream;
  std::function<Result<std::unique_ptr<Storage>>()> read;
  // Asked before each message leaves, on the publisher's thread. False: this process does not lead (any more). Then the connection is
  // closed, and nothing leaves until it is true again. Empty: always true.
  std::function<bool()> may_publish;
  std::size_t in_flight{512};                       // messages without an answer
  std::chrono::milliseconds answer_wait{5'000};     // for the oldest of them
  std::chrono::milliseconds longest_pause{2'000};   // between two tries
  std::chrono::milliseconds outage_after{30'000};   // a stream that elects a leader is silent for some seconds
  std::chrono::milliseconds first_answer{3'000};    // start() waits so long
  std::function<void(std::string_view step)> step;  // for tests: "placed", "send", "sent", "answered"
  std::shared_ptr<LogSink> log{null_log_sink()};
};

enum class PublisherState : std::uint8_t {
  up,       // everything is in the stream, or on its way
  waiting,  // something fails, for less than `outage_after`
  outage,   // for longer
  refused   // the stream is not what it must be: nothing is published until it is
};
std::string_view to_string(PublisherState state) noexcept;

struct PublisherHealth {
  PublisherState state{PublisherState::waiting};
  std::string why;                        // "" while it is up
  std::int64_t published{0};              // number of the last event that the stream is known to have
  std::int64_t stored{0};                 // answers, since the start
  std::int64_t duplicates{0};             // the stream had it already, as was to be expected
  std::int64_t duplicates_unexpected{0};  // it had an id that was never sent: told under another id, so that nothing is lost
  std::int64_t lost{0};                   // the stream has lost what it had acknowledged
  std::int64_t connections{0};
};

class Publisher {
 public:
  explicit Publisher(PublisherOptions options);
  ~Publisher();  // abandon()
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Begins, and waits a moment for the broker. Error(config): the stream is not what it must be, or nobody may write to it with these
  // credentials; nothing was begun. A broker that cannot be reached is no error: events wait.
  Result<void> start();
  // Something has been committed to the outbox.
  void wake();
  // The stream has everything up to this number.
  std::int64_t published() const noexcept;
  // Waits until it has. False: not in that time.
  bool wait_published(std::int64_t number, std::chrono::milliseconds wait);
  // Closes the connection, so that nothing leaves any more once it has returned, and ends. From any thread.
  void abandon();
  PublisherHealth health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::reconcile
