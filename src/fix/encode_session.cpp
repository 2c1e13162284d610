// encode_body() and encode() for the session messages.
#include "marginfix/fix/detail/encode_impl.hpp"

namespace marginfix::fix {

template Result<void> encode_body<Heartbeat>(const Heartbeat&, Buffer&);
template Result<void> encode<Heartbeat>(const Heartbeat&, const Header&, Buffer&);
template Result<void> encode_body<TestRequest>(const TestRequest&, Buffer&);
template Result<void> encode<TestRequest>(const TestRequest&, const Header&, Buffer&);
template Result<void> encode_body<ResendRequest>(const ResendRequest&, Buffer&);
template Result<void> encode<ResendRequest>(const ResendRequest&, const Header&, Buffer&);
template Result<void> encode_body<Reject>(const Reject&, Buffer&);
template Result<void> encode<Reject>(const Reject&, const Header&, Buffer&);
template Result<void> encode_body<SequenceReset>(const SequenceReset&, Buffer&);
template Result<void> encode<SequenceReset>(const SequenceReset&, const Header&, Buffer&);
template Result<void> encode_body<Logout>(const Logout&, Buffer&);
template Result<void> encode<Logout>(const Logout&, const Header&, Buffer&);
template Result<void> encode_body<Logon>(const Logon&, Buffer&);
template Result<void> encode<Logon>(const Logon&, const Header&, Buffer&);

}  // namespace marginfix::fix
