// A FakeExchange's sessions: FakeRaw behind an interface that every thread may call.
#include "marginfix/sessions/fake_exchange.hpp"

#include <boost/asio/dispatch.hpp>
#include <condition_variable>
#include <utility>

#include "sessions/client/fake_access.hpp"
#include "sessions/client/fake_raw.hpp"

namespace marginfix {

using sessions::FakeAccess;
using sessions::FakeRaw;

struct FakeExchange::Session::Impl {
  // Shared with what waits to be done on the I/O thread, and with the session's end.
  struct State {
    boost::asio::any_io_executor executor;
    FakeRaw* raw{nullptr};  // I/O thread only
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::vector<Sent> sent;
    int starts{0}, resets{0};
  };

  template <class Work>
  void on_io(Work work) {
    boost::asio::dispatch(state->executor, [state = state, work = std::move(work)] {
      if (state->raw != nullptr) work(*state->raw);
    });
  }

  std::shared_ptr<State> state = std::make_shared<State>();
};

FakeExchange::Session::Session() : impl_(std::make_unique<Impl>()) {}
FakeExchange::Session::~Session() = default;

void FakeExchange::Session::log_on() {
  impl_->on_io([](FakeRaw& raw) { raw.log_on(); });
}
void FakeExchange::Session::lose(EndReason reason, const std::string& text) {
  impl_->on_io([reason, text](FakeRaw& raw) { raw.drop(reason, text); });
}
void FakeExchange::Session::deliver(const std::string& msg_type, const std::string& fields, bool poss_dup) {
  const bool admin = msg_type.size() == 1 && std::string_view("0A12345").find(msg_type[0]) != std::string_view::npos;
  impl_->on_io([=](FakeRaw& raw) {
    if (admin)
      raw.admin(msg_type, fields);
    else
      raw.app(msg_type, fields, poss_dup);
  });
}
void FakeExchange::Session::miss(std::int64_t first, std::int64_t last) {
  impl_->on_io([first, last](FakeRaw& raw) { raw.missing(first, last); });
}
void FakeExchange::Session::block(bool cancels) {
  impl_->on_io([cancels](FakeRaw& raw) {
    raw.blocked = true;
    raw.blocked_for_cancels = cancels;
  });
}
void FakeExchange::Session::unblock() {
  impl_->on_io([](FakeRaw& raw) {
    raw.blocked = raw.blocked_for_cancels = false;
    raw.room();
  });
}
void FakeExchange::Session::fail_sends(bool fail) {
  impl_->on_io([fail](FakeRaw& raw) { raw.fail_sends = fail; });
}

std::vector<FakeExchange::Sent> FakeExchange::Session::sent() const {
  const std::lock_guard lock(impl_->state->mutex);
  return impl_->state->sent;
}
bool FakeExchange::Session::wait_sent(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(impl_->state->mutex);
  return impl_->state->changed.wait_for(lock, limit, [&] { return impl_->state->sent.size() >= count; });
}
int FakeExchange::Session::starts() const {
  const std::lock_guard lock(impl_->state->mutex);
  return impl_->state->starts;
}
int FakeExchange::Session::resets() const {
  const std::lock_guard lock(impl_->state->mutex);
  return impl_->state->resets;
}

FakeExchange::FakeExchange() = default;
FakeExchange::~FakeExchange() = default;

FakeExchange::Session& FakeExchange::session(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(name); found != sessions_.end()) return *found->second;
  throw Exception(fail(ErrorCategory::config, "no client of this FakeExchange has started a session '" + std::string(name) + "'"));
}

MarginFixConfig FakeExchange::config() {
  MarginFixConfig config;
  config.rate_limit.write = config.rate_limit.read = TokenBucketOptions{0, 0, 0};
  const auto add = [&config](SessionKind kind, TargetSession target, const char* key_id) {
    SessionCredentials credentials;
    credentials.key_id = key_id;
    credentials.signer = std::make_shared<Signer>(
        Signer::from_public_pem("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                                "-----END PUBLIC KEY-----\n")
            .value());
    SessionConfig& session = config.add(kind, target, std::move(credentials));
    session.host = "127.0.0.1";  // nobody connects
    session.port = 1;
  };
  add(SessionKind::order_entry, TargetSession::NR, "fake-key");
  add(SessionKind::order_entry, TargetSession::RT, "fake-key");
  add(SessionKind::listener, TargetSession::NR, "fake-listener-key");
  add(SessionKind::drop_copy, TargetSession::DC, "fake-key");
  add(SessionKind::market_data, TargetSession::MD, "fake-key");
  return config;
}

namespace sessions {

FakeExchange::Session& FakeAccess::slot(FakeExchange& exchange, const std::string& name) {
  const std::lock_guard lock(exchange.mutex_);
  std::unique_ptr<FakeExchange::Session>& slot = exchange.sessions_[name];
  if (!slot) slot.reset(new FakeExchange::Session);
  return *slot;
}

RawSessionFactory FakeAccess::factory(std::shared_ptr<FakeExchange> exchange) {
  return [exchange = std::move(exchange)](boost::asio::any_io_executor executor, RawSessionOptions options, MessageStore&,
                                          RawSessionHandler& handler) -> Result<std::unique_ptr<RawSession>> {
    const auto state = slot(*exchange, options.name).impl_->state;
    auto made = std::make_unique<FakeRaw>(std::move(options), handler);
    state->executor = std::move(executor);
    state->raw = made.get();
    made->when_gone = [state] { state->raw = nullptr; };
    made->when_sent = [state](const Sent& sent) {
      const std::lock_guard lock(state->mutex);
      state->sent.push_back({sent.seq, sent.msg_type, sent.body, sent.sender_sub_id});
      state->changed.notify_all();
    };
    made->when_started = [state] {
      const std::lock_guard lock(state->mutex);
      ++state->starts;
    };
    made->when_reset = [state] {
      const std::lock_guard lock(state->mutex);
      ++state->resets;
    };
    return std::unique_ptr<RawSession>(std::move(made));
  };
}

}  // namespace sessions
}  // namespace marginfix
