#include "services/reconcile/stream/publisher.hpp"

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "marginfix/core/error.hpp"
#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/text.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kRowsAtOnce = 512;
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kIdle{500};       // so often a quiet publisher looks whether its connection lives
constexpr milliseconds kAnswersWait{2};  // for answers, while something is on its way
constexpr std::size_t kShown = 200;      // of what a broker says, in a log
constexpr std::string_view kLog = "stream";

// Which event a message of the stream is.
struct EventName {
  std::string ledger;
  std::int64_t number{0};
};
std::optional<EventName> name_in(const std::string& payload) {
  namespace bj = boost::json;
  boost::system::error_code fault;
  const bj::value value = bj::parse(payload, fault);
  if (fault || !value.is_object()) return std::nullopt;
  const bj::value* const ledger = value.get_object().if_contains("ledger");
  const bj::value* const number = value.get_object().if_contains("number");
  if (ledger == nullptr || number == nullptr || !ledger->is_string() || !number->is_string()) return std::nullopt;
  EventName name{std::string(ledger->get_string()), 0};
  const auto& digits = number->get_string();
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), name.number);
  if (bad != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return name;
}

Error refusal(const std::string& stream, const std::string& why) {
  Error error = fail(ErrorCategory::config, "the stream " + stream + " cannot take events: " + why);
  error.code = "refused";
  return error;
}

// Nothing is wrong with the connection: the stream is asked again where it is.
Error look_again(std::string why) {
  Error error = fail(ErrorCategory::connect, std::move(why));
  error.code = "look_again";
  return error;
}

Error ended() { return fail(ErrorCategory::closed, "it does not publish any more"); }

}  // namespace

std::string_view to_string(PublisherState state) noexcept {
  switch (state) {
    case PublisherState::up:
      return "up";
    case PublisherState::waiting:
      return "waiting";
    case PublisherState::outage:
      return "outage";
    case PublisherState::refused:
      return "refused";
  }
  return "?";
}

struct Publisher::Impl {
  explicit Impl(PublisherOptions given) : options(std::move(given)) {}

  // ---- the thread
  void run();
  Result<void> one_connection();
  Result<void> find_place();
  Result<void> check_last(const StreamMessage& last, const OutboxState& outbox);
  void rename(std::int64_t number);
  Result<void> drain();
  Result<void> send_more();
  Result<void> send(OutboxRow row);
  Result<bool> take_answer(milliseconds wait);
  Result<void> take(const PublishAnswer& answer);
  void rest_idle();
  void pause(milliseconds span);

  // ---- what others are told
  void set_published(std::int64_t number);
  void well();
  void ill(const Error& error);
  void say(LogLevel level, const std::string& line) const { options.log->log(level, kLog, line); }
  void step(std::string_view name) const {
    if (options.step) options.step(name);
  }
  bool may() const { return !options.may_publish || options.may_publish(); }

  PublisherOptions options;
  std::thread thread;
  std::atomic<bool> ending{false};

  // Of the thread alone.
  std::unique_ptr<Storage> ledger;
  struct Flight {
    std::int64_t number{0};
    Timestamp sent{};
    bool answered{false};
  };
  std::deque<Flight> flights;     // of consecutive numbers
  std::deque<OutboxRow> rows;     // read, not sent
  std::int64_t read_through{0};   // of the rows that were read
  std::int64_t tried_through{0};  // a number up to this one may have been sent before
  bool tried_known{false};
  // What the stream's last message must be: by its sequence for the first one behind a place, by its id for those behind it. A broker that
  // was started again may not know the id of what it has.
  std::optional<std::uint64_t> last_sequence;
  std::string last_id;
  std::int64_t lost_behind{-1};
  std::int64_t doubted{0};         // the stream says that it has the id of this event
  std::set<std::int64_t> renamed;  // told under another id
  std::uint64_t round{0};          // answers of an earlier one do not count
  bool more_rows{true};

  mutable std::mutex mutex;  // of everything below
  std::condition_variable changed;
  std::shared_ptr<StreamConnection> connection;  // set and read under the mutex, used by the thread; closed by anybody
  PublisherHealth health;
  std::optional<Timestamp> ill_since;
  bool refused{false}, outage_told{false}, woken{false}, first_verdict{false};
};

