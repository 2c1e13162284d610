#include "services/gateway/service/gateway_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <charconv>
#include <filesystem>
#include <future>

#include "marginfix/core/monotonic.hpp"
#include "services/gateway/orders/limits.hpp"
#include "services/gateway/service/numbers.hpp"

namespace marginfix::gateway {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::hours kForgetEvery{1};
constexpr std::chrono::seconds kStall{2}, kTryAgain{1}, kFileAgain{10};
constexpr std::chrono::minutes kSentKept{10};                   // the time of a request that finds no answer
constexpr std::size_t kMostUnwritten = std::size_t{256} << 20;  // of the journal's batch while the disk is full

// "MSGSEQNUM\nKEPT\nMSGTYPE\nBODY"
std::string tell_record(std::int64_t seq, bool kept, std::string_view msg_type, std::string_view body) {
  const std::string number = std::to_string(seq);
  std::string record;
  record.reserve(number.size() + msg_type.size() + body.size() + 4);
  return record.append(number).append(kept ? "\n1\n" : "\n0\n").append(msg_type).append("\n").append(body);
}

std::string new_uuid() {
  static boost::uuids::random_generator_mt19937 generator;  // seeded from the system's entropy
  return boost::uuids::to_string(generator());
}

}  // namespace

// ---- life
// ---------------------------------------------------------------------------------------------------------------------------------
GatewayService::GatewayService(ServiceOptions options) : options_(std::move(options)), securities_(*options_.clock) {}

Result<std::unique_ptr<GatewayService>> GatewayService::open(ServiceOptions options) {
  std::unique_ptr<GatewayService> made(new GatewayService(std::move(options)));
  GatewayService& self = *made;
  for (const ClientConfig& client : self.options_.config.clients) {
    self.clients_.push_back(std::make_unique<Client>(client));
    self.by_name_[self.clients_.back()->name] = self.clients_.back().get();
  }
  Desk::Surroundings around;
  around.client_of = [&self](std::string_view name) {
    const Client* client = self.client_named(name);
    return client == nullptr ? nullptr : &client->config;
  };
  around.account_of = [&self](const ClientConfig& client) {
    return client.account.empty() ? self.options_.config.account_order.front() : client.account;
  };
  around.make_exchange_id = new_uuid;
  around.limits = [&self](const ClientConfig& client, const OrderTerms& terms, const ClientOrder* replaces) {
    return self.check(client, terms, replaces);
  };
  self.desk_ = std::make_unique<Desk>(std::move(around));
  JournalOptions journal;
  journal.dir = self.options_.dir + "/journal";
  journal.sync = self.options_.config.journal_sync;
  journal.file_bytes = self.options_.config.journal_file_bytes;
  journal.keep_files = self.options_.config.journal_files;
  auto opened = Journal::open(journal, [&self](const JournalRecord& record) { return self.restore(record); });
  if (!opened) return opened.error();
  self.journal_ = *std::move(opened);
  if (const auto lines = self.make_lines(); !lines) return lines.error();
  return made;
}

Result<void> GatewayService::make_lines() {
  for (const std::string& account : options_.config.account_order) {
    KeyLineOptions line_options;
    line_options.name = account;
    line_options.account = options_.config.accounts.at(account);
    line_options.account.share_limits();
    line_options.use_listener = options_.config.use_listener;
    line_options.log = options_.log;
    if (options_.prepare_line) options_.prepare_line(line_options);
    Line& line = lines_[account];
    line.key = std::make_unique<KeyLine>(io_, std::move(line_options), *this);
    if (MarketDataSession* session = line.key->market_data()) {
      line.feed = std::make_unique<ExchangeMarketFeed>(
          *session, [this](std::string_view symbol) { return !securities_.known() || securities_.find(symbol) != nullptr; });
      line.books = std::make_unique<ClientBooks>(*line.feed);
      line.feed->set_listener(line.books.get());
    }
    if (line.key->rest() != nullptr) line.lists = std::make_unique<RestLists>(*line.key->rest());
  }
  positions_ = std::make_unique<Positions>(*this, securities_, *options_.clock);
  return {};
}

GatewayService::~GatewayService() { stop(); }

