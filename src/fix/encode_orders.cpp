// encode_body() and encode() for the orders messages.
#include "marginfix/fix/detail/encode_impl.hpp"

namespace marginfix::fix {

template Result<void> encode_body<NewOrderSingle>(const NewOrderSingle&, Buffer&);
template Result<void> encode<NewOrderSingle>(const NewOrderSingle&, const Header&, Buffer&);
template Result<void> encode_body<OrderCancelReplaceRequest>(const OrderCancelReplaceRequest&, Buffer&);
template Result<void> encode<OrderCancelReplaceRequest>(const OrderCancelReplaceRequest&, const Header&, Buffer&);
template Result<void> encode_body<OrderCancelRequest>(const OrderCancelRequest&, Buffer&);
template Result<void> encode<OrderCancelRequest>(const OrderCancelRequest&, const Header&, Buffer&);
template Result<void> encode_body<OrderMassCancelRequest>(const OrderMassCancelRequest&, Buffer&);
template Result<void> encode<OrderMassCancelRequest>(const OrderMassCancelRequest&, const Header&, Buffer&);
template Result<void> encode_body<OrderGroupRequest>(const OrderGroupRequest&, Buffer&);
template Result<void> encode<OrderGroupRequest>(const OrderGroupRequest&, const Header&, Buffer&);
template Result<void> encode_body<ExecutionReport>(const ExecutionReport&, Buffer&);
template Result<void> encode<ExecutionReport>(const ExecutionReport&, const Header&, Buffer&);
template Result<void> encode_body<OrderCancelReject>(const OrderCancelReject&, Buffer&);
template Result<void> encode<OrderCancelReject>(const OrderCancelReject&, const Header&, Buffer&);
template Result<void> encode_body<OrderMassCancelReport>(const OrderMassCancelReport&, Buffer&);
template Result<void> encode<OrderMassCancelReport>(const OrderMassCancelReport&, const Header&, Buffer&);
template Result<void> encode_body<OrderGroupResponse>(const OrderGroupResponse&, Buffer&);
template Result<void> encode<OrderGroupResponse>(const OrderGroupResponse&, const Header&, Buffer&);
template Result<void> encode_body<BusinessMessageReject>(const BusinessMessageReject&, Buffer&);
template Result<void> encode<BusinessMessageReject>(const BusinessMessageReject&, const Header&, Buffer&);

}  // namespace marginfix::fix
