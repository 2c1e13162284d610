// A connection to a broker with JetStream, as the publisher and the readers of the stream need it. One connection is never mended: where it
// is cut everything that waits in it is gone for good, and a new one begins with asking the stream what it has. So nothing that was
// thought to have failed is sent later behind one's back. One thread, but for close().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "services/reconcile/stream/settings.hpp"

namespace marginfix::reconcile {

// It does not get better by itself.
inline bool is_lasting(const Error& error) noexcept {
  return error.category == ErrorCategory::config || error.category == ErrorCategory::credentials;
}

// On its way to the stream.
struct OutMessage {
  std::string subject, id, payload;
  std::uint64_t tag{0};  // comes back with the answer
  // What the stream's last message must be, by id or by sequence; nothing: not checked.
  std::optional<std::string> last_id;
  std::optional<std::uint64_t> last_sequence;
};

struct StreamMessage {
  std::uint64_t sequence{0};
  std::string subject, id, payload;
  Timestamp time{};  // of the stream
};

// The stream's word on one message.
struct PublishAnswer {
  std::uint64_t tag{0};
  bool stored{false};     // or it was there already:
  bool duplicate{false};  // the id was there, by the stream's memory of ids
  std::uint64_t sequence{0};
  int code{0};  // 503: nobody answers for the stream; others as the broker says. 0 where it is stored
  std::string error;
};

// After an error that is not lasting (is_lasting()) the caller tries again.
class StreamConnection {
 public:
  virtual ~StreamConnection() = default;

  // Nothing: there is no such stream.
  virtual Result<std::optional<StreamFound>> look(const std::string& stream) = 0;
  virtual Result<void> create(const StreamSettings& stream) = 0;
  // Nothing: it is not there (any more).
  virtual Result<std::optional<StreamMessage>> message(const std::string& stream, std::uint64_t sequence) = 0;

  // Into the connection's buffer; what became of it comes by next_answer(), in any order, or never.
  virtual Result<void> send(const std::string& stream, const OutMessage& message) = 0;
  // Nothing: none came in that time.
  virtual Result<std::optional<PublishAnswer>> next_answer(std::chrono::milliseconds wait) = 0;

  // Messages of a filter, each once and in order, from `from` on, until the connection is cut.
  struct From {
    std::optional<std::uint64_t> sequence;
    std::optional<Timestamp> time;  // neither: what is stored from now on
  };
  virtual Result<void> follow(const std::string& stream, const std::string& filter, const From& from) = 0;
  virtual Result<std::optional<StreamMessage>> next_message(std::chrono::milliseconds wait) = 0;

  virtual bool is_open() const noexcept = 0;
  // From any thread: nothing leaves any more, whoever waits is woken.
  virtual void close() noexcept = 0;
};

using ConnectStream = std::function<Result<std::unique_ptr<StreamConnection>>()>;

// By the NATS C client, to one of the servers. Error(config): this program was built without it; a file that cannot be read. Nothing that
// is secret is in an error's text.
Result<std::unique_ptr<StreamConnection>> connect_nats(const BrokerSettings& settings);
// False: built without the NATS C client.
bool has_nats() noexcept;

}  // namespace marginfix::reconcile
