// Forms that the official files name or describe in words. Written without the library's own parsers: those have tests of their own, and
// a mistake of theirs must not hide one of the simulator's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace marginfix::openapi {

bool is_dollars(const std::string& text);    // "0.5600": up to 6 decimals (FixedPointDollars: "responses emit up to 6")
bool is_count(const std::string& text);      // "10.00": 2 decimals (FixedPointCount: "responses always emit 2 decimals")
bool is_date_time(const std::string& text);  // RFC 3339, UTC
bool is_date(const std::string& text);       // 2026-11-23
bool is_uuid_text(const std::string& text);

// ..._ts_ms are milliseconds, ..._ts and expiration_time seconds since 1970, of this century. Other names say nothing.
bool is_in_unit_of_its_name(std::string_view name, std::int64_t number);

}  // namespace marginfix::openapi
