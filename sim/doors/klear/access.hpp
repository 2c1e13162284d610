// The one Klear admin of a simulated exchange: made at the first start in its directory and kept (DIR/keys/klear.token, 0600).
// The access token is a secret: SecretString everywhere but in endpoints.json, where the contract wants it.
// Source: klear.md "Hosts and authentication"; design.md "Contract with other programs".
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "sim/doors/brake.hpp"
#include "sim/doors/http/endpoint_door.hpp"

namespace marginfix::sim {

struct KlearAccess {
  std::string admin_user_id;  // a UUID
  SecretString access_token;  // 64 hex digits
};
// Errors: config (the file cannot be read or written, or is not what it should be; the text says what to delete).
Result<KlearAccess> ensure_klear_access(const std::filesystem::path& dir);

// Nothing = welcome. A missing, malformed or wrong "Bearer <admin_user_id>:<access_token>" is a 401; both parts may have blanks around
// them. Takes the same time whatever part is wrong.
std::optional<HttpAnswer> check_bearer(const KlearAccess& access, std::string_view authorization);

// Who may use the Klear door: the admin, nobody else. No rate limit (none is documented).
class KlearGate final : public EndpointGate {
 public:
  // `brake` may be null: nobody is slowed down.
  explicit KlearGate(const KlearAccess& access, Brake* brake = nullptr) : access_(access), brake_(brake) {}
  std::optional<HttpReply> admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) override;
  void shape(HttpAnswer& answer) override;

 private:
  const KlearAccess& access_;
  Brake* brake_;
};

}  // namespace marginfix::sim
