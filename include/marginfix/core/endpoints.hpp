// endpoints.json of the simulated exchange: where its doors are and which accounts it has. Missing and unknown members are no errors.
// Source: design.md "Contract with other programs".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix {

// One entry of `accounts`. Paths are made absolute against the file's folder.
struct EndpointAccount {
  std::string name{};  // "alice", "alice-listener", "alice-dropcopy"
  std::string key_id{};
  std::string private_key_path{};
};

struct Endpoints {
  struct Fix {
    std::string host{};
    std::map<std::string, std::uint16_t> ports{};  // by TargetCompID: "KalshiNR" -> 40001; doors that do not exist are absent
    bool tls{true};
  };
  struct Klear {
    std::string url{}, admin_user_id{};
    SecretString access_token{};
  };
  std::optional<Fix> fix{};
  std::string rest{}, ws{};  // base URLs, empty where the door does not exist
  std::optional<Klear> klear{};
  std::string control{};         // base URL of the control port
  SecretString control_token{};  // what it wants as Authorization: Bearer
  std::string ca_file{};         // absolute; empty: the system's roots
  std::string quiet_market{};    // the market the house accounts leave alone
  std::vector<EndpointAccount> accounts{};

  // Error(config): unreadable file, no JSON, a member of the wrong type; the message names file and member.
  static Result<Endpoints> from_file(const std::string& path);
  static Result<Endpoints> from_json(std::string_view json, const std::string& base_folder);

  // Empty name: the first account. Error(config) lists the names there are.
  Result<EndpointAccount> account(std::string_view name = {}) const;
  // Null when there is no such account.
  const EndpointAccount* find(std::string_view name) const noexcept;
};

}  // namespace marginfix
