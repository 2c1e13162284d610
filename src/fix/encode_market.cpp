// encode_body() and encode() for the market messages.
#include "marginfix/fix/detail/encode_impl.hpp"

namespace marginfix::fix {

template Result<void> encode_body<EventResendRequest>(const EventResendRequest&, Buffer&);
template Result<void> encode<EventResendRequest>(const EventResendRequest&, const Header&, Buffer&);
template Result<void> encode_body<EventResendComplete>(const EventResendComplete&, Buffer&);
template Result<void> encode<EventResendComplete>(const EventResendComplete&, const Header&, Buffer&);
template Result<void> encode_body<EventResendReject>(const EventResendReject&, Buffer&);
template Result<void> encode<EventResendReject>(const EventResendReject&, const Header&, Buffer&);
template Result<void> encode_body<MarketDataRequest>(const MarketDataRequest&, Buffer&);
template Result<void> encode<MarketDataRequest>(const MarketDataRequest&, const Header&, Buffer&);
template Result<void> encode_body<MarketDataSnapshotFullRefresh>(const MarketDataSnapshotFullRefresh&, Buffer&);
template Result<void> encode<MarketDataSnapshotFullRefresh>(const MarketDataSnapshotFullRefresh&, const Header&, Buffer&);
template Result<void> encode_body<MarketDataIncrementalRefresh>(const MarketDataIncrementalRefresh&, Buffer&);
template Result<void> encode<MarketDataIncrementalRefresh>(const MarketDataIncrementalRefresh&, const Header&, Buffer&);
template Result<void> encode_body<MarketDataRequestReject>(const MarketDataRequestReject&, Buffer&);
template Result<void> encode<MarketDataRequestReject>(const MarketDataRequestReject&, const Header&, Buffer&);
template Result<void> encode_body<SecurityStatusRequest>(const SecurityStatusRequest&, Buffer&);
template Result<void> encode<SecurityStatusRequest>(const SecurityStatusRequest&, const Header&, Buffer&);
template Result<void> encode_body<SecurityStatus>(const SecurityStatus&, Buffer&);
template Result<void> encode<SecurityStatus>(const SecurityStatus&, const Header&, Buffer&);

}  // namespace marginfix::fix
