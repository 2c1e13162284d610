// A StreamConnection by the NATS C client (libnats). JetStream's requests are made here, as JSON, so that each has its own time limit and
// its error in the broker's words.
#include <nats/nats.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json/parse.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/stream/connection.hpp"

namespace marginfix::reconcile {

namespace {

namespace bj = boost::json;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int kConnectMs = 2'000, kPingMs = 2'000, kPingsOut = 2, kWriteMs = 5'000;
constexpr int kBufferBytes = 256 * 1024;
constexpr int kNoResponders = 503;
constexpr int kNotFound = 404;
constexpr nanoseconds kHeartbeat = std::chrono::seconds(2);  // of a quiet stream, to those who follow it
constexpr milliseconds kSilent{7'000};                       // so long without one: the connection is no good
constexpr std::uint64_t kMostSequence = std::uint64_t{1} << 62U;

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* what) const noexcept {
    Destroy(what);
  }
};
using Options = std::unique_ptr<natsOptions, Destroyer<natsOptions_Destroy>>;
using Message = std::unique_ptr<natsMsg, Destroyer<natsMsg_Destroy>>;
using Subscription = std::unique_ptr<natsSubscription, Destroyer<natsSubscription_Destroy>>;

Error trouble(ErrorCategory category, std::string text) { return fail(category, std::move(text)); }

// What the client says went wrong, by what it means for us.
Error status_error(const char* what, natsStatus status) {
  ErrorCategory category = ErrorCategory::connect;
  if (status == NATS_CONNECTION_AUTH_FAILED || status == NATS_NOT_PERMITTED) category = ErrorCategory::credentials;
  if (status == NATS_SSL_ERROR || status == NATS_SECURE_CONNECTION_WANTED || status == NATS_SECURE_CONNECTION_REQUIRED)
    category = ErrorCategory::tls;
  if (status == NATS_TIMEOUT) category = ErrorCategory::timeout;
  std::string text = std::string(what) + ": " + natsStatus_GetText(status);
  if (status == NATS_SSL_ERROR) text += " (its certificate must be of a known authority, for the host that servers names)";
  return trouble(category, std::move(text));
}

Result<SecretString> secret_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in) return trouble(ErrorCategory::credentials, path + ": it cannot be read");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return trouble(ErrorCategory::credentials, path + ": it is empty");
  return SecretString(std::move(text));
}

// ---- JSON of JetStream --------------------------------------------------------------------------------------------------

const bj::object* object_in(const bj::object& object, const char* name) {
  const bj::value* const value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}
