#include "services/http/http_server.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <csignal>
#include <functional>
#include <optional>
#include <set>
#include <thread>

namespace marginfix::services {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds kLinger{500};       // for the peer's end, behind our last answer
constexpr milliseconds kAcceptPause{100};  // after an accept that failed: no descriptors, no memory

// On every answer. Nothing of another address is loaded or asked, nobody may frame the page, nothing of it is kept by a cache.
constexpr std::string_view kSafetyHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "Cache-Control: no-store\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Frame-Options: DENY\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";

Result<tcp::endpoint> endpoint_of(const HttpServerOptions& options) {
  const std::string& listen = options.listen;
  const auto wrong = [&] {
    return fail(ErrorCategory::config, "cannot listen on '" + listen + "': give ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:0");
  };
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return wrong();
  std::string address = listen.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  std::uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const auto [last, fault] = std::from_chars(listen.data() + colon + 1, end, port);
  error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error || fault != std::errc() || last != end) return wrong();
  if (!parsed.is_loopback() && !options.allow_remote) {
    const std::string setting = options.remote_setting.empty() ? "the configuration" : options.remote_setting;
    return fail(ErrorCategory::config, "'" + listen + "' is not a loopback address: the page is plain HTTP, and is served to other " +
                                           "machines only where " + setting + " says so");
  }
  return tcp::endpoint(parsed, port);
}

HttpRequest request_of(http::request<http::string_body>&& from) {
  HttpRequest request;
  request.method.assign(from.method_string());
  const std::string_view target(from.target().data(), from.target().size());
  const std::string_view whole = target.substr(0, target.find('#'));
  const std::size_t mark = whole.find('?');
  request.path = whole.substr(0, mark);
  if (mark != std::string_view::npos) request.query = whole.substr(mark + 1);
  for (const auto& field : from) request.headers.emplace_back(field.name_string(), field.value());
  request.body = std::move(from.body());
  return request;
}

std::string head_of(const HttpReply& reply, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " " + std::string(http_reason(reply.status)) + "\r\n";
  head += "Content-Type: " + reply.content_type + "\r\n";
  if (!reply.stream) head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  if (!reply.allow.empty()) head += "Allow: " + reply.allow + "\r\n";
  if (reply.status == 401) head += "WWW-Authenticate: Bearer\r\n";
  head += keep_alive && !reply.stream ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  return head.append(kSafetyHeaders) + "\r\n";
}

class WebConnection;

// What connections need of their server.
struct WebShared {
  HttpHandler& handler;
  HttpServerOptions options;
  HostNames names;
  std::set<WebConnection*> connections;
  std::uint64_t next_stream{1};
};

class WebConnection : public std::enable_shared_from_this<WebConnection> {
 public:
  WebConnection(WebShared& shared, tcp::socket socket)
      : shared_(shared), socket_(std::move(socket)), deadline_(socket_.get_executor()), buffer_(most()) {
    shared_.connections.insert(this);
  }
  ~WebConnection() { shared_.connections.erase(this); }
  WebConnection(const WebConnection&) = delete;
  WebConnection& operator=(const WebConnection&) = delete;

