// What becomes of each field between a client and the exchange, for people: the generated tables of docs/gateway.md. Which messages and
// fields there are, and which must be there, is read out of the message tables themselves (order_messages.hpp, market_messages.hpp); what
// becomes of a field, and which versions have it, stands in one table of texts. Tests hold the two together, and the versions against the
// dictionaries of fix-spec/oms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/fix/field_table.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway {

// Which versions have a message or field.
enum class VersionRange : std::uint8_t { all, fix42_only, from_fix44, fix50sp2_only };
constexpr bool has(VersionRange range, FixVersion version) noexcept {
  switch (range) {
    case VersionRange::all:
      return true;
    case VersionRange::fix42_only:
      return version == FixVersion::fix42;
    case VersionRange::from_fix44:
      return version != FixVersion::fix42;
    case VersionRange::fix50sp2_only:
      break;
  }
  return version == FixVersion::fix50sp2;
}

struct TranslatedMessage {
  const fix::MessageInfo* info;  // of its table
  bool from_client;
  VersionRange versions;
  std::string_view becomes;
};
struct TranslatedField {
  std::string_view msg_type;  // 35
  std::int32_t tag;
  VersionRange versions;
  std::string_view becomes;
};
std::span<const TranslatedMessage> translated_messages() noexcept;
std::span<const TranslatedField> translated_fields() noexcept;

// ---- parts of docs/gateway.md, as Markdown --------------------------------------------------------------------------------
std::string message_tables(bool from_client);
std::string reason_table();       // Text(58) of the exchange and 103, 102, 378 of each version
std::string unsupported_table();  // fields that ask for what the exchange does not have

}  // namespace marginfix::gateway
