// Messages of which only the bytes say what they are: every type there is, and those of no table. Apart from the codec's inner loops,
// because the variant of all messages is most of what a compiler does for this layer.
#include "marginfix/fix/detail/decode_impl.hpp"
#include "marginfix/fix/reader.hpp"

namespace marginfix::fix {

Result<void> decode_unknown(std::string_view message, UnknownMessage& out, Findings& findings) {
  return detail::decode_bytes(message, out, findings);
}
Result<void> decode_unknown(const Frame& frame, UnknownMessage& out, Findings& findings) {
  return detail::decode_frame(frame, out, findings);
}

namespace {

// The alternative of an AnyMessage that `out` is to hold: the one it holds already, if that is it.
template <class M>
M& alternative(AnyMessage& out) {
  auto* same = std::get_if<M>(&out);
  return same != nullptr ? *same : out.emplace<M>();
}

template <class... Ms>
struct Dispatch {
  // `source`: the bytes, or a frame of them.
  template <class Source>
  static Result<void> run(std::string_view msg_type, const Source& source, AnyMessage& out, Findings& findings) {
    std::optional<Result<void>> done;
    const auto attempt = [&]<class M>() {
      if (done || msg_type != M::kMsgType) return;
      done.emplace(decode(source, alternative<M>(out), findings));
    };
    (attempt.template operator()<Ms>(), ...);
    if (done) return std::move(*done);
    return decode_unknown(source, alternative<UnknownMessage>(out), findings);
  }
};

}  // namespace

Result<void> decode_any(std::string_view message, AnyMessage& out, Findings& findings) {
  detail::Envelope envelope;
  if (!detail::open_envelope(message, envelope)) return detail::envelope_error(message);
  return MessageList<Dispatch>::run(envelope.msg_type, message, out, findings);
}
Result<void> decode_any(const Frame& frame, AnyMessage& out, Findings& findings) {
  if (!frame.checked) return decode_any(std::string_view(frame.bytes), out, findings);
  return MessageList<Dispatch>::run(frame.msg_type, frame, out, findings);
}

}  // namespace marginfix::fix
