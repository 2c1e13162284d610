#include "apps/demo/truth.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace marginfix::apps {

namespace {
namespace json = boost::json;

// A list of objects as a sum of one member by order_id.
Result<void> add_by_order(const json::array& list, const char* member, std::map<std::string, FixedPointCount>& to) {
  for (const json::value& entry : list) {
    const json::object& object = entry.as_object();
    const json::string& text = object.at(member).as_string();
    const auto quantity = FixedPointCount::parse(std::string_view(text.data(), text.size()));
    if (!quantity) return quantity.error();
    to[std::string(object.at("order_id").as_string())] += *quantity;
  }
  return {};
}

Result<Truth> truth_of(const json::object& account) {
  Truth truth;
  truth.orders = account.at("new_orders").to_number<std::uint64_t>();
  truth.fills = account.at("fills").to_number<std::uint64_t>();
  truth.reports = account.at("exec_ids").as_array().size();
  for (const json::value& entry : account.at("positions").as_array()) {
    const json::object& position = entry.as_object();
    const json::string& text = position.at("position").as_string();
    const auto net = FixedPointCount::parse(std::string_view(text.data(), text.size()));
    if (!net) return net.error();
    FixedPointCount& sum = truth.positions[std::string(position.at("ticker").as_string())];
    sum += *net;
  }
  if (const auto added = add_by_order(account.at("orders").as_array(), "remaining_count", truth.open); !added) return added.error();
  if (const auto added = add_by_order(account.at("fill_list").as_array(), "count", truth.filled); !added) return added.error();
  return truth;
}
}  // namespace

Result<Truth> read_truth(const std::string& state_json, const std::string& account) {
  try {
    const json::value state = json::parse(state_json);
    for (const json::value& entry : state.at("accounts").as_array()) {
      if (entry.at("name").as_string() == account) return truth_of(entry.as_object());
    }
  } catch (const std::exception& error) {
    return fail(ErrorCategory::decode, std::string("the exchange's state cannot be read: ") + error.what());
  }
  return fail(ErrorCategory::config, "the exchange has no account " + account);
}

}  // namespace marginfix::apps
