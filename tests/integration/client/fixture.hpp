// A simulator and a MarginFixClient for one of its accounts; what the I/O thread sees is noted and can be waited for.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "integration/sim/fixture.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::test {

using namespace std::chrono_literals;

// Notes of one client. The test thread waits for a condition over them.
struct Notes {
  struct Report {
    std::string cl_ord_id, exec_id, order_id, text;
    ExecType type;
    OrdStatus status;
    FixedPointCount last_qty, cum_qty, leaves_qty;
    bool poss_dup;
  };
  struct Refusal {
    std::string kind, msg_type, cl_ord_id, text;
    int reason;
  };
  std::vector<Report> reports;
  std::vector<Refusal> refusals;  // 9, 3, j
  std::vector<std::string> mass_cancels, not_sent;
  std::vector<StateChange> states;

  std::size_t count(ExecType type, const std::string& cl_ord_id = {}) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(reports, [&](const Report& r) { return r.type == type && (cl_ord_id.empty() || r.cl_ord_id == cl_ord_id); }));
  }
  const Report* find(ExecType type, const std::string& cl_ord_id) const {
    const auto found = std::ranges::find_if(reports, [&](const Report& r) { return r.type == type && r.cl_ord_id == cl_ord_id; });
    return found == reports.end() ? nullptr : &*found;
  }
  bool ended_with(EndReason reason) const {
    return std::ranges::any_of(states, [&](const StateChange& s) { return s.reason == reason; });
  }
};

class Board {
 public:
  template <class Change>
  void note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change(notes_);
    }
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition, std::chrono::milliseconds limit = 30s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return condition(std::as_const(notes_)); });
  }
  Notes copy() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Notes notes_;
};

inline Notes::Report report_of(const fix::ExecutionReport& r, bool poss_dup) {
  return {std::string(r.cl_ord_id),
          std::string(r.exec_id),
          std::string(r.order_id),
          std::string(r.text.value_or("")),
          r.exec_type,
          r.ord_status,
          r.last_qty.value_or(FixedPointCount{}),
          r.cum_qty,
          r.leaves_qty,
          poss_dup};
}

template <class Handlers>
void note_common(Handlers& h, Board& board) {
  h.on_state = [&board](const StateChange& change) { board.note([&](Notes& n) { n.states.push_back(change); }); };
  h.on_execution_report = [&board](const fix::ExecutionReport& r, const Inbound& in) {
    board.note([&](Notes& n) { n.reports.push_back(report_of(r, in.poss_dup)); });
  };
  h.on_reject = [&board](const fix::Reject& r, const SentMessage* about, const Inbound&) {
    board.note([&](Notes& n) {
      n.refusals.push_back({"3", about != nullptr ? std::string(about->msg_type) : "?",
                            about != nullptr ? std::string(about->cl_ord_id) : "?", std::string(r.text.value_or("")),
                            r.session_reject_reason ? static_cast<int>(*r.session_reject_reason) : -1});
    });
  };
  h.on_business_reject = [&board](const fix::BusinessMessageReject& r, const SentMessage* about, const Inbound&) {
    board.note([&](Notes& n) {
      n.refusals.push_back({"j", about != nullptr ? std::string(about->msg_type) : "?",
                            about != nullptr ? std::string(about->cl_ord_id) : "?", std::string(r.text.value_or("")),
                            static_cast<int>(r.business_reject_reason)});
    });
  };
  h.on_not_sent = [&board](const NotSent& what) { board.note([&](Notes& n) { n.not_sent.emplace_back(what.cl_ord_id); }); };
}

inline OrderEntryHandlers order_handlers(Board& board) {
  OrderEntryHandlers h;
  note_common(h, board);
  h.on_cancel_reject = [&board](const fix::OrderCancelReject& r, const Inbound&) {
    board.note([&](Notes& n) {
      n.refusals.push_back({"9", std::string(to_wire(r.cxl_rej_response_to)), std::string(r.cl_ord_id), std::string(r.text.value_or("")),
                            r.cxl_rej_reason ? static_cast<int>(*r.cxl_rej_reason) : -1});
    });
  };
  h.on_mass_cancel_report = [&board](const fix::OrderMassCancelReport& r, const Inbound&) {
    board.note([&](Notes& n) { n.mass_cancels.push_back(to_wire(r.mass_cancel_response)); });
  };
  return h;
}

class ClientTest : public sim::test::SimTest {
 protected:
  // With the sessions named, all of them when none is.
  MarginFixConfig config(const std::vector<std::string>& sessions = {}, const std::string& account = "alice") {
    auto made = MarginFixConfig::from_endpoints_file(sim().path("endpoints.json"), account, folder_.path("store-" + account)).value();
    if (!sessions.empty()) made.select(sessions).value();
    made.rate_limit.write = made.rate_limit.read = TokenBucketOptions{0, 0, 0};
    for (SessionConfig& session : made.sessions) session.backoff = {50ms, 500ms, 10ms};
    return made;
  }
  static MarginFixClientOptions silent() {
    MarginFixClientOptions options;
    options.log = null_log_sink();
    return options;
  }
  // Alice's client, every session active.
  void connect(MarginFixConfig wanted) {
    client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
    if (client_->find("KalshiNR") != nullptr) client_->order_entry().set_handlers(order_handlers(board_));
    if (client_->find("KalshiRT") != nullptr) client_->order_entry(TargetSession::RT).set_handlers(order_handlers(rt_board_));
    client_->start().value();
    const auto up = client_->wait_until_active(30s);
    ASSERT_TRUE(up) << up.error().message;
  }
  static fix::NewOrderSingle order(std::string_view id, Side side = Side::Buy, int quantity = 10, const char* price = "5.0000") {
    fix::NewOrderSingle o;
    o.cl_ord_id = id;
    o.side = side;
    o.order_qty = FixedPointCount::whole(quantity);
    o.price = DollarDecimal::parse(price).value();
    o.symbol = sim::test::kMarket;
    o.time_in_force = TimeInForce::GTC;
    return o;
  }
  static fix::OrderCancelRequest cancel(std::string_view id, std::string_view of, Side side = Side::Buy) {
    fix::OrderCancelRequest c;
    c.cl_ord_id = id;
    c.orig_cl_ord_id = of;
    c.side = side;
    c.symbol = sim::test::kMarket;
    return c;
  }
  static fix::OrderCancelReplaceRequest amend(std::string_view id, std::string_view of, int quantity, const char* price) {
    fix::OrderCancelReplaceRequest a;
    a.cl_ord_id = id;
    a.orig_cl_ord_id = of;
    a.order_qty = FixedPointCount::whole(quantity);
    a.price = DollarDecimal::parse(price).value();
    a.side = Side::Buy;
    a.symbol = sim::test::kMarket;
    return a;
  }
  OrderEntrySession& nr() { return client_->order_entry(TargetSession::NR); }
  OrderEntrySession& rt() { return client_->order_entry(TargetSession::RT); }

  // Handlers that refer to locals of a test: declared after them, it ends the client before they go.
  struct StopFirst {
    std::unique_ptr<MarginFixClient>& client;
    ~StopFirst() { client.reset(); }
  };

  Board board_, rt_board_;
  std::unique_ptr<MarginFixClient> client_;
};

}  // namespace marginfix::test
