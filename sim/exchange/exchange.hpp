// The simulated exchange: markets, accounts, matching, groups, history, persistence. No sockets, no FIX, no clock of its own: the owner
// passes wall time to step() and commands as structs (commands/), reads through views of the state (views/), and gets events through
// EventSink.
//
// Threading: single-threaded; every call from the same thread (or under one lock). Not re-entrant from an EventSink.
// Determinism: same options, same sequence of calls with the same times = same events, ids, numbers. Persistence rests on that:
//   `dir` holds a journal of the commands and, now and then, a snapshot; open() replays what is there.
// Durability: with WritePolicy::EachCommand and Mapped a command is in the kernel's hands (survives kill -9) before it runs, so before
//   any of its events leaves; Mapped needs no system call for it. With OnCommit the caller collects what it sends, calls commit() once
//   an I/O turn, and sends afterwards.
// Errors: refusals by the exchange are events and outcomes. A journal that cannot be written throws marginfix::Exception (store): the
//   command was not run.
// Source: fix-margin.md, observed.md; design decision 10.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "marginfix/core/result.hpp"
#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/archive.hpp"
#include "sim/exchange/values/events.hpp"
#include "sim/exchange/values/options.hpp"

namespace marginfix::sim {

struct State;

struct OpenReport {
  bool fresh{true};            // nothing was there before
  std::uint64_t commands{0};   // replayed from the journal
  std::uint64_t cut_bytes{0};  // damaged tail that was cut off (a write that the last process did not finish)
  bool from_snapshot{false};
};

class Exchange {
 public:
  explicit Exchange(ExchangeOptions options);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sinks must outlive the exchange. Add before open() to see replayed events too (replaying() is true then).
  void add_sink(EventSink& sink);
  // Loads `dir` or starts anew at `wall_now`. Refuses (category store) a journal damaged in the middle, made with another seed or by
  // an incompatible version; `message` says which file and what to do. Call once, first.
  Result<OpenReport> open(Timestamp wall_now);
  bool replaying() const noexcept;

  // Journals the command and runs it; gives what its run() gives, as a Result where the command may not be admitted (command.hpp).
  template <Command C>
  auto run(const C& command) {
    if constexpr (Admitted<C>) {
      using Outcome = Result<decltype(execute(command))>;
      if (auto admitted = command.admit(state()); !admitted) return Outcome(admitted.error());
      if constexpr (std::is_same_v<Outcome, Result<void>>) {
        execute(command);
        return Outcome();
      } else {
        return Outcome(execute(command));
      }
    } else {
      return execute(command);
    }
  }
  // For views; valid as long as the exchange, changed by every command.
  const State& state() const noexcept;

  // ---- time -----------------------------------------------------------------------------------------------------------
  // Trading clock = wall time + what control added; never goes back. Runs everything that falls due, in order: expiries, house
  // events. Call at each I/O turn before handing in commands, and at next_timer() at the latest.
  void step(Timestamp wall_now);
  // Moves the trading clock only (control POST /clock) and runs what lies between.
  void advance(std::chrono::microseconds by);
  Timestamp now() const noexcept;               // trading clock
  std::optional<Timestamp> next_timer() const;  // in WALL time; nothing = no timer pending, or a manual clock

  // Writes what is buffered (WritePolicy::OnCommit). Throws marginfix::Exception (store) when the disk refuses.
  void commit();
  // Writes a snapshot and starts a new journal now (otherwise done by itself).
  void checkpoint();

  // ---- rate limits (wall time, not journaled) -------------------------------------------------------------------------------
  RateLimits& rate_limits() noexcept;
  bool charge(AccountId account, const Spend& spend, Timestamp wall_now);

 private:
  class Impl;
  // One command, from its record to its last event. Listeners must not call commands: their events would come in the middle of others.
  class Turn {
   public:
    Turn(Impl& impl, Op op);
    ~Turn() { busy_ = false; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    std::string* record() noexcept { return record_; }  // nullptr: nothing is kept
    void end_record();
    State& state() noexcept { return state_; }
    void done();

   private:
    Impl& impl_;
    State& state_;
    bool& busy_;
    std::string* record_;
  };

  template <Command C>
  auto execute(const C& command) {
    Turn turn(*impl_, C::kOp);
    if (turn.record() != nullptr) {
      ArchiveOut out(*turn.record());
      out(command);
      turn.end_record();
    }
    if constexpr (std::is_void_v<decltype(command.run(turn.state()))>) {
      command.run(turn.state());
      turn.done();
    } else {
      auto outcome = command.run(turn.state());
      turn.done();
      return outcome;
    }
  }

  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
