// Everything that tells of one account, and what it is asked for: one object an account. The service owns them and writes what they put
// into the queue.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "services/reconcile/config.hpp"
#include "services/reconcile/feeds/firm_feed.hpp"
#include "services/reconcile/feeds/fix_feed.hpp"
#include "services/reconcile/feeds/klear_feed.hpp"
#include "services/reconcile/feeds/record_queue.hpp"
#include "services/reconcile/feeds/rest_feed.hpp"
#include "services/reconcile/feeds/ws_feed.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/service_plan.hpp"

namespace marginfix::reconcile {

// How a source answered in one pass.
struct SourceAnswer {
  std::string account;
  Source source{};
  SourceState state{};  // up, off, unknown
  std::string why;
};

class AccountFeeds {
 public:
  // A reading connection of the calling thread's own.
  using OpenLedger = std::function<Result<std::unique_ptr<Storage>>()>;
  // Errors: config, credentials of the account's source.
  static Result<std::unique_ptr<AccountFeeds>> make(const Config& config, const AccountSource& source, const std::string& endpoints,
                                                    const std::string& dir, bool first, const StartingPoint& start, OpenLedger open,
                                                    RecordQueue& queue, std::shared_ptr<LogSink> log);
  ~AccountFeeds();
  AccountFeeds(const AccountFeeds&) = delete;
  AccountFeeds& operator=(const AccountFeeds&) = delete;

  const std::string& name() const noexcept { return name_; }

  // ---- as a service
  void start();
  void tick();  // about once a second
  // Sources that are asked may change their answer with the clearing day: everything is asked now.
  void day_cut();
  void left_out(Source source);
  void stop();
  bool listening() const;

  // ---- in one pass; blocking, on the caller's thread
  void start_fix();
  std::vector<SourceAnswer> settle_fix(std::chrono::milliseconds limit);
  std::vector<SourceAnswer> ask_once();  // REST, Klear, the firm's files
  void ask_drop_copy_again();

  Timestamp exchange_time() const;
  std::optional<FixFeedHealth> fix_health() const;

 private:
  AccountFeeds(std::string name, OpenLedger open, RecordQueue& queue, std::shared_ptr<LogSink> log);
  void make_fix(const Config& config, const ExchangeAccount& doors, const StartingPoint& start, bool has_rest);
  void make_asked(const Config& config, const ExchangeAccount& doors);
  void off(Source source, const std::string& why);
  Timestamp fills_from(Storage& ledger, Timestamp told, bool deep, Timestamp exchange_now) const;
  RestPlan rest_plan();
  KlearPlan klear_plan();
  void rest_done(const RestRound& round, Timestamp began);
  RestRound poll_rest();
  Result<void> poll_klear();
  Timestamp now() const;  // by the clock that measures holes

  std::string name_;
  OpenLedger open_;
  RecordQueue& queue_;
  std::shared_ptr<LogSink> log_;
  std::chrono::milliseconds patience_{};
  std::unique_ptr<FixFeed> fix_;
  std::unique_ptr<RestFeed> rest_;
  std::unique_ptr<WsFeed> ws_;
  std::unique_ptr<KlearFeed> klear_;
  std::unique_ptr<FirmFeed> firm_;

  mutable std::mutex mutex_;  // of what follows
  Timestamp fills_told_{};    // REST: whole lists up to here; the epoch: none
  Timestamp latest_{};        // the exchange's time as REST tells it
  Timestamp deep_at_{};       // when REST is asked for the whole clearing day again, by the steady clock
  Timestamp rest_began_{};    // of the round under way
  bool first_funding_{true};
};

}  // namespace marginfix::reconcile