Result<void> GatewayService::start() {
  started_ = now();
  FixAcceptorOptions acceptor_options;
  acceptor_options.log = options_.log;
  acceptor_ = std::make_unique<FixAcceptor>(io_, *this, acceptor_options);
  std::error_code ignored;
  std::filesystem::create_directories(options_.dir + "/clients", ignored);
  std::filesystem::create_directories(options_.dir + "/exchange", ignored);
  if (const auto opened = open_doors(); !opened) return opened;
  begin_process();
  set_rates();
  for (auto& [name, line] : lines_) {
    if (const auto started = line.key->start(); !started) return started;
  }
  work_.emplace(io_.get_executor());
  arm_tick();
  running_ = true;
  thread_ = std::thread([this] { run(); });
  return {};
}

// What nobody has caught ends the gateway in order, not the process in the middle.
void GatewayService::run() {
  for (bool again = true; again;) {
    try {
      io_.run();
      again = false;
    } catch (const std::exception& fault) {
      note(LogLevel::error, fmt::format("the gateway ends: {}", fault.what()));
      broken_ = true;
    }
  }
}

void GatewayService::stop() {
  if (!running_) return;
  running_ = false;
  std::promise<void> gone;
  asio::post(io_, [this, &gone] {
    stopping_ = true;
    tick_timer_.cancel();
    acceptor_->stop("the gateway stops", [this, &gone] {
      auto left = std::make_shared<std::size_t>(lines_.size());
      for (auto& [name, line] : lines_) {
        line.key->stop([&gone, left] {
          if (--*left == 0) gone.set_value();
        });
      }
    });
  });
  gone.get_future().wait();
  work_.reset();
  io_.stop();
  thread_.join();
  (void)journal_->commit();
  // What refers to sessions goes before them.
  for (auto& [name, line] : lines_) {
    line.books.reset();
    line.feed.reset();
    line.lists.reset();
  }
  (void)journal_->commit();
}

bool GatewayService::tls() const noexcept { return options_.config.clients.front().tls; }

// Doors of one address share its port; clients of one version that call the gateway the same share a door.
AcceptorDoor GatewayService::door_of(const ClientConfig& client) const {
  AcceptorDoor door;
  door.name = fmt::format("{}/{}@{}:{}", begin_string(client.version), client.own_comp_id, client.host, client.port);
  door.comp_id = client.own_comp_id;
  door.begin_string = begin_string(client.version);
  door.sequence = SequencePolicy::reset_on_request;
  door.daily_reset = client.daily_reset;
  door.least_heartbeat = client.least_heartbeat;
  door.most_heartbeat = client.most_heartbeat;
  door.host = client.host;
  door.port = client.port;
  door.tls = client.tls;
  door.certificate_file = client.certificate_file;
  door.private_key_file = client.private_key_file;
  door.client_ca_file = client.client_ca_file;
  door.logon_timeout = client.logon_timeout;
  door.max_queued = client.max_queued;
  return door;
}

Result<void> GatewayService::open_doors() {
  std::map<std::pair<std::string, std::uint16_t>, std::string> first_at;
  std::map<std::string, std::uint16_t> ports;
  for (const auto& client : clients_) {
    AcceptorDoor door = door_of(client->config);
    client->door = door.name;
    if (!ports.contains(door.name)) {
      const auto [first, is_first] = first_at.try_emplace({door.host, door.port}, door.name);
      if (!is_first) door.port_of = first->second;
      const auto port = acceptor_->open(door);
      if (!port) return port.error();
      ports[door.name] = *port;
      if (port_ == 0) port_ = *port;
    }
    // Numbers and messages of earlier runs: what is told before the client comes back is kept for it.
    auto session = acceptor_->restore(client->door, client->config.comp_id);
    if (!session) return session.error();
    client->session = *session;
    by_session_[*session] = client.get();
  }
  return {};
}

// ---- the journal, read
// -----------------------------------------------------------------------------------------------------------------------
Result<void> GatewayService::restore(const JournalRecord& record) {
  Client* client = client_named(record.who);
  const auto number = [&] { return leading_number(record.body); };
  switch (record.kind) {
    case JournalKind::tell:
      return client == nullptr ? Result<void>{} : restore_tell(*client, record);
    case JournalKind::had:
      if (client != nullptr) {
        (void)client->had_before(number() + 1);
      }
      return {};
    case JournalKind::numbers_reset:
      if (client != nullptr) {
        for (Unconfirmed& each : client->unconfirmed) each.seq = 0;
      }
      return {};
    case JournalKind::queued:
      if (client != nullptr) {
        last_queued_ = std::max<std::uint64_t>(last_queued_, static_cast<std::uint64_t>(number()));
        client->waiting.push_back(
            {static_cast<std::uint64_t>(number()), record.body.substr(std::min(record.body.find('\n') + 1, record.body.size())), {}});
      }
      return {};
    case JournalKind::unqueued:
      if (client != nullptr)
        std::erase_if(client->waiting, [&](const QueuedRequest& each) { return each.id == static_cast<std::uint64_t>(number()); });
      return {};
    case JournalKind::kill:
      kill_ = {true, record.time, record.body.substr(0, record.body.find('\n')),
               record.body.substr(std::min(record.body.find('\n') + 1, record.body.size())), false};
      return {};
    case JournalKind::arm:
      kill_ = {};
      return {};
    default:
      return desk_->restore(record);
  }
}

