// One operation of the simulated REST (or Klear) API as the router sees it: what the door has checked before a handler runs, and what a
// handler gives back. Handlers hold no sockets and no HTTP: they read the request's values, ask or command the engine, write JSON.
// Source: rest-perps.md "Operations", "Parameters", "Errors"; klear.md; observed.md "Error bodies".
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/json/writer.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {

struct HttpAnswer {
  int status{200};
  std::string body;  // JSON; empty = no content (204)
};

// The shapes of observed.md and changes-2026-11.md. `service` is Klear's: the errors of REST have none since August 6, 2026.
HttpAnswer nested_error(int status, std::string_view code, std::string_view message, std::string_view details = {},
                        std::string_view service = {});
HttpAnswer flat_error(int status, std::string_view code, std::string_view message, std::string_view details = {});
HttpAnswer bare_error(int status, std::string_view msg);
HttpAnswer too_many_requests();  // 429 {"error":"too many requests"}, and no Retry-After
inline HttpAnswer forbidden(std::string_view details) { return nested_error(403, "forbidden", "forbidden", details); }

// The latest moment that a request may name, in unix seconds: the last that RFC 3339 and FIX can write (9999-12-31).
inline constexpr std::int64_t kLatestSecond = 253'402'300'799;

// A request after routing, signature, clock, scope, rate limit, content type and unknown-member checks.
struct EndpointRequest {
  std::map<std::string, std::string, std::less<>> path;   // {ticker} -> decoded text
  std::map<std::string, std::string, std::less<>> query;  // decoded; only parameters the endpoint names
  boost::json::object body;                               // empty when the operation has none
  std::string proven_key;                                 // what the caller has shown to have; "" = nothing
  std::optional<KeyInfo> caller;                          // nothing on a public operation without (or with unused) credentials
  RequestContext context;                                 // {caller's key, Door::Rest}

  // Parsed parameters. On a malformed or out-of-range value `problem` is set to a 400 (the first one wins) and the fallback returned.
  std::string text(std::string_view name, std::string_view fallback = {}) const;  // query, else path
  bool has(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<bool> boolean(std::string_view name);
  std::optional<int> subaccount(std::string_view name = "subaccount");  // 0 to 63
  // Body members. A wrong JSON type, a missing required member, too many decimals set `problem`.
  // body_text: an identifier (marginfix/core/text.hpp); body_free_text: a name or text, whose characters the door has checked.
  std::optional<std::string> body_text(std::string_view name, bool required = false);
  std::optional<std::string> body_free_text(std::string_view name, bool required = false);
  std::optional<std::int64_t> body_integer(std::string_view name, std::int64_t least, std::int64_t most, bool required = false);
  std::optional<bool> body_boolean(std::string_view name);
  std::optional<DollarDecimal> body_dollars(std::string_view name, bool required = false, int most_decimals = 4);
  std::optional<FixedPointCount> body_count(std::string_view name, bool required = false);

  std::optional<HttpAnswer> problem;
};

enum class EndpointAuth : std::uint8_t {
  Public,     // headers optional, but wrong ones are refused
  Key,        // trading or read-only keys; writes need a trading key
  KlearToken  // Authorization: Bearer <admin_user_id>:<access_token>
};

// `Door` is whatever object the handlers of one door share (RestDoorContext, KlearDoorContext).
template <class DoorContext>
struct Endpoint {
  std::string_view method;  // GET, POST, PUT, DELETE
  std::string_view path;    // template relative to the base: "/margin/markets/{ticker}"
  EndpointAuth auth{EndpointAuth::Public};
  int cost{10};                  // tokens
  std::string_view query_names;  // blank-separated; others are refused with 400
  std::string_view body_names;   // blank-separated known members of the body; "" = takes no body (an empty object is tolerated)
  HttpAnswer (*handle)(DoorContext&, EndpointRequest&);
  int (*cost_of)(const EndpointRequest&){nullptr};  // where the cost depends on the query (balance); nothing: `cost`
  bool by_shard{false};                             // creates and amends: the write bucket of the market's shard
};

// What the handlers of the REST door work on.
struct RestDoorContext {
  Exchange& exchange;
  std::function<Timestamp()> wall_now;
  std::chrono::milliseconds read_lag{0};  // --read-lag-ms: reads of orders and groups come from a copy that is this old

  // On the trading clock. An order or group created or changed after it is not there yet for a GET: 404 not_found of service
  // query-exchange for the single one, left out of lists (observed.md). Writes see everything.
  Timestamp read_horizon() const { return exchange.now() - read_lag; }
  bool readable(Timestamp last_change) const { return last_change <= read_horizon(); }
};

// The endpoint tables; one file of handlers a family (sim/doors/rest/*_endpoints.cpp). A literal path segment wins over {name}.
std::span<const Endpoint<RestDoorContext>> market_endpoints();   // exchange, markets, trades, corporate actions, funding (public part)
std::span<const Endpoint<RestDoorContext>> order_endpoints();    // orders, order groups, legacy list_fcm
std::span<const Endpoint<RestDoorContext>> account_endpoints();  // positions, fills, balance, risk, fees, limits, funding history,
                                                                 // transfers, subaccounts, exit triggers, fcm

// Pages of a list: `cursor` is opaque to clients (base64 of a position and a hash of the filters), 400 when it is not ours.
std::string encode_cursor(std::uint64_t position);
std::optional<std::uint64_t> decode_cursor(std::string_view cursor);

}  // namespace marginfix::sim