std::string text_in(const bj::object& object, const char* name) {
  const bj::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::int64_t number_in(const bj::object& object, const char* name) {
  const bj::value* const value = object.if_contains(name);
  if (value == nullptr) return 0;
  if (const auto* const i = value->if_int64()) return *i;
  if (const auto* const u = value->if_uint64()) return static_cast<std::int64_t>(std::min(*u, kMostSequence));
  return 0;
}
bool flag_in(const bj::object& object, const char* name) {
  const bj::value* const value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}
bool holds_any(const bj::object& object, const char* name) {
  const bj::value* const value = object.if_contains(name);
  return value != nullptr && !value->is_null() && !(value->is_array() && value->get_array().empty());
}

StreamFound stream_of(const bj::object& answer) {
  StreamFound found;
  if (const bj::object* const config = object_in(answer, "config")) {
    if (const bj::value* const subjects = config->if_contains("subjects"); subjects != nullptr && subjects->is_array()) {
      for (const bj::value& one : subjects->get_array()) {
        if (one.is_string()) found.subjects.emplace_back(one.get_string());
      }
    }
    found.retention = text_in(*config, "retention");
    found.storage = text_in(*config, "storage");
    found.discard = text_in(*config, "discard");
    found.max_age = nanoseconds(number_in(*config, "max_age"));
    found.duplicate_window = nanoseconds(number_in(*config, "duplicate_window"));
    found.max_messages_per_subject = number_in(*config, "max_msgs_per_subject");
    found.replicas = number_in(*config, "num_replicas");
    found.has_sources = holds_any(*config, "sources");
    found.has_mirror = holds_any(*config, "mirror");
    found.no_ack = flag_in(*config, "no_ack");
    found.sealed = flag_in(*config, "sealed");
  }
  if (const bj::object* const state = object_in(answer, "state")) {
    found.last_sequence = static_cast<std::uint64_t>(number_in(*state, "last_seq"));
    found.messages = static_cast<std::uint64_t>(number_in(*state, "messages"));
  }
  if (const bj::object* const cluster = object_in(answer, "cluster")) found.leader = text_in(*cluster, "leader");
  return found;
}

// The broker's own error: its code, and its text.
struct ApiError {
  int code{0};
  std::int64_t number{0};  // err_code
  std::string text;
};
std::optional<ApiError> error_in(const bj::object& answer) {
  const bj::object* const error = object_in(answer, "error");
  if (error == nullptr) return std::nullopt;
  return ApiError{static_cast<int>(number_in(*error, "code")), number_in(*error, "err_code"), visible(text_in(*error, "description"))};
}

Result<bj::object> object_of(std::string_view text) {
  boost::system::error_code fault;
  bj::value value = bj::parse(bj::string_view(text.data(), text.size()), fault);
  if (fault || !value.is_object()) return trouble(ErrorCategory::decode, "the broker's answer is no JSON");
  return std::move(value.get_object());
}

// "NATS/1.0\r\nNats-Msg-Id: x\r\n\r\n": a header of a stored message.
std::string header_in(std::string_view headers, std::string_view name) {
  while (!headers.empty()) {
    const std::size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      std::string_view value = line.substr(name.size() + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return std::string(value);
    }
    if (end == std::string_view::npos) break;
    headers.remove_prefix(end + 2);
  }
  return {};
}

std::string bytes_of(const bj::object& object, const char* name) { return base64_decode(text_in(object, name)).value_or(""); }

std::string_view data_of(const natsMsg* message) {
  const char* const data = natsMsg_GetData(message);
  return data == nullptr ? std::string_view() : std::string_view(data, static_cast<std::size_t>(natsMsg_GetDataLength(message)));
}
std::string header_of(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr ? std::string(value) : std::string();
}

// $JS.ACK.[domain.account.]STREAM.CONSUMER.DELIVERED.SEQUENCE.CONSUMER_SEQUENCE.NANOSECONDS.PENDING[.token]
struct Delivery {
  std::uint64_t sequence{0}, number{0};
  std::int64_t time{0};
};
std::optional<Delivery> delivery_of(std::string_view reply) {
  std::vector<std::string_view> tokens;
  for (;;) {
    const std::size_t dot = reply.find('.');
    tokens.push_back(reply.substr(0, dot));
    if (dot == std::string_view::npos) break;
    reply.remove_prefix(dot + 1);
  }
  const std::size_t first = tokens.size() == 9 ? 5 : 7;
  if (tokens.size() < 9 || tokens.size() == 10 || tokens[0] != "$JS" || tokens[1] != "ACK") return std::nullopt;
  Delivery delivery;
  const auto read = [](std::string_view digits, auto& out) {
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return fault == std::errc() && end == digits.data() + digits.size();
  };
  if (!read(tokens[first], delivery.sequence) || !read(tokens[first + 1], delivery.number) || !read(tokens[first + 2], delivery.time))
    return std::nullopt;
  return delivery;
}

// ---- the connection -----------------------------------------------------------------------------------------------------

class NatsConnection final : public StreamConnection {
 public:
  explicit NatsConnection(milliseconds answer_wait) : answer_wait_(answer_wait) {}
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;
  ~NatsConnection() override {
    answers_.reset();
    messages_.reset();
    natsConnection_Destroy(connection_);
  }

  Result<void> connect(natsOptions* options);
  Result<std::optional<StreamFound>> look(const std::string& stream) override;
  Result<void> create(const StreamSettings& stream) override;
  Result<std::optional<StreamMessage>> message(const std::string& stream, std::uint64_t sequence) override;
  Result<void> send(const std::string& stream, const OutMessage& message) override;
  Result<std::optional<PublishAnswer>> next_answer(milliseconds wait) override;
  Result<void> follow(const std::string& stream, const std::string& filter, const From& from) override;
  Result<std::optional<StreamMessage>> next_message(milliseconds wait) override;
  bool is_open() const noexcept override { return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED; }
  void close() noexcept override { natsConnection_Close(connection_); }

 private:
  struct Answered {
    bj::object body;
    std::optional<ApiError> error;
  };
  Result<Answered> ask(const std::string& what, const std::string& body);
  Result<Message> next_of(natsSubscription* subscription, milliseconds wait) const;
  Result<void> subscribe(Subscription& into, const std::string& subject);
  std::string inbox_name() const;

  milliseconds answer_wait_;
  natsConnection* connection_{nullptr};
  std::string inbox_;
  Subscription answers_, messages_;
  std::uint64_t followed_{0};  // messages of the consumer, which counts them
  std::chrono::steady_clock::time_point heard_{};
};

std::string NatsConnection::inbox_name() const {
  natsInbox* inbox = nullptr;
  if (natsInbox_Create(&inbox) != NATS_OK) return {};
  std::string name(inbox);
  natsInbox_Destroy(inbox);
  return name;
}

Result<void> NatsConnection::subscribe(Subscription& into, const std::string& subject) {
  natsSubscription* made = nullptr;
  if (const natsStatus s = natsConnection_SubscribeSync(&made, connection_, subject.c_str()); s != NATS_OK)
    return status_error("cannot listen for the broker's answers", s);
  into.reset(made);
  natsSubscription_SetPendingLimits(made, -1, -1);
  return {};
}

Result<void> NatsConnection::connect(natsOptions* options) {
  if (const natsStatus s = natsConnection_Connect(&connection_, options); s != NATS_OK)
    return status_error("no NATS server of those that are configured can be used", s);
  inbox_ = inbox_name();
  return subscribe(answers_, inbox_ + ".*");
}

Result<NatsConnection::Answered> NatsConnection::ask(const std::string& what, const std::string& body) {
  natsMsg* raw = nullptr;
  const std::string subject = "$JS.API." + what;
  const natsStatus s = natsConnection_Request(&raw, connection_, subject.c_str(), body.data(), static_cast<int>(body.size()),
                                              static_cast<std::int64_t>(answer_wait_.count()));
  const Message answer(raw);
  if (s == NATS_NO_RESPONDERS) return trouble(ErrorCategory::connect, "JetStream does not answer (503): it is off, or has no leader");
  if (s != NATS_OK) return status_error("JetStream did not answer", s);
  auto parsed = object_of(data_of(answer.get()));
  if (!parsed) return parsed.error();
  Answered answered{std::move(*parsed), {}};
  answered.error = error_in(answered.body);
  return answered;
}

namespace {

// 5xx: the broker's own trouble, which passes.
Error api_error(const char* what, const ApiError& error) {
  return trouble(error.code >= 500 ? ErrorCategory::connect : ErrorCategory::config,
                 std::string(what) + ": " + error.text + " (" + std::to_string(error.code) + ")");
}

}  // namespace

Result<std::optional<StreamFound>> NatsConnection::look(const std::string& stream) {
  const auto answer = ask("STREAM.INFO." + stream, "");
  if (!answer) return answer.error();
  if (!answer->error) return std::optional(stream_of(answer->body));
  if (answer->error->code == kNotFound) return std::optional<StreamFound>();
  return api_error("the stream cannot be looked at", *answer->error);
}

Result<void> NatsConnection::create(const StreamSettings& stream) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("name", stream.name).member("description", "executions, positions, orders and breaks of a marginfix ledger");
  out.key("subjects").begin_array().value(stream.subject + ".>").end_array();
  out.member("retention", "limits").member("storage", "file").member("discard", "old").member("num_replicas", stream.replicas);
  out.member("max_age", static_cast<std::int64_t>(nanoseconds(stream.keep).count())).member("max_consumers", -1);
  out.member("max_msgs", -1).member("max_bytes", -1).member("max_msgs_per_subject", -1).member("max_msg_size", -1);
  out.member("duplicate_window", static_cast<std::int64_t>(nanoseconds(stream.duplicate_window).count())).end_object();
  const auto answer = ask("STREAM.CREATE." + stream.name, body);
  if (!answer) return answer.error();
  if (!answer->error) return {};
  // Settings that it does not take, and a name or subjects that are another stream's; all else passes: a cluster that is just beginning has
  // no servers to place it on (400).
  constexpr std::array<std::int64_t, 3> kLasting{10052, 10058, 10065};
  Error error = api_error("the stream cannot be made", *answer->error);
  if (std::ranges::find(kLasting, answer->error->number) == kLasting.end()) error.category = ErrorCategory::connect;
  return error;
}

