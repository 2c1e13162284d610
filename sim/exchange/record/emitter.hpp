// Numbers events, keeps the drop-copy history and hands everything to the sinks. Builds reports from the engine's orders.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/record/history.hpp"

namespace marginfix::sim {

// Texts that many orders share (customer accounts, operators), by number; 0 is the empty text.
class Interned {
 public:
  std::uint32_t number(std::string_view text);
  std::optional<std::uint32_t> find(std::string_view text) const;  // nothing = never given a number
  std::string_view text(std::uint32_t number) const { return number == 0 ? std::string_view() : std::string_view(texts[number - 1]); }

  std::vector<std::string> texts;

 private:
  boost::unordered_flat_map<std::string, std::uint32_t> numbers_;
};
template <class Ar>
void fields(Ar& ar, Interned& i) {
  ar(i.texts);
}

class Emitter {
 public:
  explicit Emitter(std::uint64_t seed) : seed_(seed) {}

  void add(EventSink& sink) { sinks_.push_back(&sink); }
  const std::vector<EventSink*>& sinks() const noexcept { return sinks_; }

  // Nobody hears anything until bring_back() (the seeded past).
  std::vector<EventSink*> park_sinks() { return std::exchange(sinks_, {}); }
  void bring_back(std::vector<EventSink*> sinks) { sinks_ = std::move(sinks); }

  // A command (or timer) begins: its events get ExecIDs <a>;1, <a>;2, ...
  void begin(Timestamp now, Route requester) {
    now_ = now;
    requester_ = requester;
    ++exec_.a;
    exec_.b = 0;
  }
  void end() {
    for (EventSink* sink : sinks_) sink->on_command_end();
  }
  ExecId next_exec_id() {
    ++exec_.b;
    return exec_;
  }
  ExecId exec() const noexcept { return exec_; }

  // A report with everything an order knows; the caller adds what is special. `requester` is the running command's.
  ExecutionEvent report(const Order& order, ReportKind kind, std::string_view symbol) const;
  // Numbers the report (exec id too, unless it has one or is pending or a reject), keeps it, sends it. House orders: nothing.
  void send(const Order& order, ExecutionEvent& event);

  // The level of `order` went from `before` to `after`, because of `reason`.
  void level(const Order& order, std::string_view symbol, Qty before, Qty after, UpdateReason reason);
  void trade(MarketNo market, std::string_view symbol, Ticks price, Qty quantity, Side aggressor, std::uint64_t match_no);
  template <class Event>
  void other(Event& event, void (EventSink::*callback)(const Event&)) {
    event.event_no = ++event_no;
    event.time = now_;
    for (EventSink* sink : sinks_) (sink->*callback)(event);
  }

  std::uint64_t seed() const noexcept { return seed_; }
  Timestamp now() const noexcept { return now_; }
  Route requester() const noexcept { return requester_; }

  EventNo event_no{0};
  Interned names;
  History history;
  void set_commands(std::int64_t a) { exec_ = {a, 0}; }

 private:
  std::uint64_t seed_;
  std::vector<EventSink*> sinks_;
  Timestamp now_{};
  Route requester_;
  ExecId exec_{0, 0};
  mutable Uuid group_text_{};  // what ExecutionEvent::group_id points to during a callback
};

}  // namespace marginfix::sim