  void start() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    next_request(limits().request);
  }

  void close() {
    phase_ = Phase::gone;
    deadline_.cancel();
    error_code ignored;
    socket_.close(ignored);
    shared_.connections.erase(this);
  }

  bool idle() const noexcept { return phase_ == Phase::idle; }
  std::chrono::steady_clock::time_point since() const noexcept { return since_; }
  std::uint64_t stream() const noexcept { return phase_ == Phase::streaming ? stream_ : 0; }

  // To a stream. What a slow one has not taken yet is replaced: each event says all there is to say.
  void send(const std::string& text) {
    if (writing_) {
      waiting_ = text;
      return;
    }
    out_ = text;
    write_to_stream();
  }

  // A comment, so that a peer that is gone is noticed; what waits to leave does that already.
  void beat() {
    if (!writing_) send(":\n\n");
  }

 private:
  enum class Phase : std::uint8_t { idle, reading, answering, streaming, leaving, gone };
  using Parser = http::request_parser<http::string_body>;

  const HttpLimits& limits() const noexcept { return shared_.options.limits; }
  std::size_t most() const noexcept { return limits().header_bytes + limits().body_bytes; }
  bool gone() const noexcept { return phase_ == Phase::gone; }

  void arm(milliseconds after) {
    deadline_.expires_after(after);
    deadline_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && self->deadline_.expiry() <= asio::steady_timer::clock_type::now()) self->on_deadline();
    });
  }

  void on_deadline() {
    if (phase_ != Phase::reading) return close();
    keep_alive_ = false;
    error_code ignored;
    timed_out_ = true;
    socket_.cancel(ignored);
  }

  // ---- reading
  void next_request(milliseconds idle) {
    phase_ = Phase::idle;
    since_ = std::chrono::steady_clock::now();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits().header_bytes));
    parser_->body_limit(limits().body_bytes);
    if (buffer_.size() > 0) return read_header();
    arm(idle);
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      if (self->gone()) return;
      if (error) return self->close();
      self->read_header();
    });
  }

  void read_header() {
    phase_ = Phase::reading;
    arm(limits().request);
    http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone()) return;
      if (error) return self->on_bad_request(error);
      self->read_body();
    });
  }

  void read_body() {
    if (!parser_->is_done() && http::token_list(parser_->get()[http::field::expect]).exists("100-continue")) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
        if (self->gone()) return;
        if (error) return self->close();
        self->read_rest();
      });
      return;
    }
    read_rest();
  }

  void read_rest() {
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone()) return;
      if (error) return self->on_bad_request(error);
      self->answer();
    });
  }

  void on_bad_request(error_code error) {
    keep_alive_ = false;
    if (timed_out_) return respond(http_error(408, "timeout", "the request did not come in time"), false);
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return respond(http_error(431, "headers_too_large", "the request's headers are too large"), false);
    }
    if (error == http::error::body_limit) return respond(http_error(413, "too_large", "the request's body is too large"), false);
    if (error == http::error::end_of_stream || error.category() == asio::error::get_system_category() ||
        error.category() == asio::error::get_misc_category()) {
      return close();
    }
    respond(http_error(400, "bad_request", "this is no HTTP/1.1 request"), false);
  }

  // ---- answering
  void answer() {
    phase_ = Phase::answering;
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    HttpRequest request = request_of(std::move(message));
    const bool head_only = request.method == "HEAD";
    if (head_only) request.method = "GET";
    HttpReply reply = reply_to(request);
    if (head_only) reply.stream = false;
    respond(reply, head_only);
  }

  HttpReply reply_to(const HttpRequest& request) {
    try {
      if (auto no = refused(request, shared_.names)) return *std::move(no);
      return shared_.handler.on_request(request);
    } catch (const std::exception& e) {
      const auto& log = *shared_.options.log;
      if (log.enabled(LogLevel::error)) shared_.options.log->log(LogLevel::error, "page", request.path + ": " + e.what());
      return http_error(500, "internal", e.what());
    }
  }

  void respond(const HttpReply& reply, bool head_only) {
    phase_ = Phase::answering;
    out_ = head_of(reply, keep_alive_);
    if (!head_only) out_ += reply.body;
    if (reply.stream) return begin_stream();
    arm(limits().write);
    asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone()) return;
      if (error) return self->close();
      self->out_ = std::string();  // a big answer is not kept for as long as the connection
      if (self->keep_alive_) return self->next_request(self->limits().idle);
      self->leave();
    });
  }

  // Reads what the peer still sends, so that closing does not reset the connection under our last answer.
  void leave() {
    phase_ = Phase::leaving;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    arm(kLinger);
    drain();
  }

  // A stream's peer has nothing to say but its end.
  void drain() {
    socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone()) return;
      if (error) return self->close();
      self->drain();
    });
  }

  void begin_stream() {
    phase_ = Phase::streaming;
    stream_ = shared_.next_stream++;
    make_room_for_stream();
    write_to_stream();
    drain();
  }

  void make_room_for_stream();

  void write_to_stream() {
    writing_ = true;
    arm(limits().write);
    asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone()) return;
      if (error) return self->close();
      self->writing_ = false;
      self->deadline_.cancel();
      if (self->waiting_.empty()) return;
      self->out_ = std::exchange(self->waiting_, std::string());
      self->write_to_stream();
    });
  }

  WebShared& shared_;
  tcp::socket socket_;
  asio::steady_timer deadline_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::array<char, 512> chunk_{};
  std::string out_, waiting_;
  std::chrono::steady_clock::time_point since_{};
  std::uint64_t stream_{0};
  Phase phase_{Phase::idle};
  bool keep_alive_{true}, timed_out_{false}, writing_{false};
};

