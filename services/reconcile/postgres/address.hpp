// Where a PostgreSQL is: what `--storage postgresql://...` says. The password is kept apart: no text of ours ever holds it.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix::reconcile {

// Whether it begins as such an address does.
bool is_postgres_address(std::string_view storage) noexcept;

class PostgresAddress {
 public:
  // What libpq takes: postgresql://USER@HOST:PORT/DATABASE?name=value. Error(config): it is none (the text does not repeat it), or this
  // program was built without PostgreSQL.
  static Result<PostgresAddress> parse(std::string_view address);

  // For people: without the password, and without what stands behind the question mark.
  const std::string& shown() const noexcept { return shown_; }
  // Any text, with the password as "***".
  std::string masked(std::string text) const;
  // For libpq alone.
  const SecretString& address() const noexcept { return address_; }

 private:
  SecretString address_;
  SecretString password_, written_password_;  // decoded, and as it stands in the address
  std::string shown_;
};

// The address with its password as "***", whatever it is; for texts about arguments.
std::string masked_address(std::string_view address);
// Where its password stands in it: begin and size; size 0: it has none.
std::pair<std::size_t, std::size_t> password_place(std::string_view address) noexcept;

}  // namespace marginfix::reconcile
