// The simulated exchange put together: engine, doors, control port, keys and endpoints.json on one I/O thread.

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <system_error>

#include "marginfix/core/monotonic.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/keys/secrets.hpp"
#include "sim/remembered_ports.hpp"
#include "sim/simulator_impl.hpp"

namespace marginfix::sim {
namespace {

namespace asio = boost::asio;

// Trading accounts first, and the first six as they are: endpoints.json promises it.
const SimulatorKey kSeededKeys[] = {{"alice", "alice", KeyScope::Trading},           {"bob", "bob", KeyScope::Trading},
                                    {"alice-listener", "alice", KeyScope::Listener}, {"alice-dropcopy", "alice", KeyScope::DropCopy},
                                    {"bob-listener", "bob", KeyScope::Listener},     {"bob-dropcopy", "bob", KeyScope::DropCopy},
                                    {"alice-sub1", "alice", KeyScope::Trading, 1},   {"alice-readonly", "alice", KeyScope::ReadOnly}};
constexpr std::uint16_t kPolicyViolation = 1008;  // RFC 6455
constexpr std::chrono::seconds kStepRetry{1};     // what falls due and could not be written
constexpr const char* kAccounts[] = {"alice", "bob"};

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

std::string url_of(const SimulatorOptions& options, std::uint16_t port, const std::string& scheme, const char* path) {
  const bool v6 = options.host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(port) + path;
}

}  // namespace

// ---- start ------------------------------------------------------------------------------------------------------------------

Result<void> Simulator::Impl::start() {
  if (started) return fail(ErrorCategory::config, "a Simulator is started once; make a new one");
  started = true;
  if (options.dir.empty()) return fail(ErrorCategory::config, "the simulator needs a directory (--dir)");
  if (options.plain && !is_loopback(options.host)) {
    return fail(ErrorCategory::config, "--plain is for loopback only; leave it out, or use --host 127.0.0.1");
  }
  dir = options.dir;
  if (auto locked = lock_directory(); !locked) return locked;
  std::error_code error;
  std::filesystem::remove(dir / "endpoints.json", error);  // of an earlier run: nobody is to be told of doors that are not open yet
  options.ports = remembered_ports(dir, options.host, options.ports, notes);
  for (const std::string& note : notes) options.log->log(LogLevel::warning, "sim", note);
  if (auto opened = open_everything(); !opened) {
    end(true);
    return opened;
  }
  if (auto remembered = remember_ports(dir, endpoints.ports); !remembered) {
    end(true);
    return remembered;
  }
  work.emplace(io.get_executor());
  thread = std::thread([this] { io.run(); });
  return write_endpoints(dir, endpoints);
}

// The kernel lets go of it when the process dies, however it dies.
Result<void> Simulator::Impl::lock_directory() {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) return fail(ErrorCategory::config, "cannot make " + dir.string() + ": " + error.message());
  lock = ::open((dir / "simulator.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0) return {};
  return fail(ErrorCategory::config, "another simulator runs in " + dir.string() + "; stop it, or use another --dir");
}

Result<void> Simulator::Impl::open_everything() {
  try {
    const auto identity = ensure_server_identity(dir);
    if (!identity) return identity.error();
    plan_keys();
    std::vector<std::string> names;
    for (const SimulatorKey& key : plan) names.push_back(key.name);
    auto made = ensure_api_keys(dir, names);
    if (!made) return made.error();
    keys = std::move(*made);
    for (const ApiKey& key : keys) ring.set(key.key_id, key.verifier);
    std::filesystem::create_directories(dir / "sessions");
    std::filesystem::create_directories(dir / "exchange");
    describe();
    if (auto opened = open_fix(*identity); !opened) return opened;
    if (auto opened = open_engine(); !opened) return opened;
    if (auto opened = open_http(*identity); !opened) return opened;
    if (auto opened = open_ws(*identity); !opened) return opened;
    if (auto opened = open_control(); !opened) return opened;
    arm_timer();
    return {};
  } catch (const Exception& e) {
    return e.error();
  } catch (const std::exception& e) {
    return fail(ErrorCategory::store, e.what());
  }
}

void Simulator::Impl::plan_keys() {
  plan.assign(std::begin(kSeededKeys), std::end(kSeededKeys));
  for (const SimulatorMember& member : options.members) {
    plan.push_back({member.name, member.name, KeyScope::Trading, {}});
    plan.push_back({member.name + "-listener", member.name, KeyScope::Listener, {}});
    plan.push_back({member.name + "-dropcopy", member.name, KeyScope::DropCopy, {}});
  }
}

void Simulator::Impl::describe() {
  endpoints.host = options.host;
  endpoints.tls = !options.plain;
  endpoints.ca_file = "ca.pem";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    endpoints.accounts.push_back({plan[i].name, plan[i].account, keys[i].key_id, keys[i].private_key_path});
  }
}

Result<void> Simulator::Impl::open_fix(const ServerIdentity& identity) {
  ExchangeOptions engine;
  engine.dir = dir / "exchange";
  engine.seed = options.seed;
  engine.house = !options.quiet;
  engine.past = options.past;
  engine.accounts = account_specs();
  engine.manual_clock = options.manual_clock;
  const auto tier = parse_rate_tier(options.tier);
  if (!tier)
    return fail(ErrorCategory::config,
                "unknown tier " + options.tier + "; use basic, advanced, expert, premier, paragon, prime, prestige or unlimited");
  engine.tier = *tier;
  engine.fees = options.fees;
  engine.snapshot_bytes = options.snapshot_bytes;
  engine.write_policy = WritePolicy::Mapped;
  for (const auto& [ticker, index] : options.shards) {
    const auto market = std::ranges::find(engine.markets, ticker, &MarketSpec::symbol);
    if (market == engine.markets.end()) return fail(ErrorCategory::config, "there is no market " + ticker + " to put on a shard");
    market->exchange_index = index;
  }
  endpoints.quiet_market = engine.quiet_market;
  exchange = std::make_unique<Exchange>(std::move(engine));
  exchange->rate_limits().use_clock(monotonic_clock());

  GatewayOptions doors;
  doors.sessions_dir = dir / "sessions";
  doors.keys = &ring;
  for (const std::string& name : options.refused_accounts) {
    if (const KeyEntry* entry = endpoints.find(name)) doors.refused_keys.insert(entry->key_id);
  }
  doors.one_connection_per_key = options.one_connection_per_key;
  doors.drop_copy_not_enabled = options.drop_copy_not_enabled;
  doors.md_fields = options.basic_md_fields ? MdFields::basic : MdFields::documented;
  doors.wall_now = wall_now;
  doors.engine_used = [this] { arm_timer(); };
  doors.brake = &brake;
  doors.connections = connections;
  doors.log = options.log;
  fix_doors = std::make_unique<FixDoors>(io, *exchange, std::move(doors));
  exchange->add_sink(*fix_doors);

  const std::pair<FixDoor, std::uint16_t SimulatorPorts::*> all[] = {{FixDoor::NR, &SimulatorPorts::nr},
                                                                     {FixDoor::RT, &SimulatorPorts::rt},
                                                                     {FixDoor::DC, &SimulatorPorts::dc},
                                                                     {FixDoor::MD, &SimulatorPorts::md}};
  for (const auto& [which, port] : all) {
    AcceptorDoor door;
    door.comp_id = to_string(which);
    door.own_sender_comp_id = options.sender_comp_id;
    door.sequence = which == FixDoor::RT ? SequencePolicy::reset_on_request : SequencePolicy::reset_each_logon;
    door.retransmission = which == FixDoor::RT;
    door.host = options.host;
    door.port = options.ports.*port;
    door.tls = !options.plain;
    door.certificate_file = identity.certificate.string();
    door.private_key_file = identity.private_key.string();
    const auto bound = fix_doors->open(door);
    if (!bound) return bound.error();
    endpoints.ports.*port = *bound;
  }
  return {};
}

// The doors of REST and Klear; nobody is heard before the io_context runs.
Result<void> Simulator::Impl::open_http(const ServerIdentity& identity) {
  HttpDoorsOptions doors;
  doors.host = options.host;
  doors.rest_port = options.ports.rest;
  doors.klear_port = options.ports.klear;
  doors.tls = !options.plain;
  doors.identity = identity;
  doors.dir = dir;
  doors.read_lag = options.read_lag;
  doors.wall_now = wall_now;
  doors.engine_used = [this] { arm_timer(); };
  doors.key_revoked = [this](std::string_view key_id) {
    for (AcceptorSession* each : fix_doors->acceptor().sessions()) {
      if (each->peer_comp_id() == key_id) each->drop();
    }
    // A close code after which no client tries again: the upgrade would be refused.
    if (ws) ws->close_with(key_id, kPolicyViolation, "this API key was revoked");
  };
  doors.brake = &brake;
  doors.connections = connections;
  doors.log = options.log;
  http = std::make_unique<HttpDoors>(io, *exchange, ring, std::move(doors));
  auto opened = http->open();
  if (!opened) return opened.error();
  endpoints.ports.rest = opened->rest_port;
  endpoints.ports.klear = opened->klear_port;
  endpoints.rest_url = std::move(opened->rest_url);
  endpoints.klear = {std::move(opened->klear_url), std::move(opened->klear_admin_user_id), std::move(opened->klear_access_token)};
  return {};
}

Result<void> Simulator::Impl::open_ws(const ServerIdentity& identity) {
  WsDoorOptions door;
  door.server.name = "ws";
  door.server.host = options.host;
  door.server.port = options.ports.ws;
  door.server.tls = !options.plain;
  door.server.certificate_file = identity.certificate.string();
  door.server.private_key_file = identity.private_key.string();
  door.server.connections = connections;
  door.server.log = options.log;
  door.brake = &brake;
  door.limits.queued_bytes = options.ws_queued_bytes;
  door.limits.stuck = options.ws_stuck;
  door.limits.unfinished = options.ws_unfinished;
  door.wall_now = wall_now;
  door.engine_used = [this] { arm_timer(); };
  ws = std::make_unique<WsDoor>(io, *exchange, ring, std::move(door));
  const auto opened = ws->open();
  if (!opened) return opened.error();
  endpoints.ports.ws = *opened;
  endpoints.ws_url = url_of(options, *opened, options.plain ? "ws" : "wss", "/trade-api/ws/v2/margin");
  return {};
}

Result<void> Simulator::Impl::open_control() {
  auto token = ensure_secret(dir / "keys" / "control.token");
  if (!token) return token.error();
  ControlOptions door;
  door.port = options.ports.control;
  door.token = *token;
  door.brake = &brake;
  door.connections = connections;
  door.log = options.log;
  control = std::make_unique<ControlPort>(io, *this, std::move(door));
  const auto port = control->open();
  if (!port) return port.error();
  endpoints.ports.control = *port;
  endpoints.control_url = "http://127.0.0.1:" + std::to_string(*port);
  endpoints.control_token = std::move(*token);
  return {};
}

Result<void> Simulator::Impl::open_engine() {
  if (auto restored = fix_doors->restore_sessions(); !restored) return restored;
  const auto opened = exchange->open(wall_now());
  if (!opened) return opened.error();
  add_new_keys();
  exchange->step(wall_now());
  return fix_doors->finish_restore();
}

// All funded; subaccount 1 too, so that AllocAccount(79) can be tried at once. Both may name customers and operators as
// FCM-sponsored access does.
std::vector<AccountSpec> Simulator::Impl::account_specs() const {
  std::vector<AccountSpec> specs;
  for (const char* name : kAccounts) {
    AccountSpec& spec = specs.emplace_back();
    spec.name = name;
    spec.fcm = true;
    spec.deposits = {DollarDecimal::whole(10'000'000), DollarDecimal::whole(1'000'000)};
  }
  for (const SimulatorMember& member : options.members) {
    AccountSpec& spec = specs.emplace_back();
    spec.name = member.name;
    spec.fcm = member.fcm;
    spec.deposits = member.deposits;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto owner = std::ranges::find(specs, plan[i].account, &AccountSpec::name);
    owner->keys.push_back({keys[i].key_id, plan[i].scope, plan[i].subaccount});
  }
  return specs;
}

// A key file that was deleted got a new id.
void Simulator::Impl::add_new_keys() {
  for (const AccountSpec& spec : account_specs()) {
    const auto account = views::find_account(exchange->state(), spec.name);
    for (const KeySpec& key : spec.keys) {
      if (account && !views::find_key(exchange->state(), key.key_id)) exchange->run(commands::AddKey{*account, key});
    }
  }
}

// ---- time -------------------------------------------------------------------------------------------------------------------

// Called after every use of the engine, so it must cost next to nothing when the timer already stands early enough.
void Simulator::Impl::arm_timer() {
  const auto next = exchange->next_timer();
  if (!next) return;
  if (timer_at != Timestamp{} && timer_at <= *next) return;
  set_timer(*next);
}

void Simulator::Impl::set_timer(Timestamp at) {
  timer_at = at;
  const auto wait = std::max(at - wall_now(), Timestamp::duration::zero());
  timer.expires_after(wait);
  timer.async_wait([this](boost::system::error_code error) {
    if (!error) on_timer();
  });
}

void Simulator::Impl::on_timer() {
  timer_at = Timestamp{};
  try {
    exchange->step(wall_now());
    arm_timer();
  } catch (const Exception& e) {
    options.log->log(LogLevel::error, "sim", e.what());
    set_timer(wall_now() + kStepRetry);
  }
}

// ---- end --------------------------------------------------------------------------------------------------------------------

void Simulator::Impl::end(bool abruptly) {
  if (std::exchange(ended, true)) return;
  if (thread.joinable()) {
    if (!abruptly) {
      std::promise<void> stopped;
      std::promise<void> http_stopped;
      std::promise<void> ws_stopped;
      asio::post(io, [&] {
        fix_doors->stop("the exchange closes", [&] { stopped.set_value(); });
        http->stop([&] { http_stopped.set_value(); });
        ws->stop([&] { ws_stopped.set_value(); });
      });
      stopped.get_future().wait_for(std::chrono::seconds(10));
      http_stopped.get_future().wait_for(std::chrono::seconds(10));
      ws_stopped.get_future().wait_for(std::chrono::seconds(10));
      // What the last Logouts set off (cancel on disconnect) stands behind them in the queue.
      std::promise<void> drained;
      asio::post(io, [&] { drained.set_value(); });
      drained.get_future().wait();
    } else {
      std::promise<void> dead;
      asio::post(io, [&] {
        fix_doors->die();
        http->close();
        ws->close();
        dead.set_value();
      });
      dead.get_future().wait();
    }
    io.stop();
    thread.join();
  }
  if (fix_doors) fix_doors->die();
  boost::system::error_code ignored;
  timer.cancel(ignored);
  control.reset();
  ws.reset();
  http.reset();
  fix_doors.reset();
  exchange.reset();
  std::error_code gone;
  if (!abruptly) std::filesystem::remove(dir / "endpoints.json", gone);
  if (lock >= 0) ::close(lock);
}

// ---- the public face --------------------------------------------------------------------------------------------------------

Simulator::Simulator(SimulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Simulator::~Simulator() = default;

Result<void> Simulator::start() { return impl_->start(); }
void Simulator::stop() { impl_->end(false); }
void Simulator::kill() { impl_->end(true); }

Result<void> Simulator::run_until_signal() {
  // Before the doors open: who reads endpoints.json may signal at once. The simulator's own thread works, this one only waits.
  asio::io_context wait;
  boost::system::error_code error;
  asio::signal_set signals(wait);
  signals.add(SIGINT, error);
  if (!error) signals.add(SIGTERM, error);
  if (error) return fail(ErrorCategory::internal, "cannot wait for signals: " + error.message());
  signals.async_wait([](boost::system::error_code, int) {});
  if (!impl_->started) {
    if (auto opened = start(); !opened) return opened;
  }
  wait.run();
  stop();
  return {};
}

const Endpoints& Simulator::endpoints() const { return impl_->endpoints; }
const std::vector<std::string>& Simulator::notes() const { return impl_->notes; }
std::string Simulator::path(std::string_view relative) const { return (std::filesystem::path(impl_->options.dir) / relative).string(); }

Result<void> Simulator::disconnect(std::string_view session, std::string_view key_id) {
  return impl_->on_thread([&] { return impl_->control_disconnect(session, key_id); });
}
Result<void> Simulator::skip_seq(std::string_view session, std::string_view key_id, int count) {
  return impl_->on_thread([&] { return impl_->control_skip_seq(session, key_id, count); });
}
Result<void> Simulator::delay(std::string_view session, std::string_view key_id, std::chrono::milliseconds held_back) {
  return impl_->on_thread([&] { return impl_->control_delay(session, key_id, held_back); });
}
Result<void> Simulator::silence(std::string_view session, std::string_view key_id) {
  return impl_->on_thread([&] { return impl_->control_silence(session, key_id); });
}
Result<void> Simulator::ws_cut_in_frame(std::string_view key_id) {
  return impl_->on_thread([&] { return impl_->control_cut_in_frame(key_id); });
}
Result<void> Simulator::ws_send(std::string_view key_id, const std::string& text) {
  return impl_->on_thread([&] { return impl_->control_send(key_id, text); });
}
Result<void> Simulator::ws_close(std::string_view key_id, std::uint16_t code, const std::string& reason) {
  return impl_->on_thread([&] { return impl_->control_close(key_id, code, reason); });
}
Result<void> Simulator::halt(std::string_view ticker, bool halted) {
  return impl_->on_thread([&] { return impl_->control_halt(ticker, halted); });
}
Result<void> Simulator::advance_clock(std::chrono::milliseconds by) {
  return impl_->on_thread([&] { return impl_->control_clock(by); });
}
Result<void> Simulator::enable_drop_copy(const std::string& account, bool enabled) {
  return impl_->on_thread([&] { return impl_->control_drop_copy(account, enabled); });
}
Result<void> Simulator::set_reference_price(std::string_view ticker, DollarDecimal price) {
  return impl_->on_thread([&] { return impl_->control_reference_price(ticker, price); });
}
std::string Simulator::state_json() {
  return impl_->on_thread([&] { return impl_->control_state({}); });
}
std::vector<std::string> Simulator::check() {
  return impl_->on_thread([&] { return views::check(impl_->exchange->state()); });
}

}  // namespace marginfix::sim
