// GatewayService: the clients' side.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/text.hpp"
#include "services/gateway/oms/read_request.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/oms/write_messages.hpp"
#include "services/gateway/orders/limits.hpp"
#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::string_view kOutage = "the exchange is not connected";
constexpr std::string_view kKilled = "the kill switch is on: no new orders";
constexpr std::string_view kTooManyWait = "too many requests wait for the exchange already";
constexpr std::size_t kMostWaiting = 1000;  // of a client: requests, and as many questions about them

// "10.1.2.3:40000", "[::1]:40000" without the port.
std::string host_of(const std::string& peer) {
  const std::size_t colon = peer.rfind(':');
  std::string host = colon == std::string::npos ? peer : peer.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  constexpr std::string_view kMapped = "::ffff:";
  return host.starts_with(kMapped) ? host.substr(kMapped.size()) : host;
}

// "10.1.0.0/16" or one address; IPv4 by bits, anything else as text.
bool is_within(const std::string& address, const std::string& range) {
  const std::size_t slash = range.find('/');
  if (slash == std::string::npos) return address == range;
  in_addr asked{}, base{};
  if (::inet_pton(AF_INET, address.c_str(), &asked) != 1 || ::inet_pton(AF_INET, range.substr(0, slash).c_str(), &base) != 1) return false;
  int bits = 0;
  for (const char c : std::string_view(range).substr(slash + 1)) bits = c >= '0' && c <= '9' ? bits * 10 + (c - '0') : 33;
  if (bits > 32) return false;
  const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (ntohl(asked.s_addr) & mask) == (ntohl(base.s_addr) & mask);
}

bool same_secret(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  return difference == 0;
}

template <class Request>
constexpr bool kIsNew = std::is_same_v<Request, NewOrder>;
template <class Request>
constexpr bool kIsCancel = std::is_same_v<Request, Cancel>;

}  // namespace

// ---- sessions
// -------------------------------------------------------------------------------------------------------------------------------------
LogonDecision GatewayService::on_logon_request(const AcceptorDoor& door, const LogonRequest& request) {
  using Kind = LogonDecision::Kind;
  const auto found = std::ranges::find_if(
      clients_, [&](const auto& each) { return each->config.comp_id == request.sender_comp_id && each->door == door.name; });
  if (found == clients_.end())
    return {Kind::logout, fmt::format("SenderCompID(49) {} is no client here", visible(request.sender_comp_id)), 0, 0};
  Client& client = **found;
  if (const auto reason = stranger(client.config, request)) return {Kind::logout, *reason, 0, 0, std::chrono::milliseconds(500)};
  if (request.session_connected) {
    client.session->probe();
    return {Kind::close, "it is connected already: the old connection is asked whether it lives"};
  }
  Line& line = line_of(client.config);
  if (!line.recovered) return {Kind::close, "the gateway is catching up with the exchange"};
  if (client.config.outage == OutagePolicy::logout && !line.key->up()) return {Kind::close, std::string(kOutage)};
  client.address = request.peer;
  return {};
}

std::optional<std::string> GatewayService::stranger(const ClientConfig& client, const LogonRequest& request) const {
  constexpr int kPassword = 554;
  const std::string host = host_of(request.peer);
  if (!client.addresses.empty() && std::ranges::none_of(client.addresses, [&](const std::string& each) { return is_within(host, each); }))
    return "this address may not log on as " + client.comp_id;
  if (!client.certificate_name.empty()) {
    const PeerCertificate* shown = request.certificate;
    const bool named = shown != nullptr && (shown->common_name == client.certificate_name ||
                                            std::ranges::find(shown->names, "DNS:" + client.certificate_name) != shown->names.end());
    if (!named) return "the certificate is not that of " + client.comp_id;
  }
  if (!client.password.empty() && !same_secret(request.frame->field(kPassword), client.password.reveal()))
    return std::string("wrong Password(554)");
  return std::nullopt;
}

