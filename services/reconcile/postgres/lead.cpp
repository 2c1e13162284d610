#include "services/reconcile/postgres/lead.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "services/reconcile/postgres/connection.hpp"
#include "services/reconcile/postgres/pg_schema.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"

namespace marginfix::reconcile {

namespace {

using std::chrono::milliseconds;

// Both clocks run at one rate, nearly.
constexpr milliseconds kMargin{100};
constexpr milliseconds kLookWhetherLost{50};
// Making tables is the disk's work, and others may be at it.
constexpr std::chrono::seconds kSchemaPatience{30};

std::string as_interval(milliseconds span) { return std::to_string(span.count()) + " milliseconds"; }

PgOptions lead_options(const LeadTimes& times) {
  PgOptions options;
  options.patience = times.lease / 2;
  return options;
}

class HeldLead final : public Lead {
 public:
  HeldLead(PostgresAddress address, LeadHolder holder, std::int64_t epoch, std::chrono::nanoseconds taken, std::unique_ptr<PgConnection> by)
      : address_(std::move(address)), holder_(std::move(holder)), epoch_(epoch), connection_(std::move(by)), renewed_(taken.count()) {
    thread_ = std::thread([this] { beat(); });
  }
  ~HeldLead() override { release(); }
  HeldLead(const HeldLead&) = delete;
  HeldLead& operator=(const HeldLead&) = delete;

  const std::string& service() const noexcept override { return holder_.service; }
  std::int64_t epoch() const noexcept override { return epoch_; }
  bool mine() const noexcept override { return !lost_ && age() < holder_.times.lease - kMargin; }
  const std::atomic<bool>& lost() const noexcept override { return lost_; }
  std::string why_lost() const override {
    const std::lock_guard lock(mutex_);
    return why_;
  }
  void names_writer(int server_process, std::int64_t started) override;
  void release() noexcept override;

 private:
  std::chrono::nanoseconds age() const noexcept { return monotonic_time() - std::chrono::nanoseconds(renewed_.load()); }
  void beat();
  bool renew();
  void lose(std::string why);
  void give_back();

  PostgresAddress address_;
  LeadHolder holder_;
  std::int64_t epoch_;
  std::mutex connecting_;  // of connection_
  std::unique_ptr<PgConnection> connection_;
  std::atomic<std::int64_t> renewed_;  // monotonic: when the last renewal that counted was sent
  std::atomic<bool> lost_{false};
  mutable std::mutex mutex_;  // of the three below
  std::condition_variable changed_;
  bool ending_{false};
  std::string why_;
  std::thread thread_;
};

void HeldLead::lose(std::string why) {
  const std::lock_guard lock(mutex_);
  if (why_.empty()) why_ = std::move(why);
  lost_ = true;
  changed_.notify_all();
}

// False: it is somebody else's.
bool HeldLead::renew() {
  const std::lock_guard lock(connecting_);
  if (!connection_ || connection_->is_lost()) {
    connection_.reset();
    connection_ = std::make_unique<PgConnection>(address_, lead_options(holder_.times));
  }
  const auto sent = monotonic_time();
  const PgResult done = connection_->execute(
      "UPDATE marginfix.services SET beat = clock_timestamp(), beat_process = $3, beat_started = $4 WHERE service = $1 AND epoch = $2",
      {holder_.service, epoch_, std::int64_t{connection_->server_process()}, connection_->server_process_start()});
  if (std::string_view(PQcmdTuples(done.get())) != "1") return false;
  renewed_ = sent.count();
  return true;
}

void HeldLead::beat() {
  auto next = monotonic_time();
  std::string trouble;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kLookWhetherLost, [&] { return ending_; });
      if (ending_) return;
    }
    if (!mine()) return lose("it was not renewed in time" + (trouble.empty() ? "" : ": " + trouble));
    if (monotonic_time() < next) continue;
    next = monotonic_time() + holder_.times.beat;
    try {
      if (!renew()) return lose("another instance has taken it");
      trouble.clear();
    } catch (const Exception& e) {
      trouble = e.error().message;
    }
  }
}