// ---- what others are told -----------------------------------------------------------------------------------------------

void Publisher::Impl::set_published(std::int64_t number) {
  const std::lock_guard lock(mutex);
  if (number <= health.published) return;
  health.published = number;
  changed.notify_all();
}

void Publisher::Impl::well() {
  bool was_ill = false;
  {
    const std::lock_guard lock(mutex);
    was_ill = ill_since.has_value() && first_verdict;
    ill_since.reset();
    refused = outage_told = false;
    first_verdict = true;
    health.why.clear();
    changed.notify_all();
  }
  if (was_ill) say(LogLevel::info, "the stream " + options.stream.name + " takes events again");
}

void Publisher::Impl::ill(const Error& error) {
  const Timestamp now = monotonic_clock().now();
  bool begins = false, outage = false;
  const std::string why = visible(error.message).substr(0, kShown);
  {
    const std::lock_guard lock(mutex);
    const bool is_refusal = is_lasting(error);
    begins = !ill_since || is_refusal != refused;
    if (!ill_since) ill_since = now;
    refused = is_refusal;
    outage = !outage_told && now - *ill_since >= options.outage_after;
    outage_told = outage_told || outage;
    health.why = why;
    first_verdict = true;
    changed.notify_all();
  }
  if (begins) say(is_lasting(error) ? LogLevel::error : LogLevel::warning, why + "; events wait in the outbox");
  if (outage) say(LogLevel::error, "outage: " + why + "; events wait in the outbox");
}

// ---- the thread ---------------------------------------------------------------------------------------------------------

void Publisher::Impl::pause(milliseconds span) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, span, [this] { return ending.load(); });
}

void Publisher::Impl::run() {
  milliseconds wait = kFirstPause;
  while (!ending) {
    if (!may()) {
      pause(kIdle);
      continue;
    }
    const std::int64_t before = health.published;
    Result<void> done{};
    try {
      done = one_connection();
    } catch (const Exception& e) {
      done = e.error();
    } catch (const std::exception& e) {
      done = fail(ErrorCategory::internal, e.what());
    }
    {
      const std::lock_guard lock(mutex);
      if (connection) connection->close();
      connection.reset();
    }
    if (ending || done) continue;
    if (done.error().category == ErrorCategory::store) ledger.reset();  // a database that was away is asked by a new connection
    if (done.error().category != ErrorCategory::closed) ill(done.error());
    wait = health.published > before ? kFirstPause : std::min(2 * wait, options.longest_pause);
    pause(wait);
  }
}

// Until it is cut, or something else is wrong with it.
Result<void> Publisher::Impl::one_connection() {
  auto made = options.connect();
  if (!made) return made.error();
  {
    const std::lock_guard lock(mutex);
    if (ending) return ended();
    connection = std::shared_ptr<StreamConnection>(std::move(*made));
    ++health.connections;
  }
  if (!ledger) {
    auto opened = options.read();
    if (!opened) return opened.error();
    ledger = std::move(*opened);
  }
  milliseconds wait = kFirstPause;
  while (!ending) {
    const std::int64_t before = health.published;
    if (auto placed = find_place(); !placed) return placed;
    step("placed");
    const auto drained = drain();
    if (drained) return {};
    if (drained.error().code != "look_again" || !connection->is_open()) return drained;
    if (health.published > before) {
      wait = kFirstPause;
      continue;
    }
    ill(drained.error());
    pause(wait);
    wait = std::min(2 * wait, options.longest_pause);
  }
  return {};
}

// Where the stream is, and so where the outbox goes on.
Result<void> Publisher::Impl::find_place() {
  if (!flights.empty()) tried_through = std::max(tried_through, flights.back().number);
  flights.clear();
  rows.clear();
  ++round;
  auto found = connection->look(options.stream.name);
  if (!found) return found.error();
  if (!*found) {
    if (auto created = connection->create(options.stream); !created) return created;
    found = connection->look(options.stream.name);
    if (!found) return found.error();
    if (!*found) return fail(ErrorCategory::connect, "the stream " + options.stream.name + " is not there yet");
  }
  if (const std::string why = unfit(**found, options.stream); !why.empty()) return refusal(options.stream.name, why);
  const OutboxState outbox = outbox_state(*ledger);
  if (!std::exchange(tried_known, true)) tried_through = outbox.number;  // whoever was here before may have sent any of these
  set_published(outbox.published);
  last_sequence = (*found)->last_sequence;
  last_id.clear();
  if (*last_sequence > 0) {
    const auto last = connection->message(options.stream.name, *last_sequence);
    if (!last) return last.error();
    if (*last) {
      if (auto checked = check_last(**last, outbox); !checked) return checked;
      last_id = (*last)->id;
    }
  }
  read_through = health.published;
  more_rows = true;
  if (outbox.number == health.published) well();
  return {};
}

