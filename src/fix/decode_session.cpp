// decode() for the session messages.
#include "marginfix/fix/detail/decode_impl.hpp"

namespace marginfix::fix {

template Result<void> decode<Heartbeat>(std::string_view, Heartbeat&, Findings&);
template Result<void> decode<Heartbeat>(const Frame&, Heartbeat&, Findings&);
template Result<void> decode<TestRequest>(std::string_view, TestRequest&, Findings&);
template Result<void> decode<TestRequest>(const Frame&, TestRequest&, Findings&);
template Result<void> decode<ResendRequest>(std::string_view, ResendRequest&, Findings&);
template Result<void> decode<ResendRequest>(const Frame&, ResendRequest&, Findings&);
template Result<void> decode<Reject>(std::string_view, Reject&, Findings&);
template Result<void> decode<Reject>(const Frame&, Reject&, Findings&);
template Result<void> decode<SequenceReset>(std::string_view, SequenceReset&, Findings&);
template Result<void> decode<SequenceReset>(const Frame&, SequenceReset&, Findings&);
template Result<void> decode<Logout>(std::string_view, Logout&, Findings&);
template Result<void> decode<Logout>(const Frame&, Logout&, Findings&);
template Result<void> decode<Logon>(std::string_view, Logon&, Findings&);
template Result<void> decode<Logon>(const Frame&, Logon&, Findings&);

}  // namespace marginfix::fix