Result<void> GatewayService::restore_tell(Client& client, const JournalRecord& record) {
  std::string_view rest = record.body;
  const auto line = [&rest] {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return text;
  };
  Unconfirmed told;
  told.seq = leading_number(line());
  told.kept = line() == "1";
  told.msg_type = line();
  told.body = rest;
  // Told again it keeps its place; and who had its number before has not got into the store.
  for (Unconfirmed& each : client.unconfirmed) {
    if (each.msg_type == told.msg_type && each.body == told.body) {
      each.seq = told.seq;
      return {};
    }
    if (told.seq != 0 && each.seq == told.seq) each.seq = 0;
  }
  if (told.kept) client.unconfirmed.push_back(std::move(told));
  return {};
}

// What an earlier process left open.
void GatewayService::begin_process() {
  journal_->append(JournalKind::begin, {}, options_.version, now());
  desk_->begin(now());
  if (journal_->cut_bytes() > 0)
    note(LogLevel::warning, fmt::format("the journal's unfinished end, {} bytes, was cut", journal_->cut_bytes()));
  // What was written down and did not get into the store, before anything else takes its number.
  for (const auto& client : clients_) {
    for (Unconfirmed& each : client->unconfirmed) {
      if (each.seq >= client->session->next_sender_seq()) each.seq = 0;
    }
    tell_unsent(*client, false);
  }
  for (const auto& client : clients_) {
    for (Unconfirmed& each : client->unconfirmed) {
      if (each.seq >= client->session->next_sender_seq()) each.seq = 0;  // it was written down, and did not get into the store
    }
    tell_unsent(*client, false);
  }
  Actions actions;
  // An answer may still come by KalshiRT; REST is asked besides.
  for (const std::string& id : desk_->unanswered())
    desk_->on_outcome_unknown(id, UnknownCause::connection_ended, "the gateway was restarted before an answer came", now(), actions);
  perform(actions);
  for (const auto& client : clients_) {
    for (const QueuedRequest& waiting : std::exchange(client->waiting, {})) {
      journal_->append(JournalKind::unqueued, client->name, std::to_string(waiting.id), now());
      refuse_waiting(*client, waiting, "the gateway was restarted while the request waited for the exchange");
    }
  }
}

// ---- actions
// ------------------------------------------------------------------------------------------------------------------------------------
// Facts and what clients are told because of them go into the journal in one write, and only then anything leaves. All of it before the
// call returns, never later in the turn: when the handler returns, the session counts the message as dealt with, and a process that is
// killed behind that point would have lost it for good. And never a commit of the facts without what is told because of them.
void GatewayService::perform(Actions& actions) {
  const Timestamp time = now();
  for (const JournalRecord& fact : actions.facts) journal_->append(fact, time);
  const std::vector<std::int64_t> numbers = plan_tells(actions.tells, time);
  if (const auto written = journal_->commit(); !written) drop_unwritten(written.error(), actions, time);
  // Told before sent: what a send brings about by itself takes numbers of its own.
  for (std::size_t i = 0; i < actions.tells.size(); ++i) tell(actions.tells[i], i < numbers.size() ? numbers[i] : 0);
  for (const Send& each : actions.sends) send(each);
}