Result<void> Publisher::Impl::check_last(const StreamMessage& last, const OutboxState& outbox) {
  const auto name = name_in(last.payload);
  if (!name) return refusal(options.stream.name, "its last message is none of this program's: another one writes to it");
  if (name->ledger != outbox.ledger)
    return refusal(options.stream.name, "it has the events of another ledger (" + visible(name->ledger) + ", this one is " +
                                            (outbox.ledger.empty() ? "new" : outbox.ledger) + "): give each ledger a stream of its own");
  if (name->number > outbox.number)
    return refusal(options.stream.name, "it is ahead of this ledger (event " + std::to_string(name->number) + ", the ledger's last is " +
                                            std::to_string(outbox.number) +
                                            "): the folder was put back to an older state; give it a new stream");
  if (doubted > name->number) rename(doubted);
  doubted = 0;
  const std::int64_t missing = health.published - name->number;
  if (missing > 0 && std::exchange(lost_behind, name->number) != name->number) {
    {
      const std::lock_guard lock(mutex);
      health.lost += missing;
    }
    say(LogLevel::error, "the stream " + options.stream.name + " has lost " + std::to_string(missing) +
                             " events that it had acknowledged: the broker was put back, or lost power before it wrote them");
  }
  set_published(name->number);
  return {};
}

void Publisher::Impl::rename(std::int64_t number) {
  if (!renamed.insert(number).second) return;
  say(LogLevel::error, "event " + std::to_string(number) + ": the stream has another message of its id; it is told under another one");
  const std::lock_guard lock(mutex);
  ++health.duplicates_unexpected;
}

Result<void> Publisher::Impl::drain() {
  while (!ending) {
    if (!may()) {
      connection->close();
      return ended();
    }
    if (auto sent = send_more(); !sent) return sent;
    if (flights.empty()) {
      well();
      rest_idle();
      if (!connection->is_open()) return fail(ErrorCategory::connect, "the broker's connection is cut");
      continue;
    }
    // All that are there, and where nothing more may leave the next one is waited for.
    const bool full = flights.size() >= options.in_flight || rows.empty();
    auto more = take_answer(full ? kAnswersWait : milliseconds(0));
    while (more && *more) more = take_answer(milliseconds(0));
    if (!more) return more.error();
    if (flights.empty() || monotonic_clock().now() - flights.front().sent < options.answer_wait) continue;
    return look_again("the stream " + options.stream.name + " has not answered for " + std::to_string(options.answer_wait.count()) + " ms");
  }
  return {};
}

Result<void> Publisher::Impl::send_more() {
  while (flights.size() < options.in_flight) {
    if (rows.empty()) {
      {
        const std::lock_guard lock(mutex);
        more_rows = std::exchange(woken, false) || more_rows;
      }
      if (!more_rows) return {};
      auto read = outbox_rows(*ledger, read_through, kRowsAtOnce);
      more_rows = static_cast<std::int64_t>(read.size()) == kRowsAtOnce;
      if (read.empty()) return {};
      read_through = read.back().number;
      std::ranges::move(read, std::back_inserter(rows));
    }
    if (!may()) {
      connection->close();
      return ended();
    }
    OutboxRow row = std::move(rows.front());
    rows.pop_front();
    if (auto sent = send(std::move(row)); !sent) return sent;
  }
  return {};
}

