// Endpoints behind an HTTP server: finds the endpoint of a request, checks everything that is the same for all of them, calls the
// handler inside a turn of the engine. One object a door (REST, Klear).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/doors/http/faults.hpp"
#include "sim/doors/http/message.hpp"
#include "sim/doors/http/router.hpp"
#include "sim/doors/http/server.hpp"

namespace marginfix::sim {

// An Endpoint without the type of its door.
struct EndpointEntry {
  std::string_view method, path;
  EndpointAuth auth{EndpointAuth::Public};
  int cost{0};
  int (*cost_of)(const EndpointRequest&){nullptr};
  std::string_view query_names, body_names;
  std::function<HttpAnswer(EndpointRequest&)> handle;
  std::string_view content_type{};  // of a 200; "" = JSON
  bool by_shard{false};             // spends the write bucket of the market that the body's `ticker` names
};

// `names` as in Endpoint: blank-separated.
bool names_hold(std::string_view names, std::string_view name);

// Who may come in. The query is parsed, the body is not, when admit() is called; confine() comes after everything else.
class EndpointGate {
 public:
  virtual ~EndpointGate() = default;
  // Credentials, scope, rate limit; sets caller and context. A reply refuses.
  virtual std::optional<HttpReply> admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) = 0;
  // Keeps a key to what it is bound to.
  virtual std::optional<HttpAnswer> confine(const EndpointEntry& /*endpoint*/, EndpointRequest& /*request*/) { return std::nullopt; }
  // The last word on every answer of the door: Klear's errors have another shape than those of the shared checks.
  virtual void shape(HttpAnswer& /*answer*/) {}
};

class EndpointDoor final : public HttpHandler {
 public:
  struct Turn {
    std::function<void()> begin;                                        // engine to the present; may throw
    std::function<void()> end;                                          // what was done is on disk; may throw
    std::function<void()> after;                                        // always; must not throw
    std::function<void(const Error&)> unwritten = [](const Error&) {};  // what begin, the handler or end threw; answered 503
  };
  EndpointDoor(std::string base, EndpointGate& gate, Turn turn)
      : router_(base), base_(std::move(base)), gate_(gate), turn_(std::move(turn)) {}

  // `context` must outlive the door.
  template <class DoorContext>
  void add(std::span<const Endpoint<DoorContext>> table, DoorContext& context) {
    for (const Endpoint<DoorContext>& e : table) {
      add({e.method,
           e.path,
           e.auth,
           e.cost,
           e.cost_of,
           e.query_names,
           e.body_names,
           [&context, handle = e.handle](EndpointRequest& request) { return handle(context, request); },
           {},
           e.by_shard});
    }
  }
  void add(EndpointEntry endpoint);
  HttpFaults& faults() noexcept { return faults_; }

  HttpReply on_request(const HttpRequest& request) override;

 private:
  HttpReply serve(const HttpRequest& request);
  HttpReply call(const EndpointEntry& endpoint, EndpointRequest& request);

  Router router_;
  std::string base_;
  EndpointGate& gate_;
  Turn turn_;
  std::vector<EndpointEntry> endpoints_;
  HttpFaults faults_;
};

}  // namespace marginfix::sim
