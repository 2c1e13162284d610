// What the handlers of the Klear door share: parameters, pages, dates, rows of obligations.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "sim/doors/klear/klear_endpoints.hpp"
#include "sim/exchange/clearing/clearing.hpp"

namespace marginfix::sim::klear {

// The families of klear_endpoints().
std::span<const Endpoint<KlearDoorContext>> obligation_endpoints();
std::span<const Endpoint<KlearDoorContext>> settlement_endpoints();  // estimates, prices, funding, large traders
std::span<const Endpoint<KlearDoorContext>> margin_endpoints();      // estimate of a portfolio's maintenance margin
std::span<const Endpoint<KlearDoorContext>> balance_endpoints();
std::span<const Endpoint<KlearDoorContext>> report_endpoints();
std::span<const Endpoint<KlearDoorContext>> fcm_endpoints();

// The member that the admin stands for. Throws marginfix::Exception (config) when there is none: the door is set up wrong.
AccountId member_of(const KlearDoorContext& context);

HttpAnswer invalid(std::string_view details);  // 400
HttpAnswer missing(std::string_view details);  // 404

// Parameters. A problem is noted in the request; the first one counts.
void complain(EndpointRequest& request, std::string_view details);
std::size_t limit(EndpointRequest& request, std::int64_t fallback, std::int64_t most);
std::optional<std::uint64_t> cursor(EndpointRequest& request);  // nothing = from the beginning
std::optional<std::string> asset_class(EndpointRequest& request, std::optional<std::string> given);
std::optional<Timestamp> time(EndpointRequest& request, std::string_view name);            // required
std::optional<Date> date(EndpointRequest& request, std::string_view name, bool required);  // query
std::optional<Date> parse_date(std::string_view text);
std::string date_text(Date date);

// [first, last) of a list of `size` rows, and where the next page begins.
struct Page {
  std::size_t first{0}, last{0};
  std::optional<std::uint64_t> next;
};
Page page(std::size_t size, std::uint64_t from, std::size_t limit);
void end_page(json::Writer& out, const std::optional<std::uint64_t>& next);  // "cursor", when there is more; closes the object

std::string symbol(const KlearDoorContext& context, MarketNo market);

}  // namespace marginfix::sim::klear
