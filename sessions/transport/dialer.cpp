// Client connections: name look-up, every address in turn, the loopback rule for plain TCP, then Stream takes over.
#include "sessions/transport/dialer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "sessions/transport/stream.hpp"

namespace marginfix::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// One try to reach the target. Lives until the stream is started or ended.
class ConnectOperation : public std::enable_shared_from_this<ConnectOperation> {
 public:
  ConnectOperation(std::shared_ptr<Stream> stream, const DialTarget& target, std::unique_ptr<TlsChannel> channel)
      : stream_(std::move(stream)),
        target_(target),
        channel_(std::move(channel)),
        resolver_(stream_->socket().get_executor()),
        timer_(stream_->socket().get_executor()),
        deadline_(now() + target.timeouts.connect) {}

  void start() {
    stream_->set_end_hook([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->cancel();
    });
    error_code error;
    const auto literal = asio::ip::make_address(target_.host, error);
    if (!error) return resolved({literal});
    if (target_.resolver) return ask_resolver();
    arm(target_.timeouts.connect, [](ConnectOperation& self) {
      self.end(CloseReason::name_lookup,
               fmt::format("looking up '{}' took longer than {} ms: check DNS", self.target_.host, self.target_.timeouts.connect.count()));
    });
    resolver_.async_resolve(target_.host, std::to_string(target_.port), tcp::resolver::numeric_service,
                            [self = shared_from_this()](const error_code& failure, const tcp::resolver::results_type& found) {
                              std::vector<asio::ip::address> addresses;
                              for (const auto& entry : found) addresses.push_back(entry.endpoint().address());
                              self->looked_up(failure.message(), std::move(addresses));
                            });
  }

 private:
  std::chrono::nanoseconds now() const { return monotonic_of(target_.limits.time); }

  void ask_resolver() {
    std::string problem = "unknown";
    std::vector<asio::ip::address> addresses;
    for (const std::string& text : target_.resolver->resolve(target_.host, &problem)) {
      error_code error;
      const auto address = asio::ip::make_address(text, error);
      if (!error) addresses.push_back(address);
    }
    looked_up(problem, std::move(addresses));
  }

  void looked_up(const std::string& problem, std::vector<asio::ip::address> addresses) {
    if (stream_->ended()) return;
    if (addresses.empty())
      return end(CloseReason::name_lookup,
                 fmt::format("the host name '{}' does not resolve ({}): check its spelling and this machine's DNS", target_.host, problem));
    resolved(std::move(addresses));
  }

  void resolved(std::vector<asio::ip::address> addresses) {
    if (!target_.tls.enabled) {
      for (const auto& address : addresses) {
        if (address.is_loopback()) continue;
        return end(
            CloseReason::plain_refused,
            fmt::format("plain TCP to {} ({}) refused: without TLS orders and signatures would cross the network readable; switch TLS "
                        "on (SSLEnable=Y / TlsOptions::enabled), plain TCP is for loopback addresses only",
                        target_.host, address.to_string()));
      }
    }
    addresses_ = std::move(addresses);
    try_next();
  }

  void try_next() {
    if (stream_->ended()) return;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - now());
    if (next_ == addresses_.size() || left.count() <= 0) return none_left();
    const tcp::endpoint endpoint(addresses_[next_], target_.port);
    const auto share = left / static_cast<int>(addresses_.size() - next_);  // one dead address must not eat the others' time
    ++next_;
    timed_out_ = false;
    arm(share, [](ConnectOperation& self) {
      self.timed_out_ = true;
      error_code ignored;
      self.stream_->socket().close(ignored);
    });
    error_code ignored;
    stream_->socket().close(ignored);
    stream_->socket().async_connect(endpoint,
                                    [self = shared_from_this(), endpoint](const error_code& error) { self->tried(endpoint, error); });
  }

  void tried(const tcp::endpoint& endpoint, const error_code& error) {
    disarm();
    if (stream_->ended()) return;
    if (error) {
      any_timed_out_ = any_timed_out_ || timed_out_;
      failures_ += fmt::format("{}{}: {}", failures_.empty() ? "" : "; ", endpoint_text(endpoint),
                               timed_out_ ? "no answer in time" : error.message());
      return try_next();
    }
    stream_->set_end_hook(nullptr);
    if (ConnectionEvents* events = stream_->events()) events->on_tcp_connected();
    if (!stream_->ended()) stream_->start(std::move(channel_), target_.timeouts.handshake);
  }

  void none_left() {
    const std::string where = fmt::format("{}:{}", target_.host, target_.port);
    if (any_timed_out_)
      return end(CloseReason::connect_timeout, fmt::format("no connection to {} within {} ms ({}): check host, port and firewall", where,
                                                           target_.timeouts.connect.count(), failures_));
    end(CloseReason::connect_failed, fmt::format("cannot connect to {} ({}): check that the peer runs, host and port", where, failures_));
  }

  void arm(std::chrono::milliseconds after, void (*action)(ConnectOperation&)) {
    timer_.expires_after(after);
    timer_.async_wait([weak = weak_from_this(), count = ++timer_count_, action](const error_code& error) {
      if (error) return;
      const auto self = weak.lock();
      if (self && count == self->timer_count_) action(*self);  // else cancelled with its handler queued already
    });
  }

  void end(CloseReason reason, const std::string& text) { stream_->end(reason, text); }

  void disarm() {
    ++timer_count_;
    timer_.cancel();
  }

  void cancel() {
    disarm();
    resolver_.cancel();
  }

  std::shared_ptr<Stream> stream_;
  DialTarget target_;
  std::unique_ptr<TlsChannel> channel_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  std::chrono::nanoseconds deadline_;
  std::vector<asio::ip::address> addresses_;
  std::size_t next_{0};
  unsigned timer_count_{0};
  std::string failures_;
  bool timed_out_{false}, any_timed_out_{false};
};

class AsioDialer final : public Dialer {
 public:
  AsioDialer(asio::any_io_executor executor, DialTarget target) : executor_(std::move(executor)), target_(std::move(target)) {}

  std::shared_ptr<ByteConnection> dial(ConnectionEvents& events) override {
    auto stream = std::make_shared<Stream>(Stream::Socket(executor_), target_.limits, &events);
    std::unique_ptr<TlsChannel> channel;
    if (target_.tls.enabled) {
      auto made = make_channel();
      if (!made) {
        stream->end(CloseReason::certificate, made.error().message);
        return stream;
      }
      channel = std::move(made.value());
    }
    // Posted: the caller has the connection in its hands before any event about it.
    asio::post(executor_, [operation = std::make_shared<ConnectOperation>(stream, target_, std::move(channel)), stream] {
      if (!stream->ended()) operation->start();
    });
    return stream;
  }

 private:
  Result<std::unique_ptr<TlsChannel>> make_channel() {
    if (!tls_) {
      auto made = ClientTls::create(target_.tls);
      if (!made) return made.error();
      tls_ = made.value();
    }
    return tls_->open(target_.host);
  }

  asio::any_io_executor executor_;
  DialTarget target_;
  std::shared_ptr<ClientTls> tls_;  // kept between connections: it holds the session to resume
};

}  // namespace

std::unique_ptr<Dialer> make_dialer(asio::any_io_executor executor, DialTarget target) {
  return std::make_unique<AsioDialer>(std::move(executor), std::move(target));
}

}  // namespace marginfix::transport
