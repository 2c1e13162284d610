// The life of the socket: connect, sign, keep, lose, wait, connect again. See marginfix/perps_websocket.hpp.
#include "marginfix/perps_websocket.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/ws/frame_reader.hpp"
#include "ws/connection.hpp"
#include "ws/subscriptions.hpp"

namespace marginfix {

namespace asio = boost::asio;

namespace {

// Close codes after which trying again is pointless (websocket.md "Connection").
bool is_final(std::uint16_t code) {
  return code == 1002 || code == 1003 || (code >= 1007 && code <= 1010) || (code >= 4000 && code <= 4999);
}

WebSocketEnd final_end(const ws::ConnectionEnd& how) {
  if (how.http_status == 401 || how.http_status == 403) return WebSocketEnd::unauthorized;
  if (how.code && is_final(*how.code)) return WebSocketEnd::final_close;
  // A certificate that is not accepted will not be accepted in a second either; a handshake that broke may work next time.
  if (how.error.category == ErrorCategory::tls && how.error.message.find("is not accepted") != std::string::npos)
    return WebSocketEnd::tls_refused;
  return WebSocketEnd::none;
}

}  // namespace

std::string_view to_string(WebSocketState state) noexcept {
  switch (state) {
    case WebSocketState::idle:
      return "idle";
    case WebSocketState::connecting:
      return "connecting";
    case WebSocketState::open:
      return "open";
    case WebSocketState::waiting:
      return "waiting";
    case WebSocketState::closing:
      return "closing";
    case WebSocketState::ended:
      return "ended";
  }
  return {};
}

std::string_view to_string(WebSocketEnd end) noexcept {
  switch (end) {
    case WebSocketEnd::none:
      return "none";
    case WebSocketEnd::stopped:
      return "stopped";
    case WebSocketEnd::unauthorized:
      return "unauthorized";
    case WebSocketEnd::final_close:
      return "final_close";
    case WebSocketEnd::tls_refused:
      return "tls_refused";
    case WebSocketEnd::attempts_used_up:
      return "attempts_used_up";
  }
  return {};
}

struct PerpsWebSocket::Impl final : ws::Wire, std::enable_shared_from_this<PerpsWebSocket::Impl> {
  Impl(PerpsWebSocketConfig given, PerpsWebSocketOptions given_options)
      : config(std::move(given)),
        options(std::move(given_options)),
        own_io(options.executor ? nullptr : std::make_unique<asio::io_context>(1)),
        executor(own_io ? asio::any_io_executor(own_io->get_executor()) : options.executor),
        retry_timer(executor),
        deadline_timer(executor),
        backoff(config.backoff),
        log(options.log ? options.log : null_log_sink()) {
    ws::SubscriptionsOptions subs;
    subs.command_timeout = config.command_timeout;
    subs.interval_clock = &monotonic_clock();
    subscriptions = std::make_shared<ws::Subscriptions>(*this, executor, subs);
  }

  // ---- Wire
  bool open() const override { return state == WebSocketState::open; }
  void send(std::string text) override {
    if (!connection) return;
    bump(&WebSocketStatistics::commands_out);
    connection->send(std::move(text));
  }
  void pause_reading(bool paused) override {
    reading_paused = paused;
    if (connection) connection->pause_reading(paused);
  }
  void deadline_changed() override { arm_deadline(); }
  void on_unclaimed(ws::Frame frame, std::string_view why) override {
    bump(&WebSocketStatistics::unclaimed);
    if (options.on_unclaimed) return options.on_unclaimed(frame, why);
    log->log(LogLevel::warning, "ws", "frame kept by nobody (" + std::string(why) + "): " + redact(frame.raw));
  }

  void bump(std::uint64_t WebSocketStatistics::*counter) {
    const std::lock_guard lock(counting);
    ++(counters.*counter);
  }

