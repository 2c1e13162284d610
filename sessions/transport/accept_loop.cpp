// Accept loop: a wait first, then as many as are there, within bounds.
#include "marginfix/sessions/accept_loop.hpp"

#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace marginfix {

namespace {

constexpr std::chrono::milliseconds kPauseAfterError{50};
constexpr int kMostAcceptedATurn = 8;

}  // namespace

struct AcceptLoop::Inner : std::enable_shared_from_this<Inner> {
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  Inner(const boost::asio::any_io_executor& executor, std::shared_ptr<ConnectionTable> table, AcceptLoopHandlers the_handlers)
      : acceptor(executor), pause(executor), connections(std::move(table)), handlers(std::move(the_handlers)) {}

  error_code open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    if (!error) port = acceptor.local_endpoint(error).port();
    if (!error) accept();
    return error;
  }

  // Waits for somebody first. Linux says EMFILE before it looks whether anybody is there, and an accept without a wait would have somebody
  // sent away for nobody's sake.
  void accept() {
    if (connections && !connections->ready()) return accept_after(connections->wait());
    acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const error_code& stopped) {
      if (!stopped && !self->closed) self->accept_crowd();
    });
  }

  // Several a turn, so that a crowd in front of the door does not make everybody behind it wait a turn for each.
  void accept_crowd() {
    for (int taken = 0; taken < kMostAcceptedATurn; ++taken) {
      tcp::socket socket(acceptor.get_executor());
      error_code error;
      acceptor.accept(socket, error);
      if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) break;
      if (error && taken == 0) return accept_failed(error);
      if (error) break;  // whoever still waits is met by the next wait
      failures = 0;
      handlers.take(std::move(socket));
      if (closed) return;
      if (connections && !connections->ready()) break;
    }
    accept();
  }

  void accept_failed(const error_code& error) {
    handlers.cannot_accept(error.message());
    ++failures;
    accept_after(connections ? connections->accept_failed(error.value(), failures) : kPauseAfterError);
  }

  void accept_after(std::chrono::milliseconds wait) {
    pause.expires_after(wait);
    pause.async_wait([self = shared_from_this()](const error_code& stopped) {
      if (!stopped && !self->closed) self->accept();
    });
  }

  void close() {
    error_code ignored;
    closed = true;
    pause.cancel();
    acceptor.close(ignored);
  }

  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  std::shared_ptr<ConnectionTable> connections;
  AcceptLoopHandlers handlers;
  std::uint16_t port{0};
  int failures{0};  // to accept, in a row
  bool closed{false};
};

AcceptLoop::AcceptLoop(const boost::asio::any_io_executor& executor, std::shared_ptr<ConnectionTable> connections,
                       AcceptLoopHandlers handlers)
    : inner_(std::make_shared<Inner>(executor, std::move(connections), std::move(handlers))) {}
AcceptLoop::~AcceptLoop() { inner_->close(); }

boost::system::error_code AcceptLoop::open(const boost::asio::ip::tcp::endpoint& endpoint) { return inner_->open(endpoint); }
std::uint16_t AcceptLoop::port() const { return inner_->port; }
void AcceptLoop::close() { inner_->close(); }

}  // namespace marginfix
