// MarginFixClient: sessions, their thread, their start and end.
#include "marginfix/margin_fix_client.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "sessions/client/fake_access.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {

namespace asio = boost::asio;
using WorkGuard = asio::executor_work_guard<asio::io_context::executor_type>;

namespace {

ErrorCategory category_of(EndReason reason) {
  switch (reason) {
    case EndReason::connect_failed:
    case EndReason::connection_lost:
      return ErrorCategory::connect;
    case EndReason::plain_refused:
    case EndReason::tls_failed:
    case EndReason::certificate_refused:
      return ErrorCategory::tls;
    case EndReason::logon_timeout:
    case EndReason::heartbeat_timeout:
      return ErrorCategory::timeout;
    case EndReason::logon_refused:
    case EndReason::already_exists:
    case EndReason::busy:
    case EndReason::tier_not_allowed:
    case EndReason::not_permitted:
    case EndReason::logon_invalid:
    case EndReason::clock_out_of_range:
      return ErrorCategory::logon;
    case EndReason::rate_limited:
      return ErrorCategory::rate_limit;
    case EndReason::signature_refused:
      return ErrorCategory::credentials;
    case EndReason::sequence_gap:
    case EndReason::sequence_too_low:
      return ErrorCategory::sequence;
    case EndReason::store_failed:
      return ErrorCategory::store;
    default:
      return ErrorCategory::closed;
  }
}

std::unique_ptr<FixSession> make_session(const SessionConfig& config, const SessionFactory::Context& context) {
  switch (config.kind) {
    case SessionKind::order_entry:
      return SessionFactory::order_entry(config, context);
    case SessionKind::listener:
      return SessionFactory::listener(config, context);
    case SessionKind::drop_copy:
      return SessionFactory::drop_copy(config, context);
    case SessionKind::market_data:
      return SessionFactory::market_data(config, context);
  }
  return nullptr;
}

}  // namespace

struct MarginFixClient::Impl {
  Impl(MarginFixConfig the_config, MarginFixClientOptions the_options)
      : config(std::move(the_config)), options(std::move(the_options)), context(std::make_shared<sessions::ClientContext>()) {
    if (!options.executor) {
      own_io.emplace(1);
      options.executor = own_io->get_executor();
    }
    context->executor = options.executor;
    context->io->run_on(options.executor);
    context->rate_limit = config.rate_limit;
    context->send_queue = config.send_queue;
    context->log_messages = config.log_messages;
    context->message_log = options.message_log;
    context->make_store = options.make_store;
    if (options.fake) {
      context->make_raw = sessions::FakeAccess::factory(options.fake);
      if (!context->make_store) context->make_store = [](const SessionConfig&) { return make_memory_store(); };
    }
    if (options.clock != nullptr) context->clock = context->wall_clock = options.clock;
    const Timestamp now = context->clock->now();
    context->limits = options.limits ? options.limits : std::make_shared<AccountLimits>(config.rate_limit, now);
    context->observer = [this](std::string_view name, const StateChange& change) { observe(name, change); };
    for (const SessionConfig& session : config.sessions) context->key_of_session.emplace_back(session.name, session.credentials.key_id);
    for (const SessionConfig& session : config.sessions) all.push_back(make_session(session, context));
  }

  FixSession* find(std::string_view name) noexcept {
    const auto found = std::ranges::find_if(all, [name](const auto& session) { return session->name() == name; });
    return found == all.end() ? nullptr : found->get();
  }

  // The session of this type with this name, or (empty name) the first that `fits`.
  template <class Session, class Fits>
  Session& get(std::string_view name, std::string_view kind, Fits fits) {
    for (const auto& session : all) {
      auto* const typed = dynamic_cast<Session*>(session.get());
      if (typed != nullptr && (name.empty() ? fits(*typed) : typed->name() == name)) return *typed;
    }
    std::string names;
    for (const auto& session : all) names += (names.empty() ? "" : ", ") + session->name();
    throw Exception(fail(ErrorCategory::config, "no " + std::string(kind) + " session" +
                                                    (name.empty() ? "" : " '" + std::string(name) + "'") +
                                                    " is configured: the client has " + (names.empty() ? "none" : names)));
  }