AcceptedSession GatewayService::on_new_session(const AcceptorDoor& door, const std::string& peer_comp_id) {
  std::string file = fmt::format("{}-{}-{}", door.begin_string, peer_comp_id, door.comp_id);
  std::ranges::replace_if(
      file, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-'; }, '_');
  AcceptedSession made;
  FileStoreOptions store;
  store.path = options_.dir + "/clients/" + file + ".store";
  made.store = open_file_store(store);
  return made;
}

void GatewayService::on_logged_on(AcceptorSession& session, std::string_view logon) {
  Client& client = client_of(session);
  journal_->append(JournalKind::oms_in, client.name, redact(logon), now());
  client.logged_on_at = monotonic_time();
  constexpr int kHeartBtInt = 108;
  fix::Frame frame;
  std::int64_t heartbeat = 0;
  if (fix::read_frame(logon, &frame) && frame.number(kHeartBtInt, &heartbeat))
    client.heartbeat = std::chrono::seconds{std::max<std::int64_t>(heartbeat, 1)};
  note(LogLevel::info, fmt::format("{} logged on from {}", client.name, client.address));
  client.owes_cancels = false;
  tell_unsent(client, true);
}

void GatewayService::on_logged_out(AcceptorSession& session, const std::string& reason) {
  Client& client = client_of(session);
  client.address.clear();
  note(LogLevel::info, fmt::format("{} logged out: {}", client.name, reason));
  Line& line = line_of(client.config);
  if (line.books) line.books->on_logged_out(client);
  securities_.on_logged_out(client);
  positions_->on_logged_out(client);
  if (!client.config.cancel_on_disconnect) return;
  for (const QueuedRequest& waiting : std::exchange(client.waiting, {})) {
    journal_->append(JournalKind::unqueued, client.name, std::to_string(waiting.id), now());
    refuse_waiting(client, waiting, "the connection ended while the request waited for the exchange");
  }
  client.owes_cancels = true;
  cancel_again();
}

void GatewayService::on_sequence_reset(AcceptorSession& session, SequenceResetCause) {
  Client& client = client_of(session);
  journal_->append(JournalKind::numbers_reset, client.name, {}, now());
  for (Unconfirmed& each : client.unconfirmed) each.seq = 0;
}

void GatewayService::on_session_message(AcceptorSession& session, const AcceptorMessage& message) {
  Client& client = client_of(session);
  journal_->append(JournalKind::oms_in, client.name, message.raw, now());
  constexpr int kBeginSeqNo = 7;
  std::int64_t due = 0;
  if (message.msg_type == "2" && message.frame != nullptr && message.frame->number(kBeginSeqNo, &due)) {
    if (const std::int64_t had = client.had_before(due)) journal_->append(JournalKind::had, client.name, std::to_string(had), now());
  }
  if (message.msg_type == "3")
    note(LogLevel::warning, fmt::format("{} refused a message of ours: {}", client.name, visible(message.raw.substr(0, 1000))));
}

void GatewayService::on_sent(AcceptorSession& session, const AcceptorMessage& message) {
  Client& client = client_of(session);
  ++client.messages_out;
  if (message.msg_type == "W" || message.msg_type == "X") return;  // market data is nobody's order, and a lot
  journal_->append(JournalKind::oms_out, client.name, message.raw, now());
}

void GatewayService::on_drained(AcceptorSession& session) {
  Client& client = client_of(session);
  Line& line = line_of(client.config);
  if (line.books) line.books->on_drained(client);
  securities_.on_drained(client);
  positions_->on_drained(client);
}

void GatewayService::on_refused(const AcceptorDoor& door, const std::string& peer, const std::string& reason, std::string_view first) {
  constexpr std::size_t kMostBytes = 256;  // strangers do not fill the disk
  constexpr int kMostASecond = 5;
  ++logons_refused_;
  const std::chrono::nanoseconds clock = monotonic_time();
  if (clock - refusals_since_ > std::chrono::seconds(1)) {
    refusals_since_ = clock;
    refusals_ = 0;
  }
  if (++refusals_ > kMostASecond) return;
  journal_->append(JournalKind::refused, door.name, peer + "\n" + reason + "\n" + redact(first.substr(0, kMostBytes)), now());
}

// ---- messages
// -------------------------------------------------------------------------------------------------------------------------------------
void GatewayService::on_message(AcceptorSession& session, const AcceptorMessage& message) {
  const Turn turn(*this);
  Client& client = client_of(session);
  arrived_ = monotonic_time();
  note_turn(arrived_);
  const Timestamp time = now();
  journal_->append(JournalKind::oms_in, client.name, message.raw, time);
  ++client.messages_in;
  client.last_message = time;
  if (message.poss_dup || message.poss_resend) ++client.possible_resends;
  dispatch(client, {message.raw, message.msg_type, message.seq}, false);
  arrived_ = {};
}

// `waited`: it comes out of the queue.
void GatewayService::dispatch(Client& client, const ClientMessage& message, bool waited) {
  const std::string_view type = message.msg_type;
  const bool fix42 = client.config.version == FixVersion::fix42;
  if (type == "D") return order_request<NewOrder>(client, message, waited);
  if (type == "G") return order_request<Replace>(client, message, waited);
  if (type == "F") return order_request<Cancel>(client, message, waited);
  if (type == "H") return question<StatusRequest>(client, message, waited);
  if (type == "AF" && !fix42) return question<MassStatusRequest>(client, message, waited);
  if (type == "q" && !fix42) return mass_cancel(client, message, waited);
  Line& line = line_of(client.config);
  if (type == "V" && line.books) return answer(client, message, line.books->on_request(client, message));
  if (type == "x" && !fix42) return answer(client, message, securities_.on_list_request(client, message));
  if (type == "c" && fix42) return answer(client, message, securities_.on_definition_request(client, message));
  if (type == "AN" && !fix42) return answer(client, message, positions_->on_request(client, message, positions_withheld(client)));
  if (type == "j") return note(LogLevel::warning, fmt::format("{} says: {}", client.name, visible(message.raw.substr(0, 1000))));
  unknown_type(client, message);
}

void GatewayService::answer(Client& client, const ClientMessage& message, const std::optional<Refusal>& refusal) {
  if (refusal) (void)client.session->reject(message.seq, refusal->tag, std::string(message.msg_type), refusal->reason, refusal->text);
}

void GatewayService::unknown_type(Client& client, const ClientMessage& message) {
  constexpr std::int32_t kUnsupported = 3;
  business_reject(client, message, kUnsupported, fmt::format("MsgType(35)={} is not served here", visible(message.msg_type)));
}

void GatewayService::business_reject(Client& client, const ClientMessage& message, std::int32_t reason, std::string_view text) {
  BusinessReject reject;
  reject.ref_seq_num = message.seq;
  reject.ref_msg_type = message.msg_type;
  reject.business_reject_reason = reason;
  reject.text = text;
  (void)client.send("j", write_message(client.config.version, reject));
}

// Why the exchange's word on positions is not this client's to hear.
std::string_view GatewayService::positions_withheld(const Client& client) {
  const ClientConfig& config = client.config;
  if (config.positions_of_account || !config.customer_account.empty()) return {};
  const bool shared = std::ranges::any_of(clients_, [&](const auto& each) {
    return each.get() != &client && &line_of(each->config) == &line_of(config) && config.shares_positions_with(each->config);
  });
  return shared ? "other clients' orders make these positions, too: Subaccount or PositionsOfAccount=Y at the gateway" : "";
}

// H and AF. Of an order that waits nothing is known yet: the question waits behind it, and its answer is then kept for a client that has
// gone meanwhile.
template <class Request>
void GatewayService::question(Client& client, const ClientMessage& message, bool waited) {
  Request request;
  if (const auto refusal = read_request(message, request)) return answer(client, message, refusal);
  if (const auto refusal = check_echoes(request)) return answer(client, message, refusal);
  if (!waited && is_about_waiting(client, request)) {
    constexpr std::int32_t kNotAvailable = 4;
    if (client.waiting_count(true) >= kMostWaiting) return business_reject(client, message, kNotAvailable, kTooManyWait);
    if constexpr (std::is_same_v<Request, StatusRequest>)
      return wait(client, message, *request.cl_ord_id);
    else
      return wait(client, message, {});
  }
  Actions actions;
  desk_->take(client.config, request, now(), actions);
  for (Tell& each : actions.tells) each.kept = each.kept || waited;
  perform(actions);
}

bool GatewayService::is_about_waiting(const Client& client, const StatusRequest& request) const {
  return request.cl_ord_id && client.waits(*request.cl_ord_id) && desk_->find_client_id(client.name, *request.cl_ord_id) == nullptr;
}
bool GatewayService::is_about_waiting(const Client& client, const MassStatusRequest&) const { return client.orders_wait(); }

void GatewayService::mass_cancel(Client& client, const ClientMessage& message, bool waited) {
  MassCancel request;
  if (const auto refusal = read_request(message, request)) return answer(client, message, refusal);
  if (const auto refusal = check_echoes(request)) return answer(client, message, refusal);
  Actions actions;
  if (waited || line_of(client.config).key->up()) {
    desk_->take(client.config, request, now(), actions);
  } else if (client.config.outage != OutagePolicy::queue) {
    desk_->refuse(client.config, request, std::string(kOutage), now(), actions);
  } else if (client.waiting_count(false) >= kMostWaiting) {
    desk_->refuse(client.config, request, std::string(kTooManyWait), now(), actions);
  } else {
    return wait(client, message, request.cl_ord_id);
  }
  perform(actions);
}

template <class Request>
void GatewayService::order_request(Client& client, const ClientMessage& message, bool waited) {
  Request request;
  if (const auto refusal = read_request(message, request)) return answer(client, message, refusal);
  if (const auto refusal = check_echoes(request)) return answer(client, message, refusal);
  Actions actions;
  bool waits = false;
  auto refused = waited ? std::nullopt : obstacle(client, request, waits);
  if (waited && kill_.killed && !kIsCancel<Request>) refused = LimitRefusal{kRejOther, std::string(kKilled)};
  if (waits && client.waiting_count(false) >= kMostWaiting) {
    waits = false;
    refused = LimitRefusal{kRejExchangeClosed, std::string(kTooManyWait)};
  }
  if (waits) return wait(client, message, request.cl_ord_id);
  if (refused) {
    ++client.refused;
    desk_->refuse(client.config, request, *refused, now(), actions);
  } else {
    desk_->take(client.config, request, now(), actions);
    if (actions.sends.empty() && !actions.tells.empty()) ++client.refused;
    if (!actions.sends.empty() && kIsNew<Request>) ++client.orders;
  }
  perform(actions);
}

// What stands in a request's way before the desk looks at it.
template <class Request>
std::optional<LimitRefusal> GatewayService::obstacle(Client& client, const Request& request, bool& waits) {
  const fix::StandardHeader& header = request.header;
  const bool poss_dup = header.poss_dup_flag.value_or(false);
  const bool stalled = monotonic_time() < stalled_until_;
  const auto age = client.age_of(header.sending_time, header.orig_sending_time, poss_dup, stalled, now());
  if (!kIsCancel<Request>) {
    if (kill_.killed) return LimitRefusal{kRejOther, std::string(kKilled)};
    const auto most = client.config.order_age_limit;
    if (most.count() > 0 && age > most)
      return LimitRefusal{kRejStale, fmt::format("the request is {} ms old, more than {}: it was not sent", age.count(), most.count())};
    const Timestamp clock = client.rate || total_rate_ ? monotonic_clock().now() : Timestamp{};
    if (client.rate && !client.rate->try_take(1, clock)) return LimitRefusal{kRejExceedsLimit, "too many messages a second"};
    if (total_rate_ && !total_rate_->try_take(1, clock))
      return LimitRefusal{kRejExceedsLimit, "too many messages a second over all clients"};
  }
  if (journal_->failing() && !kIsCancel<Request>) return LimitRefusal{kRejOther, "the gateway cannot write its journal"};
  if (line_of(client.config).key->up()) return std::nullopt;
  if (client.config.outage != OutagePolicy::queue) return LimitRefusal{kRejExchangeClosed, std::string(kOutage)};
  waits = true;
  return std::nullopt;
}

std::optional<LimitRefusal> GatewayService::check(const ClientConfig& config, const OrderTerms& terms, const ClientOrder* replaces) {
  Line& line = line_of(config);
  const BookOf book_of = [&line](std::string_view symbol) -> const OrderBook* { return line.feed ? line.feed->book(symbol) : nullptr; };
  const std::string name = config.name();
  const OpenSums& open = desk_->open_sums();
  const FixedPointCount position = config.limits.max_position ? desk_->position_of(name, terms.symbol) : FixedPointCount{};
  if (auto refused = check_limits(config.limits, terms, replaces, open.of_client(name), position, book_of)) return refused;
  FixedPointCount together;
  if (options_.config.total.max_position) {
    for (const auto& client : clients_) {
      if (&line_of(client->config) == &line) together += desk_->position_of(client->name, terms.symbol);
    }
  }
  return check_limits(options_.config.total, terms, replaces, open.of_account(line.key->name()), together, book_of);
}

void GatewayService::set_rates() {
  for (const auto& client : clients_) {
    client->rate.reset();
    if (const auto most = client->config.limits.max_messages_per_second)
      client->rate.emplace(TokenBucketOptions{*most, *most, 0}, monotonic_clock().now());
  }
  total_rate_.reset();
  if (const auto most = options_.config.total.max_messages_per_second)
    total_rate_.emplace(TokenBucketOptions{*most, *most, 0}, monotonic_clock().now());
}

// ---- requests that wait for the exchange
// ------------------------------------------------------------------------------------------------------------
void GatewayService::wait(Client& client, const ClientMessage& message, std::string_view cl_ord_id) {
  client.waiting.push_back(
      {++last_queued_, std::string(message.raw), monotonic_time(), std::string(message.msg_type), std::string(cl_ord_id)});
  journal_->append(JournalKind::queued, client.name, fmt::format("{}\n{}", last_queued_, message.raw), now());
  (void)journal_->commit();
}

void GatewayService::release_waiting(Line& line) {
  for (const auto& client : clients_) {
    if (&line_of(client->config) != &line) continue;
    for (const QueuedRequest& waiting : std::exchange(client->waiting, {})) {
      journal_->append(JournalKind::unqueued, client->name, std::to_string(waiting.id), now());
      const auto frame = fix::peek(waiting.raw);
      if (frame) dispatch(*client, {waiting.raw, frame->msg_type, frame->msg_seq_num}, true);
    }
  }
}

void GatewayService::refuse_waiting(Client& client, const QueuedRequest& waiting, const std::string& why) {
  const auto frame = fix::peek(waiting.raw);
  if (!frame) return;
  const ClientMessage message{waiting.raw, frame->msg_type, frame->msg_seq_num};
  if (frame->msg_type == "H" || frame->msg_type == "AF") return dispatch(client, message, true);
  Actions actions;
  const auto refuse = [&](auto request, const auto& reason) {
    if (!read_request(message, request)) desk_->refuse(client.config, request, reason, now(), actions);
  };
  const LimitRefusal stale{kRejStale, why};
  if (frame->msg_type == "D") refuse(NewOrder{}, stale);
  if (frame->msg_type == "G") refuse(Replace{}, stale);
  if (frame->msg_type == "F") refuse(Cancel{}, stale);
  if (frame->msg_type == "q") refuse(MassCancel{}, why);
  perform(actions);
}

void GatewayService::refuse_old_waiting() {
  const std::chrono::nanoseconds clock = monotonic_time();
  for (const auto& client : clients_) {
    const auto most = client->config.order_age_limit;
    const auto is_old = [&] { return most.count() > 0 && !client->waiting.empty() && clock - client->waiting.front().arrived > most; };
    if (!is_old()) continue;
    const std::string why = fmt::format("the exchange was not connected for {} ms: the request was not sent", most.count());
    const auto refuse = [&](const QueuedRequest& waiting) {
      journal_->append(JournalKind::unqueued, client->name, std::to_string(waiting.id), now());
      refuse_waiting(*client, waiting, why);
    };
    while (is_old()) {
      const QueuedRequest old = std::move(client->waiting.front());
      client->waiting.pop_front();
      refuse(old);
    }
    for (const QueuedRequest& question : client->take_settled_questions()) refuse(question);
  }
}

}  // namespace marginfix::gateway
