// Every operation of the client's tables has its endpoint in the simulator: same method and path, same parameters, same members of the
// body, same cost, same authentication.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "marginfix/rest/operation.hpp"
#include "sim/doors/rest/account_endpoints.hpp"

namespace marginfix::sim {
namespace {

using Names = std::set<std::string>;

Names words(std::string_view list) {
  std::istringstream in{std::string(list)};
  Names out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}
Names names_of(const json::TypeInfo* type) {
  Names out;
  if (type != nullptr) {
    for (const json::FieldInfo& f : type->fields) out.insert(std::string(f.name));
  }
  return out;
}

class EndpointTables : public testing::TestWithParam<const rest::OperationInfo*> {
 protected:
  static const Endpoint<RestDoorContext>* endpoint_of(const rest::OperationInfo& info) {
    for (const auto table : {market_endpoints(), order_endpoints(), account_endpoints()}) {
      for (const auto& e : table) {
        if (e.method == to_string(info.method) && e.path == info.path) return &e;
      }
    }
    return nullptr;
  }
};

TEST_P(EndpointTables, AgreeWithTheOperation) {
  const rest::OperationInfo& info = *GetParam();
  const auto* endpoint = endpoint_of(info);
  ASSERT_NE(endpoint, nullptr) << to_string(info.method) << " " << info.path;
  EXPECT_EQ(endpoint->cost, info.cost);
  EXPECT_EQ(endpoint->cost_of != nullptr, info.cost_of != nullptr);
  EXPECT_EQ(endpoint->auth == EndpointAuth::Public, info.auth == rest::Auth::none);
  Names query = names_of(info.request);
  std::erase_if(query, [&](const std::string& name) { return info.path.find('{' + name + '}') != std::string_view::npos; });
  EXPECT_EQ(words(endpoint->query_names), query);
  EXPECT_EQ(words(endpoint->body_names), names_of(info.body));
}

std::string name_of(const testing::TestParamInfo<const rest::OperationInfo*>& info) { return std::string(info.param->operation_id); }
INSTANTIATE_TEST_SUITE_P(Operations, EndpointTables, testing::ValuesIn(rest::perps_operations()), name_of);

TEST(EndpointTables, HoldNothingElse) {
  std::set<std::pair<std::string_view, std::string_view>> known, seen;
  for (const auto* info : rest::perps_operations()) known.emplace(to_string(info->method), info->path);
  for (const auto table : {market_endpoints(), order_endpoints(), account_endpoints()}) {
    for (const auto& e : table) {
      EXPECT_TRUE(known.contains({e.method, e.path})) << e.method << " " << e.path;
      EXPECT_TRUE(seen.emplace(e.method, e.path).second) << "twice: " << e.method << " " << e.path;
    }
  }
}

}  // namespace
}  // namespace marginfix::sim