void HeldLead::names_writer(int server_process, std::int64_t started) {
  const std::lock_guard lock(connecting_);
  if (!connection_) throw Exception(fail(ErrorCategory::closed, "the lead was given back"));
  connection_->execute("UPDATE marginfix.services SET writer_process = $3, writer_started = $4 WHERE service = $1 AND epoch = $2",
                       {holder_.service, epoch_, std::int64_t{server_process}, started});
}

void HeldLead::release() noexcept {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  if (!thread_.joinable()) return;
  thread_.join();
  const bool held = mine();
  lose("it was given back");
  if (held) give_back();
}

void HeldLead::give_back() {
  try {
    const std::lock_guard lock(connecting_);
    if (!connection_ || connection_->is_lost()) return;
    connection_->execute("UPDATE marginfix.services SET beat = '-infinity' WHERE service = $1 AND epoch = $2", {holder_.service, epoch_});
    connection_.reset();
  } catch (const Exception&) {
    return;  // then it ends by its age
  }
}

class Candidate final : public LeadCandidate {
 public:
  Candidate(const PostgresAddress& address, LeadHolder holder)
      : address_(address), holder_(std::move(holder)), connection_(std::make_unique<PgConnection>(address, lead_options(holder_.times))) {}

  void prepare() {
    connection_->set_patience(kSchemaPatience);
    make_common_schema(*connection_);
    connection_->execute("INSERT INTO marginfix.services (service) VALUES ($1) ON CONFLICT DO NOTHING", {holder_.service});
    connection_->set_patience(holder_.times.lease / 2);
  }
  Result<std::unique_ptr<Lead>> try_take() override;
  Result<LeadState> state() override;

 private:
  LeadState read_state();
  void end_sessions();
  std::int64_t take(std::int64_t epoch);
  void take_accounts();

  PostgresAddress address_;
  LeadHolder holder_;
  std::unique_ptr<PgConnection> connection_;
};

LeadState Candidate::read_state() {
  const PgResult row = connection_->execute(
      "SELECT epoch, holder, beat > clock_timestamp() - $2::interval, "
      "CASE WHEN isfinite(beat) THEN (extract(epoch FROM clock_timestamp() - beat) * 1000)::bigint ELSE 0 END "
      "FROM marginfix.services WHERE service = $1",
      {holder_.service, as_interval(holder_.times.lease)});
  LeadState state;
  if (PQntuples(row.get()) == 0) return state;
  state.epoch = pg_integer(row.get(), 0, 0);
  state.holder = pg_text(row.get(), 0, 1);
  state.held = pg_integer(row.get(), 0, 2) != 0;
  state.age = milliseconds(pg_integer(row.get(), 0, 3));
  return state;
}

Result<LeadState> Candidate::state() {
  try {
    return read_state();
  } catch (const Exception& e) {
    return e.error();
  }
}

// Of who led: what it left open would hold up its successor, and it can write nothing any more. A number may be another session's by now,
// so that the moment it began is asked for, too. Other roles' sessions cannot be ended: those the server ends by itself.
void Candidate::end_sessions() {
  connection_->execute(
      "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN marginfix.services s ON s.service = $1 AND "
      "((a.pid = s.writer_process AND (extract(epoch FROM a.backend_start) * 1000000)::bigint = s.writer_started) OR "
      "(a.pid = s.beat_process AND (extract(epoch FROM a.backend_start) * 1000000)::bigint = s.beat_started))",
      {holder_.service});
}

