// The codec's own messages are compiled once, in the library: a program that has the codec's inside for tables of its own (define.hpp) does
// not compile them again.
#pragma once

#include <string_view>
#include <tuple>

#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"

#define MARGINFIX_BUILT_IN_MESSAGES(each)                                                                                                 \
  each(Heartbeat) each(TestRequest) each(ResendRequest) each(Reject) each(SequenceReset) each(Logout) each(Logon) each(NewOrderSingle)    \
      each(OrderCancelReplaceRequest) each(OrderCancelRequest) each(OrderMassCancelRequest) each(OrderGroupRequest) each(ExecutionReport) \
          each(OrderCancelReject) each(OrderMassCancelReport) each(OrderGroupResponse) each(BusinessMessageReject)                        \
              each(EventResendRequest) each(EventResendComplete) each(EventResendReject) each(MarketDataRequest)                          \
                  each(MarketDataSnapshotFullRefresh) each(MarketDataIncrementalRefresh) each(MarketDataRequestReject)                    \
                      each(SecurityStatusRequest) each(SecurityStatus)

namespace marginfix::fix {

#define MARGINFIX_IS_BUILT_IN(M)                                           \
  extern template Result<void> decode<M>(std::string_view, M&, Findings&); \
  extern template Result<void> decode<M>(const Frame&, M&, Findings&);     \
  extern template Result<void> encode_body<M>(const M&, Buffer&);          \
  extern template Result<void> encode<M>(const M&, const HeaderOf<M>&, Buffer&);
MARGINFIX_BUILT_IN_MESSAGES(MARGINFIX_IS_BUILT_IN)
#undef MARGINFIX_IS_BUILT_IN

#define MARGINFIX_ONE(M) +1
static_assert(MARGINFIX_BUILT_IN_MESSAGES(MARGINFIX_ONE) == std::tuple_size_v<MessageList<std::tuple>>, "a message is missing above");
#undef MARGINFIX_ONE
#undef MARGINFIX_BUILT_IN_MESSAGES

}  // namespace marginfix::fix
