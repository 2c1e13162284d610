#include <libpq-fe.h>

#include <memory>
#include <string>

#include "services/reconcile/postgres/address.hpp"

namespace marginfix::reconcile {

namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

std::string option(const PQconninfoOption* options, std::string_view name) {
  for (const PQconninfoOption* one = options; one->keyword != nullptr; ++one) {
    if (name == one->keyword) return one->val == nullptr ? std::string() : std::string(one->val);
  }
  return {};
}

// A password that is not encoded as it should be may be taken for a part of the others.
bool holds_no_password(const std::string& host, const std::string& port, const std::string& database) {
  return (host + database).find('@') == std::string::npos && port.find_first_not_of("0123456789,") == std::string::npos;
}

}  // namespace

Result<PostgresAddress> PostgresAddress::parse(std::string_view address) {
  const std::string text(address);
  char* said = nullptr;  // repeats the address, password and all
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(is_postgres_address(text) ? PQconninfoParse(text.c_str(), &said) : nullptr);
  PQfreemem(said);
  if (!options || !holds_no_password(option(options.get(), "host"), option(options.get(), "port"), option(options.get(), "dbname"))) {
    return fail(ErrorCategory::config,
                "the storage's address cannot be read: it is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for @, %3A for : and "
                "%2F for / in the password");
  }
  PostgresAddress made;
  made.address_ = SecretString(text);
  made.password_ = SecretString(option(options.get(), "password"));
  const auto [begin, size] = password_place(address);
  made.written_password_ = SecretString(std::string(address.substr(begin, size)));
  const std::string user = option(options.get(), "user"), port = option(options.get(), "port");
  made.shown_ = "postgresql://" + (user.empty() ? "" : user + "@") + option(options.get(), "host") + (port.empty() ? "" : ":" + port) +
                "/" + option(options.get(), "dbname");
  return made;
}

}  // namespace marginfix::reconcile
