#include "services/reconcile/fan_out.hpp"

#include <chrono>

#include "marginfix/core/monotonic.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

namespace {

using namespace std::chrono_literals;

constexpr auto kCleanEvery = 100ms;
constexpr auto kEndWithin = 3s;  // of the 20 in which the service ends

}  // namespace

Result<std::unique_ptr<FanOut>> FanOut::start(const BrokerSettings& settings, std::function<Result<std::unique_ptr<Storage>>()> read,
                                              std::function<bool()> leads, std::shared_ptr<LogSink> log) {
  PublisherOptions options;
  options.connect = [settings] { return connect_nats(settings); };
  options.stream = settings.stream;
  options.read = std::move(read);
  options.may_publish = std::move(leads);
  options.log = log;
  auto fan_out = std::unique_ptr<FanOut>(new FanOut(std::move(options), std::move(log)));
  if (auto started = fan_out->publisher_.start(); !started) return started.error();
  return fan_out;
}

void FanOut::committed(LedgerWriter& writer) {
  publisher_.wake();
  clean(writer);
}

void FanOut::clean(LedgerWriter& writer) {
  const Timestamp now = monotonic_clock().now();
  if (now < clean_at_) return;
  clean_at_ = now + kCleanEvery;
  remove_published(writer);
}

// Where they cannot be removed (a full disk) they stay; that it is full is told by the next write.
void FanOut::remove_published(LedgerWriter& writer) {
  const std::int64_t published = publisher_.published();
  if (published > removed_ && writer.published(published)) removed_ = published;
}

void FanOut::end(LedgerWriter& writer) {
  const auto waiting = [&] { return outbox_state(writer.storage()); };
  try {
    publisher_.wake();
    if (!publisher_.wait_published(waiting().number, kEndWithin))
      log_->log(LogLevel::warning, "stream", std::to_string(waiting().number - publisher_.published()) + " events wait for the next start");
    publisher_.abandon();
    remove_published(writer);
  } catch (const Exception& e) {
    log_->log(LogLevel::error, "stream", e.error().message);
  }
}

void FanOut::write_metrics(services::MetricsWriter& out) const {
  const PublisherHealth health = publisher_.health();
  out.gauge("stream_state", "1 for what the stream is: up, waiting (something fails), outage (for 30 s), refused (its settings).");
  for (const PublisherState state : {PublisherState::up, PublisherState::waiting, PublisherState::outage, PublisherState::refused})
    out.sample({{"state", to_string(state)}}, health.state == state ? 1 : 0);
  out.counter("stream_published_total", "Events that the stream has acknowledged since the start.").sample(health.stored);
  out.counter("stream_duplicates_total", "Events that the stream had already, as is to be expected after a crash or an outage.")
      .sample(health.duplicates);
  out.counter("stream_duplicates_unexpected_total", "Events whose id the stream had though nobody can have sent it: a fault.")
      .sample(health.duplicates_unexpected);
  out.counter("stream_lost_total", "Acknowledged events that the stream has lost: a broker without power or put back.").sample(health.lost);
  out.counter("stream_connections_total", "Connections to a broker since the start.").sample(health.connections);
}

}  // namespace marginfix::reconcile
