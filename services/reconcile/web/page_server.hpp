// What people and their tools see of the service: the page, its JSON, the live stream, /metrics, /healthz, /readyz, and the one write
// there is: closing a break, with the token. Everything is read from the ledger, in short transactions on a connection of its own; nothing
// is kept open over a slow client. One thread of its own; every function of PageServer may be called from any thread.
//   GET  /  /base.js  /page.js  /base.css  /page.css  the page (assets/ here and of services/http, built in)
//   GET  /api/...                                    JSON: api.hpp says what; every id, price, quantity and amount is a string
//   GET  /api/stream                                 Server-Sent Events: the ledger's position each time it moved; its id is that position
//   POST /api/breaks/ID                              {"action": "resolve"|"explain"|"accept", "user": ..., "reason": ...}
//   GET  /metrics  /healthz  /readyz                 metrics.hpp; alive; ledger open and each source that is on has answered once
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/time.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::services {
class MetricsWriter;
}

namespace marginfix::reconcile {

struct PageOptions {
  std::string dir;                                         // the service's folder: ledger.db, audit.jsonl, sizes of its files
  std::function<Result<std::unique_ptr<Storage>>()> open;  // a reading connection of its own; empty: dir/ledger.db (SQLite)
  std::string listen{"127.0.0.1:0"};                       // ADDRESS:PORT, [ADDRESS]:PORT; port 0 = ephemeral
  bool allow_remote{false};                                // an address that is not loopback is refused without it
  std::vector<std::string> host_names;                     // further names the page may be asked by, "NAME" or "NAME:PORT"
  SecretString token;                                      // for closing breaks; empty: nobody can
  const Clock* clock{&system_clock()};                     // ages in /metrics and on the page
  std::shared_ptr<LogSink> log{null_log_sink()};
};

struct PageHooks {
  // Closes a break: `action` is resolve, explain or accept, `user` and `reason` are not empty, and free of control characters. Called on
  // the page's thread and answered when it returns, so it should not take longer than one batch of the writer. Error(store) with code
  // "locked", "gone" (closed already) or "" goes to the person as it is. Empty: the page only reads (the POST is answered 403).
  std::function<Result<void>(std::int64_t break_id, const std::string& action, const std::string& user, const std::string& reason)> decide;
  // Further metrics (what the ledger and the folder do not know), behind the page's own. On the page's thread. May be empty.
  std::function<void(services::MetricsWriter& out)> metrics;
};

class PageServer {
 public:
  // Listens and serves. Errors: config (address, not loopback), connect (port in use), store (the ledger cannot be opened).
  static Result<std::unique_ptr<PageServer>> start(PageOptions options, PageHooks hooks);
  virtual ~PageServer() = default;  // as stop()

  virtual std::string url() const = 0;          // "http://127.0.0.1:PORT/"
  virtual std::string metrics_url() const = 0;  // "http://127.0.0.1:PORT/metrics"
  virtual void changed() = 0;                   // the ledger has moved: wakes the live streams; never blocks
  virtual void stop() = 0;                      // ends streams and connections, joins the thread
};

}  // namespace marginfix::reconcile