  void change(WebSocketChange what) {
    {
      const std::lock_guard lock(mutex);
      state = what.state;
      last = what;
    }
    changed.notify_all();
    log->log(LogLevel::info, "ws", std::string(to_string(what.state)) + (what.error ? ": " + to_string(*what.error) : ""));
    if (options.on_state) options.on_state(what);
  }

  Result<void> prepare();
  void connect();
  void on_open();
  void on_text(std::string_view text);
  void on_end(ws::ConnectionEnd how);
  void wait_and_retry(const ws::ConnectionEnd& how);
  void finish(WebSocketEnd why, std::optional<Error> error, std::optional<std::uint16_t> code);
  void arm_deadline();
  void stop(std::function<void()> stopped);

  PerpsWebSocketConfig config;
  PerpsWebSocketOptions options;
  std::unique_ptr<asio::io_context> own_io;
  asio::any_io_executor executor;
  std::optional<asio::executor_work_guard<asio::any_io_executor>> work;
  std::thread thread;
  asio::steady_timer retry_timer, deadline_timer;
  Backoff backoff;
  std::shared_ptr<LogSink> log;
  std::shared_ptr<const Signer> signer;
  std::shared_ptr<ws::Subscriptions> subscriptions;
  std::shared_ptr<ws::Connection> connection;
  ws::FrameReader reader;
  ws::ConnectionOptions base;  // of every attempt, but for the signature
  bool reading_paused{false};
  std::optional<Timestamp> outage_since;
  std::chrono::steady_clock::time_point opened_at;
  std::vector<std::function<void()>> stopped_handlers;
  bool stopping{false};

  mutable std::mutex mutex;  // of state and last, which other threads read
  std::condition_variable changed;
  WebSocketState state{WebSocketState::idle};
  WebSocketChange last;
  bool started{false};

