// The service's fan-out: a publisher of the ledger's outbox, and what the writing thread does for it.
#pragma once

#include <functional>
#include <memory>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "services/http/metrics_writer.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/stream/publisher.hpp"

namespace marginfix::reconcile {

class FanOut {
 public:
  // `read`: a connection of its own to the ledger. `leads`: this process may publish (PublisherOptions::may_publish); empty: it always may.
  // Error(config): no NATS client in this program, or a stream that cannot take events. A broker that is away is none.
  static Result<std::unique_ptr<FanOut>> start(const BrokerSettings& settings, std::function<Result<std::unique_ptr<Storage>>()> read,
                                               std::function<bool()> leads, std::shared_ptr<LogSink> log);

  // Of the writing thread: something was committed; now and then, what the stream has is removed.
  void committed(LedgerWriter& writer);
  void clean(LedgerWriter& writer);
  // What was committed is told, if the broker takes it soon; the rest waits for the next start.
  void end(LedgerWriter& writer);
  // The connection is closed when it returns: whoever has lost the lead calls it before saying so.
  void abandon() { publisher_.abandon(); }
  void write_metrics(services::MetricsWriter& out) const;

 private:
  FanOut(PublisherOptions options, std::shared_ptr<LogSink> log) : publisher_(std::move(options)), log_(std::move(log)) {}
  void remove_published(LedgerWriter& writer);

  Publisher publisher_;
  std::shared_ptr<LogSink> log_;
  std::int64_t removed_{0};
  Timestamp clean_at_{};
};

}  // namespace marginfix::reconcile
