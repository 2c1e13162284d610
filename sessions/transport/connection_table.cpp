// Each list is ordered by silence: what did something last stands at its end.
#include "marginfix/sessions/connection_table.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "marginfix/sessions/turns.hpp"

namespace marginfix {

using PlaceList = std::list<std::shared_ptr<ConnectionPlace::Entry>>;

struct ConnectionPlace::Entry {
  std::shared_ptr<ConnectionTable::Inner> table;  // null: not in it any more
  std::function<void()> close;
  std::string key;  // "" = unproven
  bool heard{false};
  std::size_t held{0};
  std::chrono::nanoseconds since{0};  // it came, or did something
  PlaceList::iterator at;
};

struct ConnectionTable::Inner {
  using Entry = ConnectionPlace::Entry;
  using Time = std::chrono::nanoseconds;

  Inner(ConnectionTableLimits given, const TimeSource* given_time) : limits(given), time(given_time) {}

  Time now() const { return monotonic_of(time); }

  PlaceList& list_of(const Entry& entry) { return !entry.key.empty() ? proven : entry.heard ? unproven : mute; }

  void remove(Entry& entry) {
    held -= entry.held;
    if (!entry.key.empty() && --by_key[entry.key] == 0) by_key.erase(entry.key);
    const std::shared_ptr<Inner> self = std::move(entry.table);
    list_of(entry).erase(entry.at);
  }

  void evict(const std::shared_ptr<Entry>& entry) {
    const auto close = std::exchange(entry->close, nullptr);
    remove(*entry);
    if (close) close();
  }

  // Puts the entry at the end of the list that it belongs to from now on.
  template <class Change>
  void relist(Entry& entry, Change&& change) {
    PlaceList& from = list_of(entry);
    change();
    entry.since = now();
    PlaceList& to = list_of(entry);
    to.splice(to.end(), from, entry.at);
  }

  std::size_t without_key() const { return mute.size() + unproven.size(); }

  // Until the first of the list may be sent away; 0: now.
  Time left(const PlaceList& list, Time grace) const {
    if (list.empty()) return Time::max();
    return std::max(Time::zero(), list.front()->since + grace - now());
  }
  Time left() const { return std::min(left(mute, limits.grace_before_first_word), left(unproven, limits.grace)); }

  // One that may go, or, where none may, the first in the row all the same.
  bool evict_unproven() {
    if (without_key() == 0) return false;
    const bool spared = left(mute, limits.grace_before_first_word).count() > 0;
    const bool from_mute = !mute.empty() && (!spared || left(unproven, limits.grace).count() > 0);
    evict(std::shared_ptr<Entry>((from_mute ? mute : unproven).front()));
    return true;
  }

  void evict_of_key(const std::string& key) {
    const auto found = std::ranges::find_if(proven, [&](const auto& entry) { return entry->key == key; });
    if (found != proven.end()) evict(std::shared_ptr<Entry>(*found));
  }

  // Everybody has shown a key: who has most of the connections makes room.
  bool evict_of_greediest_key() {
    const auto most = std::ranges::max_element(by_key, {}, &std::pair<const std::string, std::size_t>::second);
    if (most == by_key.end() || most->second < 2) return false;
    evict_of_key(std::string(most->first));
    return true;
  }

  void evict_fullest() {
    std::shared_ptr<Entry> fullest;
    for (const PlaceList* list : {&mute, &unproven, &proven}) {
      for (const auto& entry : *list) {
        if (!fullest || entry->held > fullest->held) fullest = entry;
      }
    }
    if (fullest) evict(fullest);
  }

