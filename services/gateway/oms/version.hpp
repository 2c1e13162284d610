// The three versions of FIX that a client of the gateway may speak, and what differs between them in one place.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace marginfix::gateway {

enum class FixVersion : std::uint8_t { fix42, fix44, fix50sp2 };

// BeginString(8) of its sessions.
constexpr std::string_view begin_string(FixVersion version) noexcept {
  switch (version) {
    case FixVersion::fix42:
      return "FIX.4.2";
    case FixVersion::fix44:
      return "FIX.4.4";
    case FixVersion::fix50sp2:
      break;
  }
  return "FIXT.1.1";
}

// What people call it: "FIX.4.2", "FIX.4.4", "FIX.5.0SP2".
constexpr std::string_view to_string(FixVersion version) noexcept {
  return version == FixVersion::fix50sp2 ? std::string_view("FIX.5.0SP2") : begin_string(version);
}

constexpr std::optional<FixVersion> version_of(std::string_view begin_string_text) noexcept {
  for (const FixVersion version : {FixVersion::fix42, FixVersion::fix44, FixVersion::fix50sp2}) {
    if (begin_string(version) == begin_string_text) return version;
  }
  return std::nullopt;
}

}  // namespace marginfix::gateway