  void observe(std::string_view name, const StateChange& change) {
    {
      const std::lock_guard lock(changed_mutex);
      ++changes;
    }
    changed.notify_all();
    if (!state_handler) return;
    if (FixSession* const session = find(name)) state_handler(*session, change);
  }

  Result<void> open_log() {
    try {
      context->log = options.log ? options.log : make_spdlog_sink(config.log);
    } catch (const std::exception& problem) {
      return fail(ErrorCategory::config, "the log cannot be opened: " + std::string(problem.what()));
    }
    if (context->message_log || config.message_log.folder.empty()) return {};
    auto opened = MessageLog::open(config.message_log, context->log);
    if (!opened) return opened.error();
    context->message_log = std::move(*opened);
    return {};
  }

  Result<void> start() {
    if (context->running) return {};
    if (auto done = config.validate(); !done) return done;
    if (auto done = open_log(); !done) return done;
    for (const ConfigFinding& finding : config.findings) report(finding);
    for (const auto& session : all) {
      if (auto done = SessionFactory::prepare(*session); !done) return done;
    }
    run_thread();
    context->running = true;
    for (const auto& session : all) {
      if (auto done = session->start(); !done) return done;
    }
    return {};
  }

  void report(const ConfigFinding& finding) const {
    if (!context->log->enabled(LogLevel::info)) return;
    const std::string where = finding.line > 0 ? finding.file + ":" + std::to_string(finding.line) + ": " : "";
    context->log->log(LogLevel::info, "config", where + finding.key + " " + finding.text);
  }

  void run_thread() {
    if (!own_io) return;
    join();
    own_io->restart();
    guard.emplace(own_io->get_executor());
    thread = std::thread([this] {
      context->io->fix(std::this_thread::get_id());
      run_loop();
    });
  }

  void run_loop() {
    if (!config.spin_wait) {
      own_io->run();
      return;
    }
    while (!own_io->stopped()) own_io->poll();
  }

  void join() {
    if (!thread.joinable()) return;
    thread.join();
    context->io->fix({});  // the system may give the id to another thread
  }

  void async_stop(std::function<void()> stopped) {
    const auto left = std::make_shared<std::size_t>(all.size());
    const auto finish = [this, stopped = std::move(stopped)] {
      context->running = false;
      if (stopped) stopped();
      // Work posted before this runs first; then our own thread ends, whatever timers there are.
      if (own_io) asio::post(*own_io, [this] { asio::post(*own_io, [this] { own_io->stop(); }); });
    };
    if (all.empty()) {
      asio::post(context->executor, finish);
      return;
    }
    for (const auto& session : all) {
      session->stop([left, finish] {
        if (--*left == 0) finish();
      });
    }
  }

  void stop() {
    if (context->io->here()) {
      context->log->log(LogLevel::error, "client", "stop() from a handler would wait for itself: async_stop() is done instead");
      async_stop({});
      return;
    }
    // `running` stays until the last session has ended: handlers may still send their good-byes.
    if (context->running && !stopping.exchange(true)) {
      std::promise<void> done;
      async_stop([&done] { done.set_value(); });
      done.get_future().wait();
      stopping = false;
    }
    join();
    guard.reset();
    if (context->message_log) context->message_log->flush();
    context->log->flush();
  }

  Error not_active(const FixSession& session, std::string_view how) const {
    const StateChange change = session.last_change();
    std::string text = session.name() + " " + std::string(how) + " (it is " + std::string(to_string(session.state())) + ")";
    if (change.reason != EndReason::none)
      text += "; its last connection ended with " + std::string(to_string(change.reason)) + ": " + change.text;
    return fail(ErrorCategory::timeout, text);
  }

