// A gateway as its page sees one: says what the test put there, and remembers what it was told. The page asks on a thread of its own.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "services/gateway/status.hpp"

namespace marginfix::test {

inline Timestamp gateway_now() { return parse_rfc3339("2026-11-30T18:32:01.5Z").value(); }

// Two clients (one of them in two versions), two keys, and something in each figure.
inline gateway::GatewayStatus demo_status() {
  gateway::GatewayStatus status;
  status.now = gateway_now();
  status.started = status.now - std::chrono::seconds(7'384);
  status.open = true;
  gateway::ClientStatus fund;
  fund.comp_id = "FUND-A", fund.begin_string = "FIX.4.2", fund.account = "main", fund.logged_on = true, fund.address = "10.1.2.3:40112";
  fund.next_sender_seq = 1'204, fund.next_target_seq = 733, fund.queued_bytes = 4'096, fund.open_orders = 12, fund.messages_in = 731;
  fund.messages_out = 1'203, fund.orders = 420, fund.refused = 3, fund.possible_resends = 2;
  fund.last_message = status.now - std::chrono::milliseconds(2'500);
  fund.max_order_qty = "500.00", fund.max_notional = "250000", fund.price_collar = "5%", fund.max_open_orders = "300";
  fund.max_messages_per_second = "100";
  gateway::ClientStatus again = fund;
  again.begin_string = "FIXT.1.1", again.logged_on = false, again.address.clear(), again.owed = 4, again.last_message = {};
  again.max_order_qty.clear(), again.max_position = "1000.00";
  gateway::ClientStatus desk;
  desk.comp_id = "DESK-B", desk.begin_string = "FIX.4.4", desk.account = "second", desk.logged_on = true, desk.address = "127.0.0.1:51000";
  desk.next_sender_seq = desk.next_target_seq = 1;
  status.clients = {fund, again, desk};
  status.keys = {{"main", "KalshiRT", "active", "", true, 12, 0, 0, 480}, {"second", "KalshiNR", "active", "", false, 0, 0, 3, 20}};
  for (const std::int64_t us : {8, 45, 120, 130, 180, 950, 2'000'000}) status.oms_to_exchange.add(us);
  for (int i = 0; i < 100; ++i) status.exchange.add(400 + i * 10);
  status.logons_refused = 1, status.unreadable = 2, status.unknown_reports = 3, status.journal_bytes = 5'000'000, status.journal_files = 2;
  return status;
}

inline gateway::OrderRow demo_order(const std::string& client, int number, bool open) {
  gateway::OrderRow row;
  row.client = client, row.account = "main", row.cl_ord_id = client + "-" + std::to_string(number);
  row.exchange_cl_ord_id = "8d8ac610-566d-4ef0-9c22-186b2a5ed" + std::to_string(100 + number);
  row.order_id = "ord-" + std::to_string(number), row.symbol = "KXBTCPERP", row.side = number % 2 == 0 ? "Buy" : "Sell";
  row.order_qty = FixedPointCount::parse("10.00").value(), row.cum_qty = FixedPointCount::parse(open ? "2.50" : "10.00").value();
  row.leaves_qty = FixedPointCount::parse(open ? "7.50" : "0.00").value(), row.price = DollarDecimal::parse("6.4231").value();
  row.ord_status = open ? "PartiallyFilled" : "Filled";
  row.entered = gateway_now() - std::chrono::minutes(number), row.changed = row.entered + std::chrono::seconds(1);
  row.open = open;
  return row;
}

class FakeGateway final : public gateway::GatewayView {
 public:
  FakeGateway() {
    for (int i = 1; i <= 3; ++i) rows_.push_back(demo_order("FUND-A", i, true));
    for (int i = 4; i <= 6; ++i) rows_.push_back(demo_order("DESK-B", i, false));
  }

  // Changes what it says.
  template <class Change>
  void change(Change how) {
    const std::lock_guard lock(mutex_);
    how(status_, rows_);
  }
  // "kill http reason", "arm command", "reload": each that came.
  std::vector<std::string> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  int asked() const { return asked_; }
  void refuse(Error with) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(with);
  }

  gateway::GatewayStatus status() override {
    ++asked_;
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::vector<gateway::OrderRow> orders(const std::string& client, bool open_only, std::size_t most) override {
    ++asked_;
    const std::lock_guard lock(mutex_);
    std::vector<gateway::OrderRow> wanted;
    for (const auto& row : rows_) {
      if ((client.empty() || row.client == client) && (row.open || !open_only) && wanted.size() < most) wanted.push_back(row);
    }
    return wanted;
  }
  Result<std::string> kill(const std::string& by, const std::string& reason) override {
    const std::lock_guard lock(mutex_);
    told_.push_back("kill " + by + " " + reason);
    if (!refusal_.message.empty()) return refusal_;
    status_.kill = {true, status_.now, by, reason, false};
    return std::string("killed: 12 orders are being cancelled");
  }
  Result<std::string> arm(const std::string& by) override {
    const std::lock_guard lock(mutex_);
    told_.push_back("arm " + by);
    if (!refusal_.message.empty()) return refusal_;
    status_.kill.killed = !std::exchange(status_.kill.arm_asked, !status_.kill.arm_asked);
    return std::string(status_.kill.killed ? "asked: arm once more within a minute" : "armed");
  }
  Result<std::string> reload() override {
    const std::lock_guard lock(mutex_);
    told_.emplace_back("reload");
    if (!refusal_.message.empty()) return refusal_;
    return std::string("limits of 3 clients were read");
  }

 private:
  mutable std::mutex mutex_;
  gateway::GatewayStatus status_{demo_status()};
  std::vector<gateway::OrderRow> rows_;
  std::vector<std::string> told_;
  Error refusal_;
  std::atomic<int> asked_{0};
};

}  // namespace marginfix::test
