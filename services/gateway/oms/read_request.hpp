// A client's message, read by its table, or the Reject(3) that it gets. Includes the codec: for the files that read messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/text.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/refusal.hpp"

namespace marginfix::gateway {

// SessionRejectReason(373) of what stands in the way of reading; nothing: it does not.
constexpr std::optional<SessionRejectReason> reject_reason(fix::FindingKind kind) noexcept {
  switch (kind) {
    case fix::FindingKind::missing_required:
      return SessionRejectReason::RequiredTagMissing;
    case fix::FindingKind::empty_value:
      return SessionRejectReason::TagWithoutValue;
    case fix::FindingKind::unparsable:
      return SessionRejectReason::IncorrectDataFormat;
    case fix::FindingKind::unlisted_value:
      return SessionRejectReason::ValueIncorrect;
    case fix::FindingKind::duplicate_tag:
      return SessionRejectReason::TagAppearsMoreThanOnce;
    case fix::FindingKind::outside_group:
      return SessionRejectReason::GroupFieldsOutOfOrder;
    case fix::FindingKind::group_count:
      return SessionRejectReason::GroupCountWrong;
    case fix::FindingKind::unknown_tag:
    case fix::FindingKind::misplaced_header:
      break;
  }
  return std::nullopt;
}

inline Refusal refusal(SessionRejectReason reason, int tag, std::string text) { return {static_cast<int>(reason), tag, std::move(text)}; }

// Tags that the table does not know are passed over: what a client's engine lets through may say more than the gateway needs.
template <fix::Message M>
std::optional<Refusal> read_request(const ClientMessage& message, M& out) {
  fix::Findings findings;
  if (const auto done = fix::decode(message.raw, out, findings); !done)
    return refusal(SessionRejectReason::InvalidTagNumber, done.error().tag, done.error().message);
  for (const fix::Finding& finding : findings) {
    if (const auto reason = reject_reason(finding.kind)) return refusal(*reason, finding.tag, fix::describe_in<M>(finding));
  }
  return std::nullopt;
}

// An id that the answer must repeat: at most 256 bytes that any engine reads.
inline std::optional<Refusal> check_echo(int tag, std::string_view name, std::string_view text) {
  constexpr std::size_t kLongest = 256;
  const char* const fault = text.size() > kLongest ? "is longer than 256 bytes" : text_fault(text);
  if (fault == nullptr) return std::nullopt;
  return refusal(SessionRejectReason::ValueIncorrect, tag, std::string(name) + "(" + std::to_string(tag) + ") " + fault);
}

// The same of every text of a message that its table names: each may be given back.
template <fix::Message M>
std::optional<Refusal> check_echoes(const M& message) {
  std::optional<Refusal> found;
  const auto look = [&](const auto& field) {
    const auto check = [&](std::string_view text) {
      if (!found && !text.empty()) found = check_echo(field.tag, field.name, text);
    };
    const auto& value = message.*(field.member);
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::string_view>)
      check(value);
    else if constexpr (std::is_same_v<Value, std::optional<std::string_view>>)
      check(value.value_or(""));
  };
  std::apply([&](const auto&... fields) { (look(fields), ...); }, fix::MessageTable<M>::kFields);
  return found;
}

// Text(58) of ours with something of somebody else's in it: readable, and no longer than people read.
inline std::string readable(std::string_view text) { return visible(text.substr(0, 200)); }

}  // namespace marginfix::gateway
