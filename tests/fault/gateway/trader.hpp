// An OMS that trades at random over one session: orders of every kind, replaces, cancels, questions, messages sent again. It loses its
// connection in every way there is, comes back, and finds out what became of what nobody answered, by OrderStatusRequest(H) or by sending
// the same again with PossResend(97)=Y.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "fault/gateway/oms_session.hpp"
#include "fault/gateway/order_views.hpp"

namespace marginfix::gateway::fault {

inline constexpr const char* kSymbol = "KXLTCPERP";  // the quiet one

struct NewOrderTerms {
  std::string cl_ord_id;
  char side{'1'};
  int quantity{1};
  std::string price{"5.0000"};
  Fields extra{{59, "1"}};
};
// D, G and F as every version takes them.
Fields new_order(const NewOrderTerms& terms);
Fields replace_of(const std::string& cl_ord_id, const ViewedOrder& order, int quantity, const std::string& price);
Fields cancel_of(const std::string& cl_ord_id, const ViewedOrder& order);
Fields status_request(const std::string& cl_ord_id, char side);

class Trader {
 public:
  Trader(OmsIdentity identity, std::string account, std::uint64_t seed);

  // ---- its connection ----
  void come_back(std::uint16_t port);  // if it is away and its time has come
  void lose_connection();              // in one of the ways there are
  OmsSession& session() noexcept { return session_; }

  // ---- trading ----
  // One request, if it is logged on, has caught up and not too much waits. True: it sent an order (a D).
  bool act(FixedPointCount account_net);
  void cancel_open();  // asks once more for those that were asked for a while ago
  void find_out();     // what nobody has answered
  bool idle() const;   // no open order, nothing unanswered

  const std::string& name() const noexcept { return session_.identity().comp_id; }
  const std::string& account() const noexcept { return account_; }
  OrderViews& views() noexcept { return views_; }
  FixedPointCount net() const noexcept { return net_; }
  std::uint64_t lost() const noexcept { return lost_; }  // requests that never came to the gateway
  std::vector<std::string> faults() const;
  std::string unanswered() const;  // for whoever reads a failure

 private:
  struct Waiting {
    std::string type;
    Fields body;
    MonotonicTime since{};
  };
  struct Question {
    std::string cl_ord_id;
    bool resent{false};  // by 97=Y, not by H
    MonotonicTime since{};
  };
  void take(const Received& message);
  void settle(const Received& report);
  void note_answers(const Received& report);
  void place(char side);
  void place_again();
  void replace();
  void cancel(ViewedOrder& order);
  void ask_status(const std::string& cl_ord_id);
  void send(const std::string& type, const std::string& cl_ord_id, const Fields& body);
  std::string next_id();
  ViewedOrder* any_open();
  int chance(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  std::string any_price() { return "5.0" + std::to_string(chance(10)) + "00"; }

  std::string account_;
  std::mt19937_64 random_;
  OrderViews views_;
  OmsSession session_;
  std::map<std::string, Waiting> waiting_;  // by ClOrdID: sent, and not a word
  std::optional<Question> question_;
  std::vector<std::string> faults_;
  std::map<std::string, MonotonicTime> cancel_asked_;  // by first_id
  MonotonicTime next_try_{};
  FixedPointCount net_;
  std::uint64_t ids_{0}, lost_{0};
  std::uint64_t logons_seen_{0};
};

}  // namespace marginfix::gateway::fault