// The number that each will get; 0: it is not told at all.
std::vector<std::int64_t> GatewayService::plan_tells(const std::vector<Tell>& tells, Timestamp time) {
  std::vector<std::int64_t> numbers;
  boost::container::small_vector<std::pair<const Client*, std::int64_t>, 4> next_seq;  // most tells are of one client
  for (const Tell& each : tells) {
    const Client* client = client_named(each.client);
    numbers.push_back(0);
    if (client == nullptr || client->session == nullptr || (!each.kept && !client->logged_on())) continue;
    auto next = std::ranges::find(next_seq, client, &std::pair<const Client*, std::int64_t>::first);
    if (next == next_seq.end()) next = next_seq.insert(next, {client, client->session->next_sender_seq()});
    numbers.back() = next->second++;
    journal_->append(JournalKind::tell, client->name, tell_record(numbers.back(), each.kept, each.msg_type, each.body), time);
  }
  return numbers;
}

// The disk takes nothing: orders and replaces do not leave. Cancels do; who asked for one wants less risk, and what becomes of it is placed
// by its order's ids.
void GatewayService::drop_unwritten(const Error& why, Actions& actions, Timestamp time) {
  note(LogLevel::error, why.message + (why.code == "disk_full" ? ": the disk is full, no order leaves" : ""));
  Actions refused;
  std::erase_if(actions.sends, [&](const Send& each) {
    if (each.kind == Send::Kind::cancel) return false;
    desk_->on_not_taken(each.exchange_id, "the gateway cannot write its journal", time, refused);
    return true;
  });
  for (const JournalRecord& fact : refused.facts) journal_->append(fact, time);
  (void)plan_tells(refused.tells, time);
  for (Tell& each : refused.tells) actions.tells.push_back(std::move(each));
  if (journal_->waiting_bytes() > kMostUnwritten) broken_ = true;  // memory is no journal
}

void GatewayService::send(const Send& what) {
  const ClientOrder* order = desk_->find_exchange_id(what.exchange_id);
  if (order == nullptr) return;
  const auto line = lines_.find(order->account);
  if (line == lines_.end()) {
    Actions actions;
    desk_->on_not_taken(what.exchange_id, "the key " + order->account + " of this order is not configured any more", now(), actions);
    return perform(actions);
  }
  KeyLine& key = *line->second.key;
  sent_at_[id_hash(what.exchange_id)] = monotonic_time();
  const auto request = std::ranges::find(order->requests, what.exchange_id, &OrderRequest::exchange_id);
  const auto sent = what.kind == Send::Kind::order     ? key.send(desk_->new_order_of(*order))
                    : request == order->requests.end() ? Result<SendReceipt>(fail(ErrorCategory::internal, "no such request"))
                    : what.kind == Send::Kind::replace ? key.send(desk_->replace_of(*order, *request))
                                                       : key.send(desk_->cancel_of(*order, *request));
  if (!sent) return on_not_taken(key, what.exchange_id, sent.error().message);
  if (arrived_.count() != 0)
    oms_to_exchange_.add(std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - arrived_).count());
}

void GatewayService::tell(Tell& what, std::int64_t planned) {
  Client* client = client_named(what.client);
  if (client == nullptr || client->session == nullptr || (!what.kept && !client->logged_on())) return;
  const auto sent = client->session->send(what.msg_type, what.body);
  if (!what.kept) return;
  if (!sent) note(LogLevel::error, client->name + ": a report could not be kept: " + sent.error().message);
  // A day that began with this very message has numbers of its own.
  if (sent && *sent != planned)
    journal_->append(JournalKind::tell, client->name, tell_record(*sent, true, what.msg_type, what.body), now());
  client->unconfirmed.push_back(
      {sent ? *sent : 0, std::move(what.msg_type), std::move(what.body), true, client->logged_on(), monotonic_time()});
}

// What has not got into the session's store, and what its reset has dropped: before anything new.
void GatewayService::tell_unsent(Client& client, bool poss_resend) {
  std::deque<Unconfirmed> again;
  std::erase_if(client.unconfirmed, [&](Unconfirmed& each) {
    if (each.seq != 0) return false;
    again.push_back(std::move(each));
    return true;
  });
  MessageHeader header;
  header.poss_resend = poss_resend;
  for (Unconfirmed& each : again) {
    journal_->append(JournalKind::tell, client.name, tell_record(client.session->next_sender_seq(), true, each.msg_type, each.body), now());
    (void)journal_->commit();
    const auto sent = client.session->send(each.msg_type, each.body, header);
    each.seq = sent ? *sent : 0;
    each.live = client.logged_on();
    each.sent = monotonic_time();
    client.unconfirmed.push_back(std::move(each));
  }
}