  Result<void> wait_until_active(FixSession& session, std::chrono::steady_clock::time_point until) {
    if (session.on_io_thread())
      return fail(ErrorCategory::config, "wait_until_active() would block the thread that has to do the work: use on_state in handlers");
    std::unique_lock lock(changed_mutex);
    for (;;) {
      if (session.active()) return {};
      if (!context->running) return fail(ErrorCategory::closed, "the client is not started: call start()");
      const StateChange change = session.last_change();
      if (session.state() == SessionState::stopped && change.reason != EndReason::none) {
        Error error = not_active(session, "has stopped for good");
        error.category = category_of(change.reason);
        return error;
      }
      const auto seen = changes;
      if (!changed.wait_until(lock, until, [&] { return changes != seen; })) return not_active(session, "is not logged on in time");
    }
  }

  MarginFixConfig config;
  MarginFixClientOptions options;
  std::optional<asio::io_context> own_io;
  std::optional<WorkGuard> guard;
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::shared_ptr<sessions::ClientContext> context;
  std::function<void(FixSession&, const StateChange&)> state_handler;
  std::mutex changed_mutex;
  std::condition_variable changed;
  std::uint64_t changes{0};
  std::vector<std::unique_ptr<FixSession>> all;  // last: sessions go before what they stand on
};

MarginFixClient::MarginFixClient(MarginFixConfig config, MarginFixClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(options))) {}

MarginFixClient::~MarginFixClient() {
  impl_->context->gate->close();
  // On an executor of the user's nobody may be running it any more: waiting could last for ever.
  if (impl_->own_io) impl_->stop();
}

Result<void> MarginFixClient::start() { return impl_->start(); }
void MarginFixClient::stop() { impl_->stop(); }
void MarginFixClient::async_stop(std::function<void()> stopped) { impl_->async_stop(std::move(stopped)); }
bool MarginFixClient::running() const noexcept { return impl_->context->running; }

OrderEntrySession& MarginFixClient::order_entry(TargetSession target) {
  return impl_->get<OrderEntrySession>({}, std::string(target_comp_id(target)) + " order entry",
                                       [target](const FixSession& session) { return session.config().target == target; });
}

OrderEntrySession& MarginFixClient::order_entry(std::string_view name) {
  return impl_->get<OrderEntrySession>(name, "order entry", [](const FixSession&) { return true; });
}

ListenerSession& MarginFixClient::listener(std::string_view name) {
  return impl_->get<ListenerSession>(name, "listener", [](const FixSession&) { return true; });
}

DropCopySession& MarginFixClient::drop_copy(std::string_view name) {
  return impl_->get<DropCopySession>(name, "drop copy", [](const FixSession&) { return true; });
}

MarketDataSession& MarginFixClient::market_data(std::string_view name) {
  return impl_->get<MarketDataSession>(name, "market data", [](const FixSession&) { return true; });
}

FixSession* MarginFixClient::find(std::string_view name) noexcept { return impl_->find(name); }

std::vector<FixSession*> MarginFixClient::sessions() noexcept {
  std::vector<FixSession*> out;
  for (const auto& session : impl_->all) out.push_back(session.get());
  return out;
}

Result<void> MarginFixClient::wait_until_active(std::string_view session, std::chrono::milliseconds timeout) {
  FixSession* const found = impl_->find(session);
  if (found == nullptr) return fail(ErrorCategory::config, "no session '" + std::string(session) + "' is configured");
  return impl_->wait_until_active(*found, std::chrono::steady_clock::now() + timeout);
}

Result<void> MarginFixClient::wait_until_active(std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  for (const auto& session : impl_->all) {
    if (auto done = impl_->wait_until_active(*session, until); !done) return done;
  }
  return {};
}

void MarginFixClient::set_state_handler(std::function<void(FixSession&, const StateChange&)> handler) {
  impl_->state_handler = std::move(handler);
}

const MarginFixConfig& MarginFixClient::config() const noexcept { return impl_->config; }

std::map<std::string, SessionStatistics> MarginFixClient::statistics() const {
  std::map<std::string, SessionStatistics> out;
  for (const auto& session : impl_->all) out.emplace(session->name(), session->statistics());
  return out;
}

std::shared_ptr<AccountLimits> MarginFixClient::limits() const noexcept { return impl_->context->limits; }
std::shared_ptr<MessageLog> MarginFixClient::message_log() const { return impl_->context->message_log; }
boost::asio::any_io_executor MarginFixClient::executor() const { return impl_->context->executor; }

}  // namespace marginfix