Result<std::optional<StreamMessage>> NatsConnection::message(const std::string& stream, std::uint64_t sequence) {
  const auto answer = ask("STREAM.MSG.GET." + stream, "{\"seq\":" + std::to_string(sequence) + "}");
  if (!answer) return answer.error();
  if (answer->error && answer->error->code == kNotFound) return std::optional<StreamMessage>();
  if (answer->error) return api_error("the stream's last message cannot be read", *answer->error);
  const bj::object* const found = object_in(answer->body, "message");
  if (found == nullptr) return trouble(ErrorCategory::decode, "the broker's answer has no message in it");
  StreamMessage message;
  message.sequence = static_cast<std::uint64_t>(number_in(*found, "seq"));
  message.subject = text_in(*found, "subject");
  message.id = header_in(bytes_of(*found, "hdrs"), "Nats-Msg-Id");
  message.payload = bytes_of(*found, "data");
  if (const auto time = parse_rfc3339(text_in(*found, "time"))) message.time = *time;
  return std::optional(std::move(message));
}

Result<void> NatsConnection::send(const std::string& stream, const OutMessage& message) {
  natsMsg* raw = nullptr;
  const std::string reply = inbox_ + '.' + std::to_string(message.tag);
  natsStatus s =
      natsMsg_Create(&raw, message.subject.c_str(), reply.c_str(), message.payload.data(), static_cast<int>(message.payload.size()));
  const Message made(raw);
  const auto header = [&](const char* name, const std::string& value) {
    if (s == NATS_OK) s = natsMsgHeader_Set(raw, name, value.c_str());
  };
  header("Nats-Msg-Id", message.id);
  header("Nats-Expected-Stream", stream);
  if (message.last_id) header("Nats-Expected-Last-Msg-Id", *message.last_id);
  if (message.last_sequence) header("Nats-Expected-Last-Sequence", std::to_string(*message.last_sequence));
  if (s == NATS_OK) s = natsConnection_PublishMsg(connection_, raw);
  if (s != NATS_OK) return status_error("an event cannot be sent", s);
  return {};
}