void Candidate::take_accounts() {
  if (holder_.accounts.empty()) return;
  for (const std::string& account : holder_.accounts) {
    connection_->execute("INSERT INTO marginfix.accounts (account, service) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                         {account, holder_.service});
    const PgResult whose = connection_->execute("SELECT service FROM marginfix.accounts WHERE account = $1", {account});
    if (pg_text(whose.get(), 0, 0) == holder_.service) continue;
    Error error = fail(ErrorCategory::config, "the account " + account + " belongs to service " + pg_text(whose.get(), 0, 0) + " in " +
                                                  address_.shown() + ": each account has one service (DELETE FROM marginfix.accounts " +
                                                  "gives it free when that service has it no more)");
    error.code = "other_service";
    throw Exception(std::move(error));
  }
}

// In a transaction. The row's lock waits for a write of the old leader that is under way, and no later one sees the old epoch. 0: somebody
// was quicker.
std::int64_t Candidate::take(std::int64_t epoch) {
  connection_->execute("SELECT epoch FROM marginfix.services WHERE service = $1 FOR UPDATE", {holder_.service});
  const PgResult taken = connection_->execute(
      "UPDATE marginfix.services SET epoch = epoch + 1, holder = $3, beat = clock_timestamp(), beat_process = $4, beat_started = $5, "
      "writer_process = 0, writer_started = 0 WHERE service = $1 AND epoch = $2 AND beat <= clock_timestamp() - $6::interval RETURNING "
      "epoch",
      {holder_.service, epoch, holder_.name, std::int64_t{connection_->server_process()}, connection_->server_process_start(),
       as_interval(holder_.times.lease)});
  if (PQntuples(taken.get()) == 0) return 0;
  take_accounts();
  return pg_integer(taken.get(), 0, 0);
}

Result<std::unique_ptr<Lead>> Candidate::try_take() {
  try {
    const LeadState before = read_state();
    if (before.held) return std::unique_ptr<Lead>();
    end_sessions();
    const auto began = monotonic_time();
    connection_->execute("BEGIN; SET LOCAL lock_timeout = 1000");
    const std::int64_t epoch = take(before.epoch);
    if (epoch == 0) {
      connection_->execute("ROLLBACK");
      return std::unique_ptr<Lead>();
    }
    connection_->execute("COMMIT");
    return std::unique_ptr<Lead>(std::make_unique<HeldLead>(address_, holder_, epoch, began, std::move(connection_)));
  } catch (const Exception& e) {
    if (connection_ && !connection_->is_lost()) connection_->execute("ROLLBACK");
    constexpr std::string_view kLockTimeout = "55P03";
    if (e.error().code == kLockTimeout) return std::unique_ptr<Lead>();
    return e.error();
  }
}

// Nobody is there to answer, or it went away: it may come back.
bool mends_itself(const Error& error) { return error.category == ErrorCategory::connect || error.code == "connection_lost"; }

void wait_a_look(milliseconds span, const std::function<bool()>& stop) {
  const auto until = monotonic_time() + span;
  while (monotonic_time() < until && !stop()) std::this_thread::sleep_for(std::min(span, milliseconds(50)));
}

}  // namespace

Result<std::unique_ptr<LeadCandidate>> LeadCandidate::open(const PostgresAddress& address, LeadHolder holder) {
  if (auto good = check_service_name(holder.service); !good) return good.error();
  try {
    auto candidate = std::make_unique<Candidate>(address, std::move(holder));
    candidate->prepare();
    return std::unique_ptr<LeadCandidate>(std::move(candidate));
  } catch (const Exception& e) {
    return e.error();
  }
}

Result<std::unique_ptr<Lead>> wait_for_lead(const PostgresAddress& address, const LeadHolder& holder, const std::function<bool()>& stop,
                                            const std::function<void(const std::string&)>& told) {
  std::unique_ptr<LeadCandidate> candidate;
  std::string before;
  const auto tell = [&](const std::string& text) {
    if (told && text != before) told(text);
    before = text;
  };
  while (!stop()) {
    if (!candidate) {
      auto opened = LeadCandidate::open(address, holder);
      if (!opened && !mends_itself(opened.error())) return opened.error();
      if (opened) candidate = *std::move(opened);
      if (!opened) tell("the database cannot be reached: " + opened.error().message);
    }
    if (candidate) {
      auto lead = candidate->try_take();
      if (lead && *lead) return lead;
      if (!lead && !mends_itself(lead.error())) return lead.error();
      if (!lead) {
        candidate.reset();
        tell("the database cannot be reached: " + lead.error().message);
      } else if (const auto state = candidate->state(); state && state->held) {
        tell("stand-by: " + state->holder + " leads (epoch " + std::to_string(state->epoch) + ")");
      }
    }
    wait_a_look(holder.times.look, stop);
  }
  return std::unique_ptr<Lead>();
}

}  // namespace marginfix::reconcile