  mutable std::mutex counting;
  WebSocketStatistics counters;
};

// ---- I/O thread ---------------------------------------------------------------------------------------------------------------

Result<void> PerpsWebSocket::Impl::prepare() {
  if (auto good = config.validate(); !good) return good;
  auto key = load_signer(config.credentials, log.get());
  if (!key) return key.error();
  signer = *std::move(key);
  const auto url = boost::urls::parse_uri(config.url);
  base.tls = url->scheme() == "wss";
  base.host = url->host_address();
  base.port = url->has_port() ? std::string(url->port()) : base.tls ? "https" : "80";
  base.target = url->encoded_path().empty() ? "/" : std::string(url->encoded_path());
  base.ca_file = config.ca_file;
  base.user_agent = config.user_agent;
  base.connect_timeout = config.connect_timeout;
  base.ping_interval = config.ping_interval;
  base.liveness_timeout = config.liveness_timeout;
  base.close_timeout = config.close_timeout;
  base.most_message = config.most_message;
  base.compression = config.compression;
  return {};
}

void PerpsWebSocket::Impl::connect() {
  if (stopping) return;
  change({WebSocketState::connecting, WebSocketEnd::none, {}, {}, outage_since, {}});
  const std::string timestamp = std::to_string(to_epoch_ms(system_clock().now()));
  const auto signature = signer->sign(timestamp + "GET" + base.target);
  if (!signature) return finish(WebSocketEnd::unauthorized, signature.error(), {});
  ws::ConnectionOptions attempt = base;
  attempt.headers = {
      {"KALSHI-ACCESS-KEY", config.credentials.key_id}, {"KALSHI-ACCESS-TIMESTAMP", timestamp}, {"KALSHI-ACCESS-SIGNATURE", *signature}};
  const std::weak_ptr<Impl> weak = weak_from_this();
  ws::Connection::Callbacks callbacks;
  callbacks.on_open = [weak] {
    if (const auto self = weak.lock()) self->on_open();
  };
  callbacks.on_text = [weak](std::string_view text) {
    if (const auto self = weak.lock()) self->on_text(text);
  };
  callbacks.on_end = [weak](ws::ConnectionEnd how) {
    if (const auto self = weak.lock()) self->on_end(std::move(how));
  };
  auto made = ws::Connection::make(executor, std::move(attempt), std::move(callbacks));
  if (!made) return finish(WebSocketEnd::tls_refused, made.error(), {});
  bump(&WebSocketStatistics::attempts);
  connection = *std::move(made);
  if (reading_paused) connection->pause_reading(true);
  connection->start();
}

void PerpsWebSocket::Impl::on_open() {
  opened_at = std::chrono::steady_clock::now();
  bump(&WebSocketStatistics::opens);
  change({WebSocketState::open, WebSocketEnd::none, {}, {}, std::exchange(outage_since, std::nullopt), {}});
  subscriptions->on_open(system_clock().now());
}

void PerpsWebSocket::Impl::on_text(std::string_view text) {
  const Timestamp now = system_clock().now();
  {
    const std::lock_guard lock(counting);
    ++counters.frames_in;
    counters.bytes_in += text.size();
    counters.last_received = now;
  }
  if (options.on_text) options.on_text(text);
  ws::Frame frame;
  reader.read(text, frame);
  subscriptions->on_frame(std::move(frame), now);
}

void PerpsWebSocket::Impl::on_end(ws::ConnectionEnd how) {
  const auto now = system_clock().now();
  connection.reset();
  if (how.was_open && !outage_since) outage_since = now;
  if (how.was_open && !stopping) bump(&WebSocketStatistics::outages);
  if (how.was_open && std::chrono::steady_clock::now() - opened_at >= config.proves_itself) backoff.reset();
  if (stopping) return finish(WebSocketEnd::stopped, {}, {});
  if (const WebSocketEnd why = final_end(how); why != WebSocketEnd::none) return finish(why, how.error, how.code);
  if (config.most_attempts != 0 && backoff.attempt() >= config.most_attempts)
    return finish(WebSocketEnd::attempts_used_up, how.error, how.code);
  wait_and_retry(how);
}

void PerpsWebSocket::Impl::wait_and_retry(const ws::ConnectionEnd& how) {
  const auto wait =
      std::max<std::chrono::milliseconds>(backoff.next(), std::min<std::chrono::seconds>(how.retry_after, std::chrono::seconds(60)));
  change({WebSocketState::waiting, WebSocketEnd::none, how.error, how.code, outage_since, wait});
  subscriptions->on_closed(system_clock().now());
  retry_timer.expires_after(wait);
  retry_timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->connect();
  });
}

void PerpsWebSocket::Impl::finish(WebSocketEnd why, std::optional<Error> error, std::optional<std::uint16_t> code) {
  if (state == WebSocketState::ended) return;
  std::optional<Error> last_word = error;
  if (!last_word && why != WebSocketEnd::stopped) last_word = fail(ErrorCategory::closed, "the socket has ended");
  retry_timer.cancel();
  deadline_timer.cancel();
  change({WebSocketState::ended, why, std::move(error), code, outage_since, {}});
  subscriptions->on_end(last_word, system_clock().now());
  for (const auto& stopped : std::exchange(stopped_handlers, {})) stopped();
}

void PerpsWebSocket::Impl::arm_deadline() {
  const auto next = subscriptions->next_deadline();
  if (!next) return;
  deadline_timer.expires_after(std::max(*next - monotonic_clock().now(), Timestamp::duration::zero()));
  deadline_timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->subscriptions->on_deadline(system_clock().now());
    self->arm_deadline();
  });
}

void PerpsWebSocket::Impl::stop(std::function<void()> stopped) {
  if (state == WebSocketState::ended || state == WebSocketState::idle) {
    if (state == WebSocketState::idle) finish(WebSocketEnd::stopped, {}, {});
    if (stopped) stopped();
    return;
  }
  if (stopped) stopped_handlers.push_back(std::move(stopped));
  if (std::exchange(stopping, true)) return;
  if (!connection) return finish(WebSocketEnd::stopped, {}, {});
  change({WebSocketState::closing, WebSocketEnd::none, {}, {}, {}, {}});
  connection->close("bye");
}