Result<Message> NatsConnection::next_of(natsSubscription* subscription, milliseconds wait) const {
  natsMsg* raw = nullptr;
  const natsStatus s = natsSubscription_NextMsg(&raw, subscription, static_cast<std::int64_t>(wait.count()));
  if (s == NATS_OK) return Message(raw);
  if (s == NATS_TIMEOUT && is_open()) return Message();
  return status_error("the broker's connection is cut", s == NATS_TIMEOUT ? NATS_CONNECTION_CLOSED : s);
}

Result<std::optional<PublishAnswer>> NatsConnection::next_answer(milliseconds wait) {
  auto next = next_of(answers_.get(), wait);
  if (!next) return next.error();
  if (!*next) return std::optional<PublishAnswer>();
  PublishAnswer answer;
  const std::string_view subject(natsMsg_GetSubject(next->get()));
  const std::string_view digits = subject.substr(std::min(subject.size(), inbox_.size() + 1));
  std::from_chars(digits.data(), digits.data() + digits.size(), answer.tag);
  if (natsMsg_IsNoResponders(next->get())) {
    answer.code = kNoResponders;
    answer.error = "nobody answers for it (503)";
    return std::optional(std::move(answer));
  }
  const auto body = object_of(data_of(next->get()));
  if (!body) {
    answer.error = body.error().message;
  } else if (const auto error = error_in(*body)) {
    answer.code = error->code;
    answer.error = error->text;
  } else {
    answer.stored = true;
    answer.sequence = static_cast<std::uint64_t>(number_in(*body, "seq"));
    answer.duplicate = flag_in(*body, "duplicate");
  }
  return std::optional(std::move(answer));
}

