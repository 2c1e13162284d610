// decode() for the market messages.
#include "marginfix/fix/detail/decode_impl.hpp"

namespace marginfix::fix {

template Result<void> decode<EventResendRequest>(std::string_view, EventResendRequest&, Findings&);
template Result<void> decode<EventResendRequest>(const Frame&, EventResendRequest&, Findings&);
template Result<void> decode<EventResendComplete>(std::string_view, EventResendComplete&, Findings&);
template Result<void> decode<EventResendComplete>(const Frame&, EventResendComplete&, Findings&);
template Result<void> decode<EventResendReject>(std::string_view, EventResendReject&, Findings&);
template Result<void> decode<EventResendReject>(const Frame&, EventResendReject&, Findings&);
template Result<void> decode<MarketDataRequest>(std::string_view, MarketDataRequest&, Findings&);
template Result<void> decode<MarketDataRequest>(const Frame&, MarketDataRequest&, Findings&);
template Result<void> decode<MarketDataSnapshotFullRefresh>(std::string_view, MarketDataSnapshotFullRefresh&, Findings&);
template Result<void> decode<MarketDataSnapshotFullRefresh>(const Frame&, MarketDataSnapshotFullRefresh&, Findings&);
template Result<void> decode<MarketDataIncrementalRefresh>(std::string_view, MarketDataIncrementalRefresh&, Findings&);
template Result<void> decode<MarketDataIncrementalRefresh>(const Frame&, MarketDataIncrementalRefresh&, Findings&);
template Result<void> decode<MarketDataRequestReject>(std::string_view, MarketDataRequestReject&, Findings&);
template Result<void> decode<MarketDataRequestReject>(const Frame&, MarketDataRequestReject&, Findings&);
template Result<void> decode<SecurityStatusRequest>(std::string_view, SecurityStatusRequest&, Findings&);
template Result<void> decode<SecurityStatusRequest>(const Frame&, SecurityStatusRequest&, Findings&);
template Result<void> decode<SecurityStatus>(std::string_view, SecurityStatus&, Findings&);
template Result<void> decode<SecurityStatus>(const Frame&, SecurityStatus&, Findings&);

}  // namespace marginfix::fix
