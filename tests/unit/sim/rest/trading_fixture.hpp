// Calls the handlers of the REST door without HTTP: a request is found in the endpoint tables by method and path, as the router does it.
#pragma once

#include <boost/json.hpp>

#include "sim/doors/rest/endpoint.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {

class RestTradingTest : public ExchangeTest {
 protected:
  struct Answer {
    int status{0};
    std::string text;
    boost::json::value json;
    const Endpoint<RestDoorContext>* endpoint{nullptr};

    std::string operator[](std::string_view path) const { return at(path); }
    // "a.b.0.c": the text of a string, the JSON of anything else, "-" where nothing is.
    std::string at(std::string_view path) const {
      const boost::json::value* v = &json;
      while (!path.empty() && v != nullptr) {
        const std::string_view step = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(path.size(), step.size() + 1));
        if (v->is_array()) {
          const auto i = static_cast<std::size_t>(std::stoul(std::string(step)));
          v = i < v->get_array().size() ? &v->get_array()[i] : nullptr;
        } else {
          v = v->is_object() ? v->get_object().if_contains(step) : nullptr;
        }
      }
      if (v == nullptr) return "-";
      return v->is_string() ? std::string(v->get_string()) : boost::json::serialize(*v);
    }
    std::size_t size(std::string_view member) const { return json.at(member).get_array().size(); }
    std::string code() const { return std::to_string(status) + " " + at("error.code"); }
  };

  explicit RestTradingTest(ExchangeOptions options = quiet_options()) : ExchangeTest(std::move(options)) {}

  Answer call(std::string_view key, std::string_view method, std::string_view target, std::string_view body = "") {
    EndpointRequest request;
    const std::string_view path = target.substr(0, target.find('?'));
    std::string_view query = path.size() == target.size() ? std::string_view() : target.substr(path.size() + 1);
    while (!query.empty()) {
      const std::string_view pair = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(query.size(), pair.size() + 1));
      const std::size_t equals = pair.find('=');
      request.query[std::string(pair.substr(0, equals))] = std::string(pair.substr(equals + 1));
    }
    const Endpoint<RestDoorContext>* endpoint = find(method, path, request);
    if (endpoint == nullptr) {
      ADD_FAILURE() << "no endpoint for " << method << " " << path;
      return {};
    }
    if (!body.empty()) request.body = boost::json::parse(body).as_object();
    for (const auto& [name, value] : request.query) EXPECT_TRUE(names(endpoint->query_names, name)) << name;
    for (const auto& member : request.body) EXPECT_TRUE(names(endpoint->body_names, member.key())) << member.key();
    request.caller = views::find_key(exchange.state(), key);
    request.context = from(key, Door::Rest);
    const HttpAnswer answer = endpoint->handle(door, request);
    return {answer.status, answer.body, answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body), endpoint};
  }
  Answer get(std::string_view key, std::string_view target) { return call(key, "GET", target); }
  Answer post(std::string_view key, std::string_view target, std::string_view body) { return call(key, "POST", target, body); }

  // A body of POST /margin/orders; `more` are further members, each with a comma before it.
  static std::string new_order(std::string_view id, std::string_view side, std::string_view count, std::string_view price,
                               std::string_view more = "", std::string_view tif = "good_till_canceled") {
    std::string body = R"({"ticker":"KXBTCPERP","client_order_id":")" + std::string(id) + R"(","side":")" + std::string(side);
    body += R"(","count":")" + std::string(count) + R"(","price":")" + std::string(price) + R"(","time_in_force":")" + std::string(tif);
    return body + R"(","self_trade_prevention_type":"taker_at_cross")" + std::string(more) + "}";
  }
  Answer place(std::string_view key, std::string_view id, std::string_view side, std::string_view count, std::string_view price,
               std::string_view more = "", std::string_view tif = "good_till_canceled") {
    return post(key, "/margin/orders", new_order(id, side, count, price, more, tif));
  }
  static constexpr const char* kIoc = "immediate_or_cancel";
  static constexpr const char* kFok = "fill_or_kill";
  static std::string order_path(const Answer& created, std::string_view tail = "") {
    return "/margin/orders/" + created["order_id"] + std::string(tail);
  }

  RestDoorContext door{exchange, [this] { return exchange.now(); }, std::chrono::milliseconds(0)};

 private:
  static bool names(std::string_view list, std::string_view name) {
    const std::string padded = " " + std::string(list) + " ";
    return padded.find(" " + std::string(name) + " ") != std::string::npos;
  }
  static std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> out;
    while (!path.empty()) {
      path.remove_prefix(1);
      out.push_back(path.substr(0, path.find('/')));
      path.remove_prefix(out.back().size());
    }
    return out;
  }
  static bool fits(std::string_view pattern, std::string_view path, EndpointRequest& request) {
    const auto want = segments(pattern), have = segments(path);
    if (want.size() != have.size()) return false;
    for (std::size_t i = 0; i < want.size(); ++i) {
      if (!want[i].starts_with('{') && want[i] != have[i]) return false;
    }
    for (std::size_t i = 0; i < want.size(); ++i) {
      if (want[i].starts_with('{')) request.path[std::string(want[i].substr(1, want[i].size() - 2))] = std::string(have[i]);
    }
    return true;
  }
  static const Endpoint<RestDoorContext>* find(std::string_view method, std::string_view path, EndpointRequest& request) {
    for (const auto table : {market_endpoints(), order_endpoints(), account_endpoints()}) {
      for (const Endpoint<RestDoorContext>& e : table) {
        if (e.method == method && fits(e.path, path, request)) return &e;
      }
    }
    return nullptr;
  }
};

}  // namespace marginfix::sim
