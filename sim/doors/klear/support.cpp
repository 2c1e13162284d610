#include "sim/doors/klear/support.hpp"

#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"

#include <array>

namespace marginfix::sim::klear {
namespace {
constexpr std::array<std::string_view, 5> kAssetClasses{"Crypto", "Equities", "Metals", "Indices", "Energy"};
}  // namespace

AccountId member_of(const KlearDoorContext& context) {
  const auto account = views::find_account(context.exchange.state(), context.member);
  if (!account) throw Exception(fail(ErrorCategory::config, "the exchange has no account " + context.member + " for the Klear door"));
  return *account;
}

HttpAnswer invalid(std::string_view details) { return klear_error(400, "bad_request", "invalid input", details); }
HttpAnswer missing(std::string_view details) { return klear_error(404, "not_found", "not found", details); }

void complain(EndpointRequest& request, std::string_view details) {
  if (!request.problem) request.problem = invalid(details);
}

std::size_t limit(EndpointRequest& request, std::int64_t fallback, std::int64_t most) {
  return static_cast<std::size_t>(request.integer("limit", 1, most).value_or(fallback));
}

std::optional<std::uint64_t> cursor(EndpointRequest& request) {
  const std::string text = request.text("cursor");
  if (text.empty()) return std::nullopt;
  const auto position = decode_cursor(text);
  if (!position) complain(request, "cursor is not one of ours");
  return position;
}

std::optional<std::string> asset_class(EndpointRequest& request, std::optional<std::string> given) {
  if (!given || given->empty()) {
    complain(request, "asset_class is required");
    return std::nullopt;
  }
  if (std::ranges::find(kAssetClasses, *given) != kAssetClasses.end()) return given;
  complain(request, "asset_class must be Crypto, Equities, Metals, Indices or Energy");
  return std::nullopt;
}

std::optional<Timestamp> time(EndpointRequest& request, std::string_view name) {
  const std::string text = request.text(name);
  const auto parsed = parse_rfc3339(text);
  if (parsed) return *parsed;
  complain(request, std::string(name) + (text.empty() ? " is required" : " must be an RFC3339 time such as 2026-11-23T17:00:00Z"));
  return std::nullopt;
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto date = parse_fix_date(std::string(text.substr(0, 4)) + std::string(text.substr(5, 2)) + std::string(text.substr(8, 2)));
  return date ? std::optional(*date) : std::nullopt;
}

std::string date_text(Date date) { return to_fix_date(date).insert(6, 1, '-').insert(4, 1, '-'); }

std::optional<Date> date(EndpointRequest& request, std::string_view name, bool required) {
  const std::string text = request.text(name);
  if (text.empty() && !required) return std::nullopt;
  const auto parsed = parse_date(text);
  if (!parsed) complain(request, std::string(name) + (text.empty() ? " is required" : " must be a day such as 2026-11-23"));
  return parsed;
}

Page page(std::size_t size, std::uint64_t from, std::size_t limit) {
  Page p;
  p.first = std::min<std::size_t>(size, from);
  p.last = std::min(size, p.first + limit);
  if (p.last < size) p.next = p.last;
  return p;
}

void end_page(json::Writer& out, const std::optional<std::uint64_t>& next) {
  if (next) out.member("cursor", encode_cursor(*next));
  out.end_object();
}

std::string symbol(const KlearDoorContext& context, MarketNo market) { return views::market_spec(context.exchange.state(), market).symbol; }

}  // namespace marginfix::sim::klear