Result<void> NatsConnection::follow(const std::string& stream, const std::string& filter, const From& from) {
  const std::string inbox = inbox_name();
  if (auto listening = subscribe(messages_, inbox); !listening) return listening;
  followed_ = 0;
  heard_ = std::chrono::steady_clock::now();
  std::string body;
  json::Writer out(body);
  out.begin_object().member("stream_name", stream).key("config").begin_object();
  out.member("deliver_subject", inbox).member("ack_policy", "none").member("replay_policy", "instant").member("filter_subject", filter);
  out.member("flow_control", true).member("idle_heartbeat", static_cast<std::int64_t>(kHeartbeat.count())).member("mem_storage", true);
  out.member("num_replicas", 1);
  if (from.sequence) {
    out.member("deliver_policy", "by_start_sequence").member("opt_start_seq", static_cast<std::int64_t>(*from.sequence));
  } else if (from.time) {
    out.member("deliver_policy", "by_start_time").member("opt_start_time", to_rfc3339(*from.time));
  } else {
    out.member("deliver_policy", "new");
  }
  out.end_object().end_object();
  const auto answer = ask("CONSUMER.CREATE." + stream, body);
  if (!answer) return answer.error();
  if (answer->error) return api_error("the stream cannot be followed", *answer->error);
  return {};
}

// A consumer counts what it sends: where one is missing, or nothing comes at all, the caller begins anew behind what it has.
Result<std::optional<StreamMessage>> NatsConnection::next_message(milliseconds wait) {
  auto next = next_of(messages_.get(), wait);
  if (!next) return next.error();
  const auto now = std::chrono::steady_clock::now();
  if (!*next) {
    if (now - heard_ > kSilent) return trouble(ErrorCategory::timeout, "the stream has gone silent");
    return std::optional<StreamMessage>();
  }
  heard_ = now;
  natsMsg* const raw = next->get();
  const char* const reply = natsMsg_GetReply(raw);
  if (header_of(raw, "Status") == "100") {  // a heartbeat, or the wish to know how far we are
    const std::string stalled = header_of(raw, "Nats-Consumer-Stalled");
    const std::string& to = reply != nullptr ? std::string(reply) : stalled;
    if (!to.empty()) natsConnection_Publish(connection_, to.c_str(), nullptr, 0);
    return std::optional<StreamMessage>();
  }
  const auto delivery = delivery_of(reply == nullptr ? "" : reply);
  if (!delivery) return trouble(ErrorCategory::decode, "a message that is not of the stream");
  if (delivery->number != ++followed_) return trouble(ErrorCategory::connect, "messages of the stream were left out on the way");
  StreamMessage message;
  message.sequence = delivery->sequence;
  message.subject = natsMsg_GetSubject(raw);
  message.id = header_of(raw, "Nats-Msg-Id");
  message.payload = std::string(data_of(raw));
  message.time = Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(nanoseconds(delivery->time)));
  return std::optional(std::move(message));
}

// ---- options ------------------------------------------------------------------------------------------------------------

Result<void> set_identity(natsOptions* options, const BrokerSettings& settings) {
  natsStatus s = NATS_OK;
  if (!settings.credentials_file.empty()) {
    if (auto there = secret_of(settings.credentials_file); !there) return there.error();
    s = natsOptions_SetUserCredentialsFromFiles(options, settings.credentials_file.c_str(), nullptr);
  } else if (!settings.user.empty()) {
    const auto password = secret_of(settings.password_file);
    if (!password) return password.error();
    s = natsOptions_SetUserInfo(options, settings.user.c_str(), std::string(password->reveal()).c_str());
  } else if (!settings.token_file.empty()) {
    const auto token = secret_of(settings.token_file);
    if (!token) return token.error();
    s = natsOptions_SetToken(options, std::string(token->reveal()).c_str());
  }
  return s == NATS_OK ? Result<void>() : status_error("the credentials cannot be used", s);
}