  ConnectionTableLimits limits;
  const TimeSource* time;
  PlaceList mute, unproven, proven;  // without a word so far; without a key; with one
  Turns turns;
  std::map<std::string, std::size_t> by_key;
  std::size_t held{0};
};

ConnectionTableLimits ConnectionTableLimits::of_this_process() {
  constexpr std::size_t kOwn = 64, kLeast = 16;  // files, ports, logs; few enough to notice, enough to work with
  ConnectionTableLimits limits;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return limits;
  const std::size_t left = files.rlim_cur > kOwn + kLeast ? static_cast<std::size_t>(files.rlim_cur) - kOwn : kLeast;
  limits.connections = std::min(limits.connections, left);
  limits.unproven = std::min(limits.unproven, limits.connections / 2);
  limits.of_one_key = std::min(limits.of_one_key, limits.connections / 2);
  return limits;
}

// ---- place

ConnectionPlace::~ConnectionPlace() { leave(); }
ConnectionPlace::ConnectionPlace(ConnectionPlace&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
ConnectionPlace& ConnectionPlace::operator=(ConnectionPlace&& other) noexcept {
  if (this == &other) return *this;
  leave();
  entry_ = std::exchange(other.entry_, nullptr);
  return *this;
}

void ConnectionPlace::leave() noexcept {
  const auto entry = std::exchange(entry_, nullptr);
  if (entry && entry->table) entry->table->remove(*entry);
}

void ConnectionPlace::heard() {
  if (!entry_ || !entry_->table || entry_->heard) return;
  entry_->table->relist(*entry_, [this] { entry_->heard = true; });
}

void ConnectionPlace::active() {
  if (!entry_ || !entry_->table) return;
  entry_->table->relist(*entry_, [this] { entry_->heard = true; });
}

void ConnectionPlace::prove(std::string_view key) {
  if (!entry_ || !entry_->table || key.empty()) return;
  if (entry_->key == key) return active();
  const auto table = entry_->table;
  if (!entry_->key.empty() && --table->by_key[entry_->key] == 0) table->by_key.erase(entry_->key);
  table->relist(*entry_, [&] { entry_->key = key; });
  if (++table->by_key[entry_->key] > table->limits.of_one_key) table->evict_of_key(entry_->key);
}

void ConnectionPlace::take_turn(const boost::asio::any_io_executor& executor, std::function<void()> work) {
  if (!entry_ || !entry_->table) return work();
  entry_->table->turns.take(executor, entry_->key, std::move(work));
}

void ConnectionPlace::hold(std::size_t bytes) {
  if (!entry_ || !entry_->table) return;
  const auto table = entry_->table;
  table->held += bytes - entry_->held;
  entry_->held = bytes;
  while (table->held > table->limits.held_bytes) table->evict_fullest();
}

void ConnectionPlace::on_close(std::function<void()> close) {
  if (!entry_) return;
  if (entry_->table) {
    entry_->close = std::move(close);
  } else if (close) {
    close();  // it was sent away meanwhile: the new owner is told now
  }
}

// ---- table

ConnectionTable::ConnectionTable(ConnectionTableLimits limits, const TimeSource* time) : inner_(std::make_shared<Inner>(limits, time)) {}

ConnectionTable::~ConnectionTable() {
  // Entries hold the inside and the inside holds them: without this neither would ever go.
  for (PlaceList* list : {&inner_->mute, &inner_->unproven, &inner_->proven}) {
    while (!list->empty()) {
      const auto entry = list->front();
      inner_->remove(*entry);
      entry->close = nullptr;
    }
  }
}

std::chrono::milliseconds ConnectionTable::wait() const {
  constexpr std::chrono::milliseconds kLongest{10};  // a place may be left before
  const ConnectionTableLimits& limits = inner_->limits;
  const bool full = inner_->without_key() >= limits.unproven || (size() >= limits.connections && inner_->without_key() > 0);
  if (!full) return std::chrono::milliseconds(0);
  return std::min(kLongest, std::chrono::ceil<std::chrono::milliseconds>(std::min<Inner::Time>(inner_->left(), kLongest)));
}

ConnectionPlace ConnectionTable::enter(std::function<void()> close) {
  const ConnectionTableLimits& limits = inner_->limits;
  // A door that did not ask ready(), or two that asked at once, find nobody silent: then the first in the row goes all the same.
  while (inner_->without_key() >= limits.unproven && inner_->evict_unproven()) {
  }
  while (size() >= limits.connections) {
    if (!inner_->evict_unproven() && !inner_->evict_of_greediest_key()) return {};
  }
  auto entry = std::make_shared<ConnectionPlace::Entry>();
  entry->table = inner_;
  entry->close = std::move(close);
  entry->since = inner_->now();
  entry->at = inner_->mute.insert(inner_->mute.end(), entry);
  return ConnectionPlace(std::move(entry));
}

std::chrono::milliseconds ConnectionTable::accept_failed(int system_error, int in_a_row) {
  constexpr int kLeast = 50, kDoublings = 4;
  if (system_error == EMFILE || system_error == ENFILE) inner_->evict_unproven();
  return std::chrono::milliseconds(kLeast << std::clamp(in_a_row - 1, 0, kDoublings));
}

std::size_t ConnectionTable::size() const noexcept { return inner_->without_key() + inner_->proven.size(); }
std::size_t ConnectionTable::unproven() const noexcept { return inner_->without_key(); }
std::size_t ConnectionTable::held_bytes() const noexcept { return inner_->held; }

}  // namespace marginfix