std::vector<WebConnection*> streams_of(const WebShared& shared) {
  std::vector<WebConnection*> streams;
  std::ranges::copy_if(shared.connections, std::back_inserter(streams), [](const WebConnection* c) { return c->stream() != 0; });
  std::ranges::sort(streams, {}, &WebConnection::stream);
  return streams;
}

void WebConnection::make_room_for_stream() {
  const auto streams = streams_of(shared_);
  if (streams.size() > limits().streams) streams.front()->close();
}

// False: all are busy.
bool make_room(const WebShared& shared) {
  WebConnection* oldest = nullptr;
  for (WebConnection* const connection : shared.connections) {
    if (connection->idle() && (oldest == nullptr || connection->since() < oldest->since())) oldest = connection;
  }
  if (oldest != nullptr) oldest->close();
  return oldest != nullptr;
}

// The thread takes no signal: they are the program's.
std::thread thread_without_signals(const std::function<void()>& run) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(run);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

struct HttpServer::Impl {
  Impl(HttpServerOptions options, HttpHandler& handler) : shared{handler, std::move(options), {}, {}} {}

  Result<void> open() {
    const auto where = endpoint_of(shared.options);
    if (!where) return where.error();
    error_code error;
    acceptor.open(where->protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(*where, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCategory::connect, "cannot listen on " + shared.options.listen + ": " + error.message());
    bound = acceptor.local_endpoint(error);
    shared.names = HostNames(bound.address().to_string(), bound.port(), shared.options.host_names, shared.options.names_setting);
    return {};
  }

  void run() {
    accept();
    beat();
    thread = thread_without_signals([this] { io.run(); });
  }

  void accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (stopping) return;
      if (error) {
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](error_code) {
          if (!stopping) accept();
        });
        return;
      }
      if (shared.connections.size() < shared.options.limits.connections || make_room(shared)) {
        std::make_shared<WebConnection>(shared, std::move(socket))->start();
      }
      accept();
    });
  }

  void beat() {
    heartbeat.expires_after(shared.options.limits.heartbeat);
    heartbeat.async_wait([this](error_code error) {
      if (error || stopping) return;
      for (WebConnection* const stream : streams_of(shared)) stream->beat();
      beat();
    });
  }

  void wake() {
    if (woken.exchange(true)) return;
    asio::post(io, [this] {
      if (stopping) return;
      turn.expires_at(std::max(std::chrono::steady_clock::now(), last_turn + shared.options.limits.wake));
      turn.async_wait([this](error_code error) {
        if (error || stopping) return;
        last_turn = std::chrono::steady_clock::now();
        woken = false;
        const std::string text = shared.handler.on_wake();
        if (text.empty()) return;
        for (WebConnection* const stream : streams_of(shared)) stream->send(text);
      });
    });
  }

  void stop() {
    if (!thread.joinable()) return;
    asio::post(io, [this] {
      stopping = true;
      error_code ignored;
      acceptor.close(ignored);
      pause.cancel(), heartbeat.cancel(), turn.cancel();
      while (!shared.connections.empty()) (*shared.connections.begin())->close();
      work.reset();
    });
    thread.join();
  }

  WebShared shared;  // outlives the io_context, whose handlers hold connections
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  tcp::acceptor acceptor{io};
  asio::steady_timer pause{io}, heartbeat{io}, turn{io};
  tcp::endpoint bound;
  std::chrono::steady_clock::time_point last_turn{};
  std::atomic<bool> woken{false};
  bool stopping{false};
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, HttpHandler& handler) {
  auto impl = std::make_unique<Impl>(std::move(options), handler);
  if (auto open = impl->open(); !open) return open.error();
  impl->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::string HttpServer::address() const {
  const std::string address = impl_->bound.address().to_string();
  return (impl_->bound.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(impl_->bound.port());
}

void HttpServer::wake() { impl_->wake(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace marginfix::services
