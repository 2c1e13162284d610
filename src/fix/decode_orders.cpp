// decode() for the orders messages.
#include "marginfix/fix/detail/decode_impl.hpp"

namespace marginfix::fix {

template Result<void> decode<NewOrderSingle>(std::string_view, NewOrderSingle&, Findings&);
template Result<void> decode<NewOrderSingle>(const Frame&, NewOrderSingle&, Findings&);
template Result<void> decode<OrderCancelReplaceRequest>(std::string_view, OrderCancelReplaceRequest&, Findings&);
template Result<void> decode<OrderCancelReplaceRequest>(const Frame&, OrderCancelReplaceRequest&, Findings&);
template Result<void> decode<OrderCancelRequest>(std::string_view, OrderCancelRequest&, Findings&);
template Result<void> decode<OrderCancelRequest>(const Frame&, OrderCancelRequest&, Findings&);
template Result<void> decode<OrderMassCancelRequest>(std::string_view, OrderMassCancelRequest&, Findings&);
template Result<void> decode<OrderMassCancelRequest>(const Frame&, OrderMassCancelRequest&, Findings&);
template Result<void> decode<OrderGroupRequest>(std::string_view, OrderGroupRequest&, Findings&);
template Result<void> decode<OrderGroupRequest>(const Frame&, OrderGroupRequest&, Findings&);
template Result<void> decode<ExecutionReport>(std::string_view, ExecutionReport&, Findings&);
template Result<void> decode<ExecutionReport>(const Frame&, ExecutionReport&, Findings&);
template Result<void> decode<OrderCancelReject>(std::string_view, OrderCancelReject&, Findings&);
template Result<void> decode<OrderCancelReject>(const Frame&, OrderCancelReject&, Findings&);
template Result<void> decode<OrderMassCancelReport>(std::string_view, OrderMassCancelReport&, Findings&);
template Result<void> decode<OrderMassCancelReport>(const Frame&, OrderMassCancelReport&, Findings&);
template Result<void> decode<OrderGroupResponse>(std::string_view, OrderGroupResponse&, Findings&);
template Result<void> decode<OrderGroupResponse>(const Frame&, OrderGroupResponse&, Findings&);
template Result<void> decode<BusinessMessageReject>(std::string_view, BusinessMessageReject&, Findings&);
template Result<void> decode<BusinessMessageReject>(const Frame&, BusinessMessageReject&, Findings&);

}  // namespace marginfix::fix
