// The service: sources on one side, the folder's one writer on the other, and a page. It sends no order and no write to an exchange: its
// FIX sessions are listeners and drop copy, its HTTP clients refuse everything but GET.
//
// One thread writes (the caller's, in run() and run_once()); feeds and the page have their own. run() ends when `stop` says so, when the
// folder cannot be written any more (Error(store): the disk is full, for one; what had been told goes on from the journal at the next
// start), or when it could not begin.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "services/reconcile/account_feeds.hpp"
#include "services/reconcile/config.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::services {
class MetricsWriter;
}

namespace marginfix::reconcile {

class Lead;

struct ServiceOptions {
  Config config;
  std::string dir;
  std::string endpoints;       // "" = none
  std::string account;         // "" = those of the configuration
  std::string version;         // for the record of the begin
  RecordQueueOptions queue{};  // what may wait to be written
  // In PostgreSQL: the address, whose ledger, and the lead under which it is written to, which outlives the service. The page is the
  // instance's then (instance.hpp), and hears by `changed` that the ledger has moved. Without a lead: in `dir`.
  std::string storage, service{"main"};
  Lead* lead{nullptr};
  std::function<void()> changed;
  std::shared_ptr<LogSink> log{null_log_sink()};
};

struct OnePass {
  std::vector<SourceAnswer> sources;
  OpenBreaks breaks;
  bool a_source_failed() const;
  // 1: a source did not answer; 2: a break is confirmed, or would be by its age; 0: neither.
  int exit_code() const;
};

class Service {
 public:
  // Takes the folder. Errors: config, credentials; store (code "locked": another process writes to it).
  static Result<std::unique_ptr<Service>> open(ServiceOptions options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // `ready` is called once the page is there and DIR/reconcile.json says where.
  Result<void> run(const std::function<bool()>& stop, const std::function<void(const std::string& page)>& ready = {});
  // Goes on from the ledger, closes the hole since the last run, asks every source, compares. `stop` ends it early with Error(closed).
  Result<OnePass> run_once(const std::function<bool()>& stop);
  // What the ledger does not know. Any thread.
  void write_metrics(services::MetricsWriter& out) const;

 private:
  struct Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// ---- bodies of records, for whoever else writes some ---------------------------------------------------------------------
// `action`: resolve, explain, accept.
std::string decision_body(std::int64_t break_id, const std::string& action, const std::string& user, const std::string& reason);
// `stream`: events are written to the outbox from here on.
std::string begin_body(const std::string& version, const std::vector<std::string>& accounts, const Rules& rules, bool stream = false);

}  // namespace marginfix::reconcile
