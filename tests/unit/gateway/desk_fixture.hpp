// A desk with three clients, one a version, and an exchange that the test plays: requests go in as FIX fields in pipe form, what clients
// are told and what is sent comes out the same way.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "marginfix/fix/define.hpp"
#include "marginfix/fix/tables.hpp"
#include "services/gateway/orders/desk.hpp"

namespace marginfix::test {

class DeskTest : public ::testing::Test {
 protected:
  using Actions = gateway::Actions;
  using ClientConfig = gateway::ClientConfig;

  static constexpr Timestamp kNoon{std::chrono::seconds{1'796'000'000}};

  DeskTest() {
    add_client("OMS42", gateway::FixVersion::fix42);
    add_client("OMS44", gateway::FixVersion::fix44);
    add_client("OMS50", gateway::FixVersion::fix50sp2);
    desk_.begin(kNoon);
  }

  void add_client(const std::string& comp_id, gateway::FixVersion version) {
    ClientConfig client;
    client.version = version;
    client.comp_id = comp_id;
    client.own_comp_id = "MARGINFIX";
    clients_[client.name()] = client;
  }
  ClientConfig& client(const std::string& comp_id) {
    for (auto& [name, each] : clients_) {
      if (each.comp_id == comp_id) return each;
    }
    throw std::logic_error(comp_id);
  }

  gateway::Desk make_desk() {
    gateway::Desk::Surroundings around;
    around.client_of = [this](std::string_view name) -> const ClientConfig* {
      const auto found = clients_.find(std::string(name));
      return found == clients_.end() ? nullptr : &found->second;
    };
    around.account_of = [](const ClientConfig&) { return std::string("alice"); };
    around.make_exchange_id = [this] { return "x" + std::to_string(++ids_); };
    around.limits = [this](const ClientConfig&, const gateway::OrderTerms&, const gateway::ClientOrder*) { return limit_; };
    return gateway::Desk(around);
  }

  // A whole message of these body fields; header fields may be given in front ("43=Y|").
  static std::string message(const std::string& type, const std::string& fields, const std::string& begin_string = "FIXT.1.1",
                             const std::string& header = {}) {
    std::string text = "35=" + type + "|34=7|49=A|56=B|52=20261130-12:00:00.000|" + header + fields;
    std::ranges::replace(text, '|', '\x01');
    fix::Buffer out;
    fix::frame_message(begin_string, text, out);
    return std::string(out.view());
  }
  static std::string pipes(std::string text) {
    std::ranges::replace(text, '\x01', '|');
    return text;
  }

  // ---- in ----
  template <class Request>
  std::vector<std::string> take(const std::string& comp_id, const std::string& fields, const std::string& header = {}) {
    const ClientConfig& who = client(comp_id);
    raw_.push_back(message(std::string(Request::kMsgType), fields, std::string(gateway::begin_string(who.version)), header));
    Request request;
    fix::Findings findings;
    const auto read = fix::decode(raw_.back(), request, findings);
    EXPECT_TRUE(read) << (read ? "" : read.error().message);
    Actions out;
    desk_.take(who, request, now_, out);
    return keep(out);
  }
  std::vector<std::string> order(const std::string& comp_id, const std::string& cl_ord_id, const std::string& more = {},
                                 const std::string& header = {}) {
    std::string fields = "11=" + cl_ord_id + "|";
    for (const char* each : {"38=10", "40=2", "44=19.5", "54=1", "55=KXBTCPERP"}) {
      const std::string tag = std::string(each).substr(0, 3);
      if (more.find("|" + tag) == std::string::npos && !more.starts_with(tag)) fields += std::string(each) + "|";
    }
    return take<gateway::NewOrder>(comp_id, fields + more, header);
  }
  std::vector<std::string> replace(const std::string& comp_id, const std::string& cl_ord_id, const std::string& orig,
                                   const std::string& qty, const std::string& price, const std::string& more = {}) {
    return take<gateway::Replace>(comp_id,
                                  "11=" + cl_ord_id + "|38=" + qty + "|40=2|41=" + orig + "|44=" + price + "|54=1|55=KXBTCPERP|" + more);
  }
  std::vector<std::string> cancel(const std::string& comp_id, const std::string& cl_ord_id, const std::string& orig) {
    return take<gateway::Cancel>(comp_id, "11=" + cl_ord_id + "|41=" + orig + "|54=1|55=KXBTCPERP|");
  }

  // A report of the exchange: fields that are not given have the values of a live order of 10.
  std::vector<std::string> report(const std::string& fields) {
    std::string all = fields;
    const auto unless_given = [&](const std::string& field) {
      const std::string tag = field.substr(0, field.find('=') + 1);
      if (!all.starts_with(tag) && all.find("|" + tag) == std::string::npos) all += field + "|";
    };
    for (const char* each : {"6=0", "14=0", "37=O1", "38=10", "54=1", "55=KXBTCPERP", "60=20261130-12:00:00.000", "151=10"})
      unless_given(each);
    unless_given("17=" + std::to_string(++exec_) + ";1");
    raw_.push_back(message("8", all));
    facts_.push_back({gateway::JournalKind::exchange_in, "alice/KalshiRT", raw_.back(), now_});
    fix::ExecutionReport decoded;
    fix::Findings findings;
    EXPECT_TRUE(fix::decode(raw_.back(), decoded, findings));
    Actions out;
    known_ = desk_.on_report(decoded, now_, out);
    return keep(out);
  }
  std::vector<std::string> cancel_reject(const std::string& fields) {
    raw_.push_back(message("9", fields));
    facts_.push_back({gateway::JournalKind::exchange_in, "alice/KalshiRT", raw_.back(), now_});
    fix::OrderCancelReject decoded;
    fix::Findings findings;
    EXPECT_TRUE(fix::decode(raw_.back(), decoded, findings));
    Actions out;
    known_ = desk_.on_cancel_reject(decoded, now_, out);
    return keep(out);
  }
  template <class Step>
  std::vector<std::string> with(Step&& step) {
    Actions out;
    step(desk_, out);
    return keep(out);
  }

  // Tells as "CLIENT TYPE|fields".
  std::vector<std::string> keep(const Actions& out) {
    std::vector<std::string> told;
    for (const gateway::Tell& each : out.tells) told.push_back(client_of(each.client) + " 35=" + each.msg_type + "|" + pipes(each.body));
    sends_.insert(sends_.end(), out.sends.begin(), out.sends.end());
    facts_.insert(facts_.end(), out.facts.begin(), out.facts.end());
    told_.insert(told_.end(), told.begin(), told.end());
    return told;
  }
  std::string client_of(const std::string& name) const { return clients_.at(name).comp_id; }

  // What went to the exchange last.
  std::string last_sent() {
    fix::Buffer body;
    const gateway::Send& last = sends_.back();
    const gateway::ClientOrder* order = desk_.find(last.order);
    const auto request = std::ranges::find(order->requests, last.exchange_id, &gateway::OrderRequest::exchange_id);
    if (last.kind == gateway::Send::Kind::order) {
      fix::encode_body(desk_.new_order_of(*order), body).value();
    } else if (last.kind == gateway::Send::Kind::replace) {
      fix::encode_body(desk_.replace_of(*order, *request), body).value();
    } else {
      fix::encode_body(desk_.cancel_of(*order, *request), body).value();
    }
    return pipes(std::string(body.view()));
  }

  // The value of a field of a message in pipe form; "" where it has none.
  static std::string field(const std::string& text, int tag) {
    const std::string key = "|" + std::to_string(tag) + "=";
    const std::size_t at = text.find(key);
    if (at == std::string::npos) return {};
    return text.substr(at + key.size(), text.find('|', at + key.size()) - at - key.size());
  }

  std::map<std::string, ClientConfig> clients_;
  std::optional<gateway::LimitRefusal> limit_;
  std::vector<std::string> raw_;  // what decoded messages look at
  int ids_{0}, exec_{0};
  bool known_{false};
  Timestamp now_{kNoon};
  std::vector<gateway::Send> sends_;
  std::vector<gateway::JournalRecord> facts_;
  std::vector<std::string> told_;
  gateway::Desk desk_{make_desk()};
};

}  // namespace marginfix::test
