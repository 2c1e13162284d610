// What a client is told about one of its orders: bodies of 8 and 9 in its version of FIX, and the order's marks of what it has been told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "marginfix/domain/execution.hpp"
#include "services/gateway/oms/write_messages.hpp"
#include "services/gateway/orders/desk.hpp"

namespace marginfix::gateway {

class OrderTeller {
 public:
  // `report`: the exchange's report that is being told, or null.
  OrderTeller(Desk& desk, ClientOrder& order, const ClientConfig& client, Timestamp now, Actions& out, const OrderReport* report = nullptr)
      : desk_(desk), order_(order), client_(client), now_(now), out_(out), report_(report) {}

  void pending_new(const std::string& text);
  void accepted();
  void trade(const Fill& fill);
  // `request` was taken; the order now stands at these terms.
  void replaced(OrderRequest& request, FixedPointCount order_qty, DollarDecimal price);
  // Another door changed the order's terms.
  void restated(FixedPointCount order_qty, DollarDecimal price);
  // `request`: the cancel, or replace, that ended it; null: nobody here asked for it.
  void ended(OrdStatus status, OrderRequest* request, const std::string& text);
  void rejected(int ord_rej_reason, const std::string& text);
  // The D was refused by the gateway; `side`: as the client wrote it.
  void refused(int ord_rej_reason, std::optional<char> side);
  void request_pending(OrderRequest& request, const std::string& text);
  void request_rejected(OrderRequest& request, std::optional<int> cxl_rej_reason, const std::string& text);
  void status(const StatusAsked& asked);

  // OrdStatus(39) of the order as the client has been told of it.
  static char status_of(const ClientOrder& order) noexcept;
  static FixedPointCount leaves_of(const ClientOrder& order) noexcept;

 private:
  Report report_of(char exec_type);
  void tell(Report report);
  void end(OrdStatus status) noexcept;

  Desk& desk_;
  ClientOrder& order_;
  const ClientConfig& client_;
  Timestamp now_;
  Actions& out_;
  const OrderReport* report_;
  bool exec_id_used_{false};
  std::string exec_id_;
};

}  // namespace marginfix::gateway
