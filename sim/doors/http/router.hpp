// Which endpoint a request is for. A literal path segment wins over {name}, whatever the method: /margin/order_groups/create is no
// group id (rest-perps.md "What a server must do"). Paths are case-sensitive and have no trailing slash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace marginfix::sim {

struct RouteMatch {
  enum class Kind : std::uint8_t {
    Found,
    NotFound,
    WrongMethod,  // `allow` says which there are
    Malformed     // broken percent-encoding
  };
  Kind kind{Kind::NotFound};
  std::size_t index{0};                                  // number of the route, in the order of adding
  std::map<std::string, std::string, std::less<>> path;  // {name} -> decoded text
  std::string allow;                                     // "GET, POST"
};

class Router {
 public:
  // "/trade-api/v2"; requests outside it are NotFound.
  explicit Router(std::string base) : base_(std::move(base)) {}
  // `path` as in Endpoint: "/margin/markets/{ticker}". Must stay valid.
  void add(std::string_view method, std::string_view path);
  RouteMatch find(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::string_view method;
    std::string_view path;
    std::vector<std::string_view> segments;
  };
  const Route* best(const std::vector<std::string>& segments) const;
  std::string base_;
  std::vector<Route> routes_;
};

}  // namespace marginfix::sim