// ---- any thread ---------------------------------------------------------------------------------------------------------------

PerpsWebSocket::PerpsWebSocket(PerpsWebSocketConfig config, PerpsWebSocketOptions options)
    : impl_(std::make_shared<Impl>(std::move(config), std::move(options))) {}

PerpsWebSocket::~PerpsWebSocket() {
  if (impl_->own_io) {
    stop();
    return;
  }
  // The executor's owner stops it; what is still under way must find nobody.
  asio::post(impl_->executor, [impl = impl_] {
    if (impl->connection) impl->connection->abandon();
    impl->finish(WebSocketEnd::stopped, {}, {});
  });
}

Result<void> PerpsWebSocket::start() {
  if (std::exchange(impl_->started, true)) return fail(ErrorCategory::config, "a PerpsWebSocket is started once; make a new one");
  if (auto good = impl_->prepare(); !good) return good;
  if (impl_->own_io) {
    impl_->work.emplace(impl_->executor);
    impl_->thread = std::thread([io = impl_->own_io.get()] { io->run(); });
  }
  asio::post(impl_->executor, [impl = impl_] { impl->connect(); });
  return {};
}

void PerpsWebSocket::async_stop(std::function<void()> stopped) {
  asio::post(impl_->executor, [impl = impl_, stopped = std::move(stopped)]() mutable { impl->stop(std::move(stopped)); });
}

void PerpsWebSocket::stop() {
  if (!impl_->own_io) {
    std::mutex mutex;
    std::condition_variable done;
    bool is_done = false;
    async_stop([&] {
      const std::lock_guard lock(mutex);
      is_done = true;
      done.notify_one();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return is_done; });
    return;
  }
  async_stop({});
  impl_->work.reset();
  if (impl_->thread.joinable()) {
    impl_->thread.join();
  } else {
    impl_->own_io->restart();
    impl_->own_io->run();  // never started: lets go of what was posted
  }
}

Result<void> PerpsWebSocket::wait_until_open(std::chrono::milliseconds timeout) {
  std::unique_lock lock(impl_->mutex);
  const auto settled = [&] { return impl_->state == WebSocketState::open || impl_->state == WebSocketState::ended; };
  if (!impl_->changed.wait_for(lock, timeout, settled)) {
    const std::string why = impl_->last.error ? ": " + impl_->last.error->message : "";
    return fail(ErrorCategory::timeout, "the WebSocket is not open yet" + why);
  }
  if (impl_->state == WebSocketState::open) return {};
  return impl_->last.error.value_or(fail(ErrorCategory::closed, "the WebSocket has been stopped"));
}

WebSocketState PerpsWebSocket::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

WebSocketStatistics PerpsWebSocket::statistics() const {
  const std::lock_guard lock(impl_->counting);
  return impl_->counters;
}

ws::Subscription PerpsWebSocket::subscribe(ws::SubscribeRequest request) {
  return subscribe(std::vector<ws::SubscribeRequest>{std::move(request)}).front();
}

std::vector<ws::Subscription> PerpsWebSocket::subscribe(const std::vector<ws::SubscribeRequest>& requests) {
  auto made = impl_->subscriptions->make(requests);
  std::vector<ws::Subscription> handles(made.begin(), made.end());
  asio::post(impl_->executor, [impl = impl_, made = std::move(made)] {
    if (impl->state == WebSocketState::ended) return impl->subscriptions->refuse(made, system_clock().now());
    impl->subscriptions->start(made, system_clock().now());
  });
  return handles;
}

void PerpsWebSocket::list_subscriptions(std::function<void(Result<std::vector<ws::Subscribed>>)> done) {
  asio::post(impl_->executor,
             [impl = impl_, done = std::move(done)]() mutable { impl->subscriptions->list(std::move(done), system_clock().now()); });
}

asio::any_io_executor PerpsWebSocket::executor() const { return impl_->executor; }

}  // namespace marginfix
