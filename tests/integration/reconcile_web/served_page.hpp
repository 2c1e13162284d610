// A page over the demo's ledger, and the service behind it as far as a page can tell: decisions are written to the ledger.
#pragma once

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/metrics.hpp"
#include "services/reconcile/web/page_server.hpp"
#include "support/demo_ledger.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {

class DemoClock final : public Clock {
 public:
  Timestamp now() const override { return demo_now(); }
};

class ServedPage {
 public:
  static constexpr const char* kToken = "0b7e0c1a-token-of-the-test-9f3d";

  explicit ServedPage(int executions = 3000) {
    make_demo_folder(folder.path(), executions);
    ledger = reconcile::SqliteStorage::open(folder.path("ledger.db")).value();
    reconcile::PageOptions options;
    options.dir = folder.path();
    options.token = SecretString(kToken);
    options.clock = &clock;
    reconcile::PageHooks hooks;
    hooks.decide = [this](std::int64_t id, const std::string& action, const std::string& user, const std::string& reason) {
      return decide(id, action, user, reason);
    };
    hooks.metrics = [](services::MetricsWriter& out) { out.gauge("of_the_service", "What the service itself counts.").sample(42); };
    page = reconcile::PageServer::start(std::move(options), std::move(hooks)).value();
    port = std::atoi(page->url().substr(std::string("http://127.0.0.1:").size()).c_str());
  }
  ~ServedPage() { page->stop(); }

  std::string host() const { return "127.0.0.1:" + std::to_string(port); }
  void move_to(std::int64_t position) {
    reconcile::set_meta(*ledger, "journal_offset", std::to_string(position));
    page->changed();
  }

  TempFolder folder;
  DemoClock clock;
  std::unique_ptr<reconcile::SqliteStorage> ledger;  // the service's own; after the start of the page's thread only
  std::unique_ptr<reconcile::PageServer> page;
  int port{0};
  std::atomic<int> decisions{0};

 private:
  // On the page's thread, with a connection of its own as a service's writer has.
  Result<void> decide(std::int64_t id, const std::string& action, const std::string& user, const std::string& reason) {
    const auto writer = reconcile::SqliteStorage::open(folder.path("ledger.db")).value();
    auto row = reconcile::find<reconcile::BreakRow>(*writer, id);
    if (!reconcile::is_open(row->state)) {
      Error gone = fail(ErrorCategory::store, "the break " + std::to_string(id) + " is closed already");
      gone.code = "gone";
      return gone;
    }
    row->state = action == "resolve"   ? reconcile::BreakState::resolved
                 : action == "explain" ? reconcile::BreakState::explained
                                       : reconcile::BreakState::accepted;
    row->closed = demo_now(), row->closed_by = user, row->reason = reason;
    reconcile::put(*writer, *row);
    reconcile::set_meta(*writer, "journal_offset", std::to_string(reconcile::meta_number(*writer, "journal_offset") + 100));
    ++decisions;
    return {};
  }
};

}  // namespace marginfix::test