// ---- time
// -------------------------------------------------------------------------------------------------------------------------------------------
void GatewayService::arm_tick() {
  tick_timer_.expires_after(kTick);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    try {
      tick();
    } catch (const std::exception& fault) {
      note(LogLevel::error, fmt::format("a turn of the clock ended early: {}", fault.what()));
    }
    arm_tick();
  });
}

void GatewayService::tick() {
  const std::chrono::nanoseconds clock = monotonic_time();
  note_turn(clock);
  watch_kill_file();
  refuse_old_waiting();
  ask_where_needed();
  refresh_securities();
  for (const auto& client : clients_) {
    const bool unsent = client->logged_on() && !client->unconfirmed.empty() && client->unconfirmed.front().seq == 0;
    if (unsent && clock >= client->next_try) {
      client->next_try = clock + kTryAgain;
      tell_unsent(*client, false);
    }
    if (const std::int64_t had = client->confirm(clock, client->heartbeat * 3))
      journal_->append(JournalKind::had, client->name, std::to_string(had), now());
  }
  if (clock >= next_forget_) {
    next_forget_ = clock + kForgetEvery;
    desk_->forget(now() - options_.config.remember);
  }
  if (clock >= next_cancels_) {
    next_cancels_ = clock + kTryAgain;
    cancel_again();
  }
  const bool quiet = !std::exchange(busy_, false);
  if (clock >= next_file_ && journal_->wants_new_file(quiet)) begin_journal_file();
  (void)journal_->commit();
}

// Cancels that nobody outside asked for are nobody's to repeat but ours: until nothing is open.
void GatewayService::cancel_again() {
  Actions actions;
  const auto owed = [&](const ClientOrder& order) {
    const auto line = lines_.find(order.account);
    if (line == lines_.end() || !line->second.key->up()) return false;
    const Client* client = client_named(order.client);
    return kill_.killed || (client != nullptr && client->owes_cancels);
  };
  if (kill_.killed) desk_->cancel_all(OrderRequest::Cause::kill, owed, now(), actions);
  const bool disconnected = std::ranges::any_of(clients_, [](const auto& client) { return client->owes_cancels; });
  if (disconnected && !kill_.killed) desk_->cancel_all(OrderRequest::Cause::disconnect, owed, now(), actions);
  if (!actions.facts.empty()) perform(actions);
  for (const auto& client : clients_) client->owes_cancels = client->owes_cancels && desk_->open_sums().of_client(client->name).count() > 0;
  boost::unordered::erase_if(sent_at_, [clock = monotonic_time()](const auto& each) { return clock - each.second > kSentKept; });
}

// A thread that stood still (a stopped process, a machine that slept) reads what came meanwhile in one go.
void GatewayService::note_turn(std::chrono::nanoseconds clock) {
  if (last_turn_.count() != 0 && clock - last_turn_ > kStall) stalled_until_ = clock + kStall;
  last_turn_ = clock;
}

void GatewayService::begin_journal_file() {
  const auto everything = [this](const Journal::Put& put) {
    put({JournalKind::begin, {}, options_.version, started_});
    desk_->snapshot(put);
    if (kill_.killed) put({JournalKind::kill, {}, kill_.by + "\n" + kill_.reason, kill_.since});
    for (const auto& client : clients_) {
      for (const Unconfirmed& each : client->unconfirmed)
        put({JournalKind::tell, client->name, tell_record(each.seq, true, each.msg_type, each.body), {}});
      for (const QueuedRequest& each : client->waiting)
        put({JournalKind::queued, client->name, std::to_string(each.id) + "\n" + each.raw, {}});
    }
  };
  const auto begun = journal_->begin_file(everything, now());
  if (begun) return;
  next_file_ = monotonic_time() + kFileAgain;
  note(LogLevel::error, begun.error().message);
}

// ---- who is who
// ---------------------------------------------------------------------------------------------------------------------------------------
Client* GatewayService::client_named(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Client& GatewayService::client_of(AcceptorSession& session) { return *by_session_.at(&session); }

GatewayService::Line& GatewayService::line_of(const ClientConfig& client) {
  return lines_.at(client.account.empty() ? options_.config.account_order.front() : client.account);
}

void GatewayService::note(LogLevel level, const std::string& text) {
  if (options_.log->enabled(level)) options_.log->log(level, "gateway", text);
  if (level >= LogLevel::warning && journal_ && !journal_->failing()) journal_->append(JournalKind::note, {}, text, now());
}

}  // namespace marginfix::gateway
