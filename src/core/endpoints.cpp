// Reader of the simulator's endpoints.json. Only what is there and of the wrong type is an error.
#include "marginfix/core/endpoints.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "marginfix/core/home_path.hpp"
#include "src/core/small_json.hpp"

namespace marginfix {
namespace {

using Json = detail::SmallJson;

Error wrong(std::string_view member, std::string_view wanted) {
  return fail(ErrorCategory::config, "endpoints: member \"" + std::string(member) + "\" is not " + std::string(wanted));
}

// Throws Error inside this file only: the reader below is a straight line of look-ups.
class Object {
 public:
  Object(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  // Null: it is not there, or is null, or is of another kind, which is an error.
  const Json* find(std::string_view key, Json::Kind kind, std::string_view wanted) const {
    const Json* const value = object_.find(key);
    if (value == nullptr || value->kind == Json::Kind::null) return nullptr;
    if (value->kind != kind) throw wrong(path_ + std::string(key), wanted);
    return value;
  }
  std::string text(std::string_view key) const {
    const Json* const value = find(key, Json::Kind::string, "a string");
    return value == nullptr ? std::string{} : value->text;
  }
  bool flag(std::string_view key, bool otherwise) const {
    const Json* const value = find(key, Json::Kind::boolean, "true or false");
    return value == nullptr ? otherwise : value->truth;
  }
  const Json* object(std::string_view key) const { return find(key, Json::Kind::object, "an object"); }
  const Json* array(std::string_view key) const { return find(key, Json::Kind::array, "an array"); }
  const Json& raw() const { return object_; }

 private:
  const Json& object_;
  std::string path_;
};

std::string absolute(const std::string& path, const std::string& base) {
  if (path.empty()) return {};
  return (std::filesystem::path(base) / path).lexically_normal().string();
}

std::uint16_t read_port(const std::string& key, const Json& value) {
  std::uint16_t port = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, problem] = std::from_chars(value.text.data(), end, port);
  if (value.kind != Json::Kind::number || problem != std::errc{} || stop != end || port == 0) throw wrong("fix." + key, "a port");
  return port;
}

Endpoints::Fix read_fix(const Object& object) {
  Endpoints::Fix fix;
  fix.host = object.text("host");
  fix.tls = object.flag("tls", true);
  const Json& members = object.raw();
  for (std::size_t i = 0; i < members.names.size(); ++i) {
    const std::string& key = members.names[i];
    if (key.starts_with("Kalshi") && members.items[i].kind != Json::Kind::null) fix.ports[key] = read_port(key, members.items[i]);
  }
  return fix;
}

void read_accounts(const Json& accounts, const std::string& base, Endpoints& out) {
  for (const Json& item : accounts.items) {
    if (item.kind != Json::Kind::object) throw wrong("accounts", "an array of objects");
    const Object object(item, "accounts.");
    out.accounts.push_back({object.text("name"), object.text("key_id"), absolute(object.text("private_key_path"), base)});
  }
}

Endpoints read(const Json& root, const std::string& base) {
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
  if (const auto* const accounts = object.array("accounts")) read_accounts(*accounts, base, out);
  return out;
}

}  // namespace

Result<Endpoints> Endpoints::from_json(std::string_view text, const std::string& base_folder) {
  const auto root = Json::parse(text);
  if (!root) return fail(ErrorCategory::config, "endpoints: no JSON: " + root.error().message);
  if (root->kind != Json::Kind::object) return fail(ErrorCategory::config, "endpoints: the JSON is no object");
  try {
    return read(*root, base_folder);
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