Result<void> set_tls(natsOptions* options, const BrokerSettings& settings) {
  natsStatus s = natsOptions_SetSecure(options, true);
  const auto then = [&s](auto call) {
    if (s == NATS_OK) s = call();
  };
  // Chain and host name are both verified: the client does neither for a name that it was not given, so each server is asked by its own.
  const char* const ca = settings.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : settings.ca_file.c_str();
  then([&] { return natsOptions_LoadCATrustedCertificates(options, ca); });
  then([&] { return natsOptions_SkipServerVerification(options, false); });
  if (!settings.certificate_file.empty()) {
    then([&] { return natsOptions_LoadCertificatesChain(options, settings.certificate_file.c_str(), settings.key_file.c_str()); });
  }
  if (s == NATS_OK) return {};
  Error error = status_error("ca_file, certificate_file or key_file cannot be used", s);
  error.category = ErrorCategory::config;
  return error;
}

Result<void> set_manner(natsOptions* options) {
  natsStatus s = NATS_OK;
  const auto then = [&s](natsStatus next) { s = s == NATS_OK ? next : s; };
  then(natsOptions_SetName(options, "marginfix"));
  then(natsOptions_SetTimeout(options, kConnectMs));
  // A connection that was cut is never mended, and keeps nothing for later: what it had not sent is found out by asking the stream.
  then(natsOptions_SetAllowReconnect(options, false));
  then(natsOptions_SetReconnectBufSize(options, 1));
  then(natsOptions_SetRetryOnFailedConnect(options, false, nullptr, nullptr));
  // No server but those of the configuration, which were checked.
  then(natsOptions_SetIgnoreDiscoveredServers(options, true));
  then(natsOptions_SetPingInterval(options, kPingMs));
  then(natsOptions_SetMaxPingsOut(options, kPingsOut));
  then(natsOptions_SetIOBufSize(options, kBufferBytes));
  then(natsOptions_SetWriteDeadline(options, kWriteMs));
  return s == NATS_OK ? Result<void>() : status_error("the NATS client does not take its options", s);
}

}  // namespace

bool has_nats() noexcept { return true; }

Result<std::unique_ptr<StreamConnection>> connect_nats(const BrokerSettings& settings) {
  if (auto checked = check_settings(settings); !checked) return checked.error();
  if (!settings.on()) return fail(ErrorCategory::config, "no server is configured: servers in [nats]");
  Error last;
  // One after the other, from any of them on: so each is verified by its own name, and a cluster's load is spread.
  static std::atomic<std::uint64_t> turn = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  const std::size_t first = static_cast<std::size_t>(turn++ % settings.servers.size());
  for (std::size_t i = 0; i < settings.servers.size(); ++i) {
    const std::string& url = settings.servers[(first + i) % settings.servers.size()];
    const auto address = parse_server(url);
    natsOptions* raw = nullptr;
    if (natsOptions_Create(&raw) != NATS_OK) return fail(ErrorCategory::internal, "the NATS client cannot begin");
    const Options options(raw);
    if (natsOptions_SetURL(raw, url.c_str()) != NATS_OK)
      return fail(ErrorCategory::config, url + ": not an address that the NATS client takes");
    if (auto set = set_manner(raw); !set) return set.error();
    if (auto set = set_identity(raw, settings); !set) return set.error();
    if (address->tls) {
      if (auto set = set_tls(raw, settings); !set) return set.error();
      if (natsOptions_SetExpectedHostname(raw, address->host.c_str()) != NATS_OK)
        return fail(ErrorCategory::config, url + ": not a host that can be verified");
    }
    auto connection = std::make_unique<NatsConnection>(settings.answer_wait);
    const auto connected = connection->connect(raw);
    if (connected) return std::unique_ptr<StreamConnection>(std::move(connection));
    last = connected.error();
    last.message = url + ": " + last.message;
  }
  return last;
}

}  // namespace marginfix::reconcile
