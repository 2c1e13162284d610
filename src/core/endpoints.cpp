// Reader of the simulator's endpoints.json. Only what is there and of the wrong type is an error.
#include "marginfix/core/endpoints.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "marginfix/core/home_path.hpp"

namespace marginfix {
namespace {

namespace json = boost::json;

Error wrong(std::string_view member, std::string_view wanted) {
  return fail(ErrorCategory::config, "endpoints: member \"" + std::string(member) + "\" is not " + std::string(wanted));
}

// Throws Error inside this file only: the reader below is a straight line of look-ups.
class Object {
 public:
  Object(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

  const json::value* find(std::string_view key) const {
    const json::value* const value = object_.if_contains(key);
    return value != nullptr && value->is_null() ? nullptr : value;
  }
  std::string text(std::string_view key) const {
    const json::value* const value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) throw wrong(path_ + std::string(key), "a string");
    return std::string(value->get_string());
  }
  bool flag(std::string_view key, bool otherwise) const {
    const json::value* const value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_bool()) throw wrong(path_ + std::string(key), "true or false");
    return value->get_bool();
  }
  const json::object* object(std::string_view key) const {
    const json::value* const value = find(key);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) throw wrong(path_ + std::string(key), "an object");
    return &value->get_object();
  }
  const json::object& raw() const { return object_; }

 private:
  const json::object& object_;
  std::string path_;
};

std::string absolute(const std::string& path, const std::string& base) {
  if (path.empty()) return {};
  return (std::filesystem::path(base) / path).lexically_normal().string();
}

Endpoints::Fix read_fix(const Object& object) {
  Endpoints::Fix fix;
  fix.host = object.text("host");
  fix.tls = object.flag("tls", true);
  for (const auto& member : object.raw()) {
    const std::string key(member.key());
    if (!key.starts_with("Kalshi") || member.value().is_null()) continue;
    const auto* const port = member.value().if_int64();
    if (port == nullptr || *port < 1 || *port > 65535) throw wrong("fix." + key, "a port");
    fix.ports[key] = static_cast<std::uint16_t>(*port);
  }
  return fix;
}

void read_accounts(const json::value& value, const std::string& base, Endpoints& out) {
  if (!value.is_array()) throw wrong("accounts", "an array");
  for (const json::value& item : value.get_array()) {
    if (!item.is_object()) throw wrong("accounts", "an array of objects");
    const Object object(item.get_object(), "accounts.");
    out.accounts.push_back({object.text("name"), object.text("key_id"), absolute(object.text("private_key_path"), base)});
  }
}

Endpoints read(const json::object& root, const std::string& base) {
  Endpoints out;
  const Object object(root, "");
  if (const auto* const fix = object.object("fix")) out.fix = read_fix(Object(*fix, "fix."));
  out.rest = object.text("rest");
  out.ws = object.text("ws");
  if (const auto* const found = object.object("klear")) {
    const Object klear(*found, "klear.");
    out.klear = Endpoints::Klear{klear.text("url"), klear.text("admin_user_id"), SecretString(klear.text("access_token"))};
  }
  out.control = object.text("control");
  out.control_token = SecretString(object.text("control_token"));
  out.ca_file = absolute(object.text("ca_file"), base);
  out.quiet_market = object.text("quiet_market");
  if (const auto* const accounts = object.find("accounts")) read_accounts(*accounts, base, out);
  return out;
}

}  // namespace

Result<Endpoints> Endpoints::from_json(std::string_view text, const std::string& base_folder) {
  boost::system::error_code problem;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), problem);
  if (problem) return fail(ErrorCategory::config, "endpoints: no JSON: " + problem.message());
  if (!root.is_object()) return fail(ErrorCategory::config, "endpoints: the JSON is no object");
  try {
    return read(root.get_object(), base_folder);
  } catch (const Error& error) {
    return error;
  }
}

Result<Endpoints> Endpoints::from_file(const std::string& path) {
  std::ifstream in(home_path(path), std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) return fail(ErrorCategory::config, "cannot read '" + path + "': is the simulator running, and is this its DIR/endpoints.json?");
  auto result = from_json(text.str(), std::filesystem::absolute(path).parent_path().string());
  if (result) return result;
  Error error = result.error();
  error.message = path + ": " + error.message;
  return error;
}

const EndpointAccount* Endpoints::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(accounts, name, &EndpointAccount::name);
  return found == accounts.end() ? nullptr : &*found;
}

Result<EndpointAccount> Endpoints::account(std::string_view name) const {
  if (accounts.empty()) return fail(ErrorCategory::config, "the endpoints list no accounts");
  if (name.empty()) return accounts.front();
  if (const EndpointAccount* const found = find(name)) return *found;
  std::string names;
  for (const EndpointAccount& account : accounts) names += (names.empty() ? "" : ", ") + account.name;
  return fail(ErrorCategory::config, "no account '" + std::string(name) + "': there are " + names);
}

}  // namespace marginfix
