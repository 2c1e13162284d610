// Who leads: of the instances of one service on one PostgreSQL the one that writes. The lead is a row that its holder renews; who finds it
// not renewed takes it, raising its epoch in the same transaction. Every transaction that writes to the ledger holds that row and compares
// the epoch, so that a leader that was frozen, cut off or slow cannot write a byte after it was replaced. Clocks: the lead's age is
// measured by the database's clock alone, a holder's own doubt by its monotonic clock alone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/postgres/address.hpp"

namespace marginfix::reconcile {

// A stand-by leads at most `lease` + `look` and a connection's time after the leader was last heard of: under five seconds.
struct LeadTimes {
  std::chrono::milliseconds beat{500};    // how often the holder renews it
  std::chrono::milliseconds lease{3000};  // not renewed for so long, it is anybody's
  std::chrono::milliseconds look{250};    // how often a stand-by looks
};

struct LeadHolder {
  std::string service;
  std::string name;                   // of this instance, for people
  std::vector<std::string> accounts;  // which no other service may have
  LeadTimes times;
};

struct LeadState {
  std::int64_t epoch{0};
  std::string holder;  // "" = nobody has ever led
  bool held{false};
  std::chrono::milliseconds age{0};  // since it was last renewed
};

// The lead, while it is held. Renews it on a thread and a connection of its own.
class Lead {
 public:
  virtual ~Lead() = default;  // as release()

  virtual const std::string& service() const noexcept = 0;
  virtual std::int64_t epoch() const noexcept = 0;
  // False: by this process's own clock somebody else may lead by now, or does; never true again. Who publishes asks before it does.
  virtual bool mine() const noexcept = 0;
  // Set when mine() has become false, within a tenth of a second.
  virtual const std::atomic<bool>& lost() const noexcept = 0;
  // Why; "" while it is not.
  virtual std::string why_lost() const = 0;
  // The session that writes under it: who takes over ends it at the server. Throws Exception(store).
  virtual void names_writer(int server_process, std::int64_t started) = 0;
  // Somebody else may lead at once.
  virtual void release() noexcept = 0;
};

// A connection that looks whether the lead is free, again and again.
class LeadCandidate {
 public:
  // Makes what is missing in the database (one at a time: under an advisory lock). Error(connect or store); code "other_service": an
  // account of it belongs to another service.
  static Result<std::unique_ptr<LeadCandidate>> open(const PostgresAddress& address, LeadHolder holder);
  virtual ~LeadCandidate() = default;

  // Nothing: somebody leads. Error(store or connect): open another one.
  virtual Result<std::unique_ptr<Lead>> try_take() = 0;
  virtual Result<LeadState> state() = 0;
};

// Waits until the lead is ours, through any outage of the database; nothing: `stop` said so first. Errors that waiting does not mend come
// out. `told` is called with what it waits for, each time that changes.
Result<std::unique_ptr<Lead>> wait_for_lead(const PostgresAddress& address, const LeadHolder& holder, const std::function<bool()>& stop,
                                            const std::function<void(const std::string&)>& told = {});

}  // namespace marginfix::reconcile
