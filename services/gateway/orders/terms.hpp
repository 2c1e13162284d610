// What a client asks for in a D or G, in the exchange's terms, or why the exchange has no such thing. Pure functions.
// Source: fix-margin.md "NewOrderSingle (D)", "OrderCancelReplaceRequest (G)"; FIX 4.2, 4.4, 5.0 SP2: an absent TimeInForce(59) is Day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/domain/enums.hpp"
#include "services/gateway/oms/order_messages.hpp"
#include "services/gateway/orders/client_order.hpp"

namespace marginfix::gateway {

struct AskedTerms {
  Side side{};
  FixedPointCount order_qty;
  DollarDecimal price;
  Expiry expiry;
  std::optional<ExecInst> exec_inst;
};

// Error(reject): status is the OrdRejReason(103) as in 5.0 SP2, the message the Text(58). `now`: of GTD that is over already.
Result<AskedTerms> terms_of(const NewOrder& order, Timestamp now);
Result<AskedTerms> terms_of(const Replace& request, Timestamp now);

// Fields by which a client asks for what the exchange does not have: the table in docs/gateway.md. A field whose value is among `harmless`
// is passed over.
struct UnsupportedField {
  std::int32_t tag;
  std::string_view name;
  std::string_view harmless;  // values with blanks between them
};
std::span<const UnsupportedField> unsupported_fields() noexcept;

}  // namespace marginfix::gateway