Result<void> Publisher::Impl::send(OutboxRow row) {
  OutMessage message;
  message.subject = options.stream.subject + '.' + row.subject;
  // The id of the one before it would pass for it where the next one asks what was last.
  if (row.message_id == last_id) rename(row.number);
  message.id = renamed.contains(row.number) ? other_id(row.message_id, row.number) : std::move(row.message_id);
  message.payload = std::move(row.payload);
  message.tag = (round << 40U) | (static_cast<std::uint64_t>(row.number) & ((1ULL << 40U) - 1));
  if (last_sequence) {
    message.last_sequence = std::exchange(last_sequence, std::nullopt);
  } else {
    message.last_id = last_id;
  }
  step("send");
  if (auto sent = connection->send(options.stream.name, message); !sent) return sent;
  flights.push_back({row.number, monotonic_clock().now(), false});
  last_id = std::move(message.id);
  step("sent");
  return {};
}

// True: there was one.
Result<bool> Publisher::Impl::take_answer(milliseconds wait) {
  auto answer = connection->next_answer(wait);
  if (!answer) return answer.error();
  if (!*answer) return false;
  if ((*answer)->tag >> 40U != round) return true;
  if (auto taken = take(**answer); !taken) return taken.error();
  return true;
}

Result<void> Publisher::Impl::take(const PublishAnswer& answer) {
  if (flights.empty()) return {};
  const std::uint64_t low = answer.tag & ((1ULL << 40U) - 1);
  const std::uint64_t first = static_cast<std::uint64_t>(flights.front().number) & ((1ULL << 40U) - 1);
  if (low < first || low - first >= flights.size()) return {};
  Flight& flight = flights[low - first];
  if (!answer.stored) return look_again("the stream " + options.stream.name + " refused an event: " + answer.error);
  if (answer.duplicate) {
    const bool tried = flight.number <= tried_through;
    {
      const std::lock_guard lock(mutex);
      ++(tried ? health.duplicates : health.duplicates_unexpected);
    }
    if (!tried)
      say(LogLevel::error, "event " + std::to_string(flight.number) + ": the stream had it before it was sent: somebody else publishes");
    doubted = flight.number;
    return look_again("the stream " + options.stream.name + " has event " + std::to_string(flight.number) + " already");
  }
  flight.answered = true;
  std::int64_t through = 0, count = 0;
  for (; !flights.empty() && flights.front().answered; ++count) {
    through = flights.front().number;
    flights.pop_front();
  }
  if (count == 0) return {};
  bool mends = false;
  {
    const std::lock_guard lock(mutex);
    health.stored += count;
    mends = ill_since || !first_verdict;
  }
  if (mends) well();
  renamed.erase(renamed.begin(), renamed.upper_bound(through));
  set_published(through);
  step("answered");
  return {};
}

void Publisher::Impl::rest_idle() {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, kIdle, [this] { return ending.load() || woken; });
  more_rows = true;
}

// ---- the publisher ------------------------------------------------------------------------------------------------------

Publisher::Publisher(PublisherOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Publisher::~Publisher() { abandon(); }

Result<void> Publisher::start() {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait_for(lock, impl_->options.first_answer, [this] { return impl_->first_verdict; });
  if (!impl_->refused) return {};
  Error why = fail(ErrorCategory::config, impl_->health.why);
  lock.unlock();
  abandon();
  return why;
}

void Publisher::wake() {
  const std::lock_guard lock(impl_->mutex);
  impl_->woken = true;
  impl_->changed.notify_all();
}

std::int64_t Publisher::published() const noexcept {
  const std::lock_guard lock(impl_->mutex);
  return impl_->health.published;
}

bool Publisher::wait_published(std::int64_t number, milliseconds wait) {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, wait, [&] { return impl_->health.published >= number || impl_->ending; }) &&
         impl_->health.published >= number;
}

void Publisher::abandon() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
    if (impl_->connection) impl_->connection->close();
    impl_->changed.notify_all();
  }
  if (impl_->thread.joinable()) impl_->thread.join();
}

PublisherHealth Publisher::health() const {
  const std::lock_guard lock(impl_->mutex);
  PublisherHealth health = impl_->health;
  if (impl_->refused) {
    health.state = PublisherState::refused;
  } else if (impl_->ill_since) {
    const bool long_ago = monotonic_clock().now() - *impl_->ill_since >= impl_->options.outage_after;
    health.state = long_ago ? PublisherState::outage : PublisherState::waiting;
  } else {
    health.state = impl_->first_verdict ? PublisherState::up : PublisherState::waiting;
  }
  return health;
}

}  // namespace marginfix::reconcile
