#include "sim/endpoints.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "sim/keys/keys.hpp"

namespace marginfix::sim {

const KeyEntry* Endpoints::find(std::string_view name) const {
  for (const KeyEntry& entry : accounts) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string to_json(const Endpoints& endpoints) {
  boost::json::object fix;
  fix["host"] = endpoints.host;
  fix["KalshiNR"] = endpoints.ports.nr;
  fix["KalshiRT"] = endpoints.ports.rt;
  fix["KalshiDC"] = endpoints.ports.dc;
  fix["KalshiMD"] = endpoints.ports.md;
  fix["tls"] = endpoints.tls;
  boost::json::array accounts;
  for (const KeyEntry& entry : endpoints.accounts) {
    boost::json::object account;
    account["name"] = entry.name;
    account["key_id"] = entry.key_id;
    account["private_key_path"] = entry.private_key_path;
    accounts.push_back(std::move(account));
  }
  boost::json::object root;
  root["fix"] = std::move(fix);
  if (!endpoints.rest_url.empty()) root["rest"] = endpoints.rest_url;
  if (!endpoints.ws_url.empty()) root["ws"] = endpoints.ws_url;
  if (!endpoints.klear.url.empty()) {
    boost::json::object klear;
    klear["url"] = endpoints.klear.url;
    klear["admin_user_id"] = endpoints.klear.admin_user_id;
    klear["access_token"] = endpoints.klear.access_token.reveal();
    root["klear"] = std::move(klear);
  }
  root["control"] = endpoints.control_url;
  root["control_token"] = endpoints.control_token.reveal();
  root["ca_file"] = endpoints.ca_file;
  root["quiet_market"] = endpoints.quiet_market;
  root["accounts"] = std::move(accounts);
  return boost::json::serialize(root) + "\n";
}

// For its owner only: the access token of the clearing-member API and the control port's stand in it.
Result<void> write_endpoints(const std::filesystem::path& dir, const Endpoints& endpoints) {
  return write_file(dir / "endpoints.json", to_json(endpoints), true);
}

}  // namespace marginfix::sim
