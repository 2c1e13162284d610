// The other side of a connection, played by a test.
#include "support/scripted_peer.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "marginfix/core/time.hpp"

namespace marginfix::test {
namespace {

constexpr char kSoh = '\x01';

}  // namespace

void take_messages(std::string& stream, std::vector<std::string>& out) {
  for (;;) {
    const auto trailer = stream.find(std::string(1, kSoh) + "10=");
    const auto end = trailer == std::string::npos ? std::string::npos : stream.find(kSoh, trailer + 1);
    if (end == std::string::npos) return;
    out.push_back(piped(stream.substr(0, end + 1)));
    stream.erase(0, end + 1);
  }
}

std::string piped(std::string_view bytes) {
  std::string text(bytes);
  std::ranges::replace(text, kSoh, '|');
  return text;
}

std::string fix_message(std::string_view pipe_text) {
  std::string body(pipe_text);
  std::ranges::replace(body, '|', kSoh);
  std::string message = "8=FIXT.1.1" + std::string(1, kSoh) + "9=" + std::to_string(body.size()) + std::string(1, kSoh) + body;
  unsigned sum = 0;
  for (const char c : message) sum += static_cast<unsigned char>(c);
  char trailer[16];
  std::snprintf(trailer, sizeof(trailer), "10=%03u%c", sum % 256, kSoh);
  return message + trailer;
}

std::string field_of(std::string_view message, int tag) {
  std::string text = "|" + piped(message);
  const std::string key = "|" + std::to_string(tag) + "=";
  const auto at = text.find(key);
  if (at == std::string::npos) return {};
  const auto begin = at + key.size();
  return text.substr(begin, text.find('|', begin) - begin);
}

std::string utc_now(std::chrono::milliseconds moved) { return to_fix_utc(system_clock().now() + moved); }

struct ScriptedPeer::Impl {
  struct Connection final : transport::ConnectionEvents {
    Connection(Impl& the_owner, std::shared_ptr<transport::ByteConnection> the_link) : owner(the_owner), link(std::move(the_link)) {}
    ~Connection() override { link->detach(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    void on_open() override { ++owner.opened; }
    void on_received(const char* data, std::size_t size) override {
      owner.raw.append(data, size);
      stream.append(data, size);
      take_messages(stream, owner.messages);
    }
    void on_closed(transport::CloseReason, const std::string&) override {}

    Impl& owner;
    std::shared_ptr<transport::ByteConnection> link;
    std::string stream;
  };

  std::unique_ptr<transport::Acceptor> listener;
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::string> messages;
  std::string raw;
  std::size_t opened{0};
};

ScriptedPeer::ScriptedPeer(boost::asio::io_context& io, const LeafFiles* tls, std::uint16_t port) : impl_(std::make_unique<Impl>()) {
  transport::ListenOptions options;
  options.port = port;
  options.tls = tls != nullptr;
  if (tls != nullptr) {
    options.certificate_file = tls->certificate;
    options.private_key_file = tls->private_key;
  }
  auto listener =
      transport::listen(io.get_executor(), options, [impl = impl_.get()](const std::shared_ptr<transport::ByteConnection>& link) {
        impl->connections.push_back(std::make_unique<Impl::Connection>(*impl, link));
        return static_cast<transport::ConnectionEvents*>(impl->connections.back().get());
      });
  if (!listener) throw std::runtime_error(listener.error().message);
  impl_->listener = std::move(listener.value());
}

ScriptedPeer::~ScriptedPeer() = default;

std::uint16_t ScriptedPeer::port() const { return impl_->listener->port(); }
std::size_t ScriptedPeer::accepted() const { return impl_->connections.size(); }
std::size_t ScriptedPeer::opened() const { return impl_->opened; }
bool ScriptedPeer::connected() const { return !impl_->connections.empty() && impl_->connections.back()->link->open(); }
transport::ByteConnection& ScriptedPeer::connection() { return *impl_->connections.at(impl_->connections.size() - 1)->link; }
const std::vector<std::string>& ScriptedPeer::messages() const { return impl_->messages; }
const std::string& ScriptedPeer::raw() const { return impl_->raw; }

bool ScriptedPeer::saw(std::string_view msg_type, std::size_t count) const {
  const auto same = [&](const std::string& message) { return field_of(message, 35) == msg_type; };
  return static_cast<std::size_t>(std::ranges::count_if(impl_->messages, same)) >= count;
}

std::string ScriptedPeer::latest(std::string_view msg_type) const {
  for (auto message = impl_->messages.rbegin(); message != impl_->messages.rend(); ++message)
    if (field_of(*message, 35) == msg_type) return *message;
  return {};
}

void ScriptedPeer::send(std::string_view pipe_text) { send_bytes(fix_message(pipe_text)); }
void ScriptedPeer::send_bytes(std::string_view bytes) { connection().send(bytes.data(), bytes.size()); }
void ScriptedPeer::reset() { connection().reset(); }
void ScriptedPeer::close_listener() { impl_->listener->close(); }

}  // namespace marginfix::test
