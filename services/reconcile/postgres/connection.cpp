#include "services/reconcile/postgres/connection.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::reconcile {

namespace {

constexpr int kLookAroundMs = 100;
constexpr std::chrono::milliseconds kConnectPatience{10'000};
// Found by the server within three seconds, whether the session is idle (keepalives) or has something in flight (the time-out).
constexpr std::array<std::pair<const char*, const char*>, 4> kTimeOuts{
    {{"tcp_keepalives_idle", "1"}, {"tcp_keepalives_interval", "1"}, {"tcp_keepalives_count", "2"}, {"tcp_user_timeout", "3000"}}};

// Of a text that is no UTF-8, byte by byte, in the last 256 characters there are.
constexpr std::string_view kMark = "\xf4\x8f";

void append_marked(std::string& out, char byte) {
  const auto value = static_cast<unsigned char>(byte);  // U+10FF00 + value: f4 8f b(c..f) xx
  out += kMark;
  out += static_cast<char>(0xbc + (value >> 6));
  out += static_cast<char>(0x80 + (value & 0x3f));
}

bool is_marked(const char* p, std::size_t size) {
  return size == 4 && std::string_view(p, 2) == kMark && static_cast<unsigned char>(p[2]) >= 0xbc;
}

struct Parameters {
  std::vector<std::string> kept;  // what the pointers point at
  std::vector<const char*> values;
  std::vector<int> sizes, formats;

  explicit Parameters(const std::vector<PgValue>& given) {
    kept.reserve(given.size());
    for (const PgValue& value : given) std::visit([this](const auto& one) { add(one); }, value);
  }
  explicit Parameters(const std::vector<std::string>& binary) {
    for (const std::string& value : binary) point_at(value, 1);
  }
  int count() const { return static_cast<int>(values.size()); }

 private:
  void point_at(const std::string& text, int format) {
    values.push_back(text.c_str());
    sizes.push_back(static_cast<int>(text.size()));
    formats.push_back(format);
  }
  void add(std::monostate) { values.push_back(nullptr), sizes.push_back(0), formats.push_back(0); }
  void add(std::int64_t value) { point_at(kept.emplace_back(std::to_string(value)), 0); }
  void add(const std::string& text) { is_pg_text(text) ? point_at(text, 0) : point_at(kept.emplace_back(to_pg_text(text)), 0); }
  void add(const PgBytes& bytes) { point_at(bytes.data, 1); }
};

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string decoded_bytes(std::string_view text) {
  std::string bytes;
  if (!text.starts_with("\\x")) return std::string(text);
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) bytes += static_cast<char>(hex_digit(text[i]) << 4 | hex_digit(text[i + 1]));
  return bytes;
}

constexpr Oid kBool = 16, kBytea = 17;

}  // namespace

bool is_pg_text(std::string_view text) noexcept {
  if (detail::printable_ascii(text.data(), text.size())) return true;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const std::size_t size = detail::next_character(p, end).size;
    if (size == 0 || *p == '\0' || is_marked(p, size)) return false;
    p += size;
  }
  return true;
}

std::string to_pg_text(std::string_view text) {
  std::string made;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const std::size_t size = detail::next_character(p, end).size;
    if (size == 0 || *p == '\0') {
      append_marked(made, *p++);
    } else if (is_marked(p, size)) {
      for (const char* const behind = p + size; p < behind;) append_marked(made, *p++);
    } else {
      made.append(p, size);
      p += size;
    }
  }
  return made;
}

std::string from_pg_text(std::string_view text) {
  std::string made;
  for (std::size_t at = 0;;) {
    const std::size_t mark = text.find(kMark, at);
    if (mark == std::string_view::npos || !is_marked(text.data() + mark, std::min<std::size_t>(4, text.size() - mark))) {
      const std::size_t to = mark == std::string_view::npos ? text.size() : mark + 1;
      made.append(text.substr(at, to - at));
      if (mark == std::string_view::npos) return made;
      at = to;
      continue;
    }
    made.append(text.substr(at, mark - at));
    made +=
        static_cast<char>((static_cast<unsigned char>(text[mark + 2]) - 0xbc) << 6 | (static_cast<unsigned char>(text[mark + 3]) & 0x3f));
    at = mark + 4;
  }
}

std::string pg_text(const PGresult* result, int row, int column) {
  const std::string_view text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
  if (PQftype(result, column) == kBytea) return decoded_bytes(text);
  return from_pg_text(text);
}

// Of a sum, too, which is of another type there and may be more than 64 bits have.
std::int64_t pg_integer(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return 0;
  const std::string_view text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
  if (PQftype(result, column) == kBool) return text == "t" ? 1 : 0;
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc() && end == text.data() + text.size()) return value;
  throw Exception(fail(ErrorCategory::store, "\"" + visible(text.substr(0, 60)) + "\" is no whole number of 64 bits"));
}

PgConnection::PgConnection(const PostgresAddress& address, PgOptions options) : address_(address), options_(std::move(options)) {
  try {
    open();
    set_up();
    check_time_outs();
    check_session();
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}

PgConnection::~PgConnection() { PQfinish(connection_); }

void PgConnection::open() {
  const std::string address(address_.address().reveal());
  // What stands before the address may be said otherwise in it, what stands behind it may not.
  const std::array<const char*, 10> names{"application_name", "connect_timeout",     "dbname",           "client_encoding",  "keepalives",
                                          "keepalives_idle",  "keepalives_interval", "keepalives_count", "tcp_user_timeout", nullptr};
  const std::array<const char*, 10> values{"marginfix", "3", address.c_str(), "UTF8", "1", "1", "1", "2", "3000", nullptr};
  connection_ = PQconnectStartParams(names.data(), values.data(), 1);
  if (connection_ == nullptr) throw Exception(fail(ErrorCategory::internal, "out of memory"));
  answer_by_ = monotonic_time() + (options_.patience.count() == 0 ? kConnectPatience : options_.patience);
  PostgresPollingStatusType status = PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
    wait(status == PGRES_POLLING_READING ? POLLIN : POLLOUT);
    status = PQconnectPoll(connection_);
  }
  if (status == PGRES_POLLING_FAILED)
    throw Exception(fail(ErrorCategory::connect, address_.masked(address_.shown() + ": " + visible(PQerrorMessage(connection_)))));
  PQsetnonblocking(connection_, 1);
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
}

void PgConnection::set_up() {
  std::string settings = "SET standard_conforming_strings = on; SET bytea_output = hex; SET jit = off; SET statement_timeout = 0";
  // Stronger than `on` may stay. Whatever the database's own default is, what a commit has told of is on its disk.
  settings += "; SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'";
  for (const auto& [name, value] : kTimeOuts) settings += std::string("; SET ") + name + " = " + value;
  settings += "; SET idle_in_transaction_session_timeout = " + std::to_string(options_.idle_in_transaction.count());
  if (!options_.search_path.empty()) settings += "; SET search_path = \"" + options_.search_path + "\"";
  settings += std::string("; SET default_transaction_isolation = ") + (options_.reads_only ? "'repeatable read'" : "'read committed'");
  settings += std::string("; SET default_transaction_read_only = ") + (options_.reads_only ? "on" : "off");
  execute(settings);
  const PgResult encoding = execute("SHOW server_encoding");
  if (pg_text(encoding.get(), 0, 0) != "UTF8") {
    throw Exception(fail(ErrorCategory::store, address_.shown() + ": the database's encoding is " + pg_text(encoding.get(), 0, 0) +
                                                   ", and must be UTF8: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"));
  }
}

void PgConnection::check_time_outs() {
  const PgResult commit = execute("SHOW synchronous_commit");
  const std::string durable = pg_text(commit.get(), 0, 0);
  if (durable != "on" && durable != "remote_apply")
    throw Exception(fail(ErrorCategory::store, address_.shown() + ": synchronous_commit is " + durable + " and cannot be set to on"));
  const char* const host = PQhost(connection_);
  if (host == nullptr || *host == '/' || *host == '\0') return;  // a local socket has none of them, and needs none
  for (const auto& [name, value] : kTimeOuts) {
    const PgResult shown = execute(std::string("SELECT setting FROM pg_settings WHERE name = '") + name + "'");
    const std::string there = PQntuples(shown.get()) == 1 ? pg_text(shown.get(), 0, 0) : "";
    if (there != value) {
      throw Exception(fail(ErrorCategory::store, address_.shown() + ": " + name + " is \"" + there + "\" and cannot be set to " + value +
                                                     ": a connection that was cut would be held for minutes"));
    }
  }
}

// One session over all transactions: what was set stays set, and what is locked is ours. With a pooler between, the session must stay where
// it is while somebody else takes one.
void PgConnection::check_session() {
  const auto process = [](PgConnection& of) {
    of.execute("BEGIN");
    const PgResult told =
        of.execute("SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    of.server_process_start_ = pg_integer(told.get(), 0, 1);
    of.execute("COMMIT");
    return static_cast<int>(pg_integer(told.get(), 0, 0));
  };
  server_process_ = process(*this);
  bool same = process(*this) == server_process_;
  if (same && server_process_ != PQbackendPID(connection_)) {
    PGconn* const mine = std::exchange(connection_, nullptr);
    PgResult other_began;
    try {
      open();
      other_began = execute("BEGIN");
    } catch (const Exception&) {
      other_began.reset();  // it gives out no more sessions: then nobody else can get ours
    }
    PGconn* const other = std::exchange(connection_, mine);
    try {
      same = process(*this) == server_process_;
    } catch (...) {
      PQfinish(other);
      throw;
    }
    PQfinish(other);
  }
  if (same) return;
  throw Exception(fail(ErrorCategory::store,
                       address_.shown() + ": session pooling needed: the pooler between hands out another session with each transaction " +
                           "(pgbouncer: pool_mode = session), or connect without one"));
}

void PgConnection::lose(std::string_view what, std::string why) {
  lost_ = true;
  while (!why.empty() && (why.back() == '\n' || why.back() == ' ')) why.pop_back();
  Error error = fail(ErrorCategory::store, address_.masked(address_.shown() + ": " + std::string(what) + ": " + visible(why)));
  error.code = "connection_lost";
  error.may_have_been_sent = true;
  throw Exception(std::move(error));
}

void PgConnection::fail_with(const PGresult* result, std::string_view what) {
  const char* const state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || PQstatus(connection_) == CONNECTION_BAD)
    lose(what.substr(0, 100), primary != nullptr ? primary : PQerrorMessage(connection_));
  Error error = fail(ErrorCategory::store,
                     address_.masked(std::string(what.substr(0, 300)) + ": " + visible(primary == nullptr ? "no reason" : primary)));
  error.code = state;
  if (error.code == "53100") {
    error.code = "disk_full";
    error.message += " (the database's disk is full: make room; nothing is lost)";
  }
  throw Exception(std::move(error));
}

void PgConnection::wait(short events) {
  pollfd one{PQsocket(connection_), events, 0};
  for (;;) {
    const int ready = ::poll(&one, 1, kLookAroundMs);
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) lose("waiting", std::strerror(errno));
    if (options_.given_up != nullptr && options_.given_up->load()) lose("waiting", "the wait was given up");
    if (answer_by_ != std::chrono::nanoseconds(0) && monotonic_time() >= answer_by_) lose("waiting", "no answer in time");
  }
}

void PgConnection::flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) return;
    if (left < 0) lose("sending", PQerrorMessage(connection_));
    wait(POLLIN | POLLOUT);
    if (PQconsumeInput(connection_) == 0) lose("reading", PQerrorMessage(connection_));
  }
}

// The last result of a command; the first one that failed is thrown.
PgResult PgConnection::finish(std::string_view what) {
  flush();
  PgResult last, failed;
  for (;;) {
    while (PQisBusy(connection_) != 0) {
      wait(POLLIN);
      if (PQconsumeInput(connection_) == 0) lose(what.substr(0, 100), PQerrorMessage(connection_));
    }
    PgResult one(PQgetResult(connection_));
    if (!one) break;
    const ExecStatusType status = PQresultStatus(one.get());
    if (status == PGRES_COPY_IN) return one;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
      if (!failed) failed = std::move(one);
    } else {
      last = std::move(one);
    }
  }
  if (failed || !last) fail_with(failed.get(), what);
  return last;
}

void PgConnection::begin_command() {
  if (lost_) lose("it was lost before", "");
  answer_by_ = options_.patience.count() == 0 ? std::chrono::nanoseconds(0) : monotonic_time() + options_.patience;
}

PgResult PgConnection::answer(int sent, std::string_view what) {
  if (sent == 0) lose(what.substr(0, 100), PQerrorMessage(connection_));
  return finish(what);
}

PgResult PgConnection::execute(std::string_view sql) {
  begin_command();
  const std::string text(sql);
  return answer(PQsendQuery(connection_, text.c_str()), sql);
}

PgResult PgConnection::execute(std::string_view sql, const std::vector<PgValue>& values) {
  begin_command();
  const std::string text(sql);
  const Parameters p(values);
  return answer(PQsendQueryParams(connection_, text.c_str(), p.count(), nullptr, p.values.data(), p.sizes.data(), p.formats.data(), 0),
                sql);
}

void PgConnection::prepare(const std::string& name, std::string_view sql) {
  begin_command();
  const std::string text(sql);
  answer(PQsendPrepare(connection_, name.c_str(), text.c_str(), 0, nullptr), sql);
}

PgResult PgConnection::execute_prepared(const std::string& name, std::string_view sql, const std::vector<PgValue>& values) {
  begin_command();
  const Parameters p(values);
  return answer(PQsendQueryPrepared(connection_, name.c_str(), p.count(), p.values.data(), p.sizes.data(), p.formats.data(), 0), sql);
}

PgResult PgConnection::execute_binary(const std::string& name, std::string_view sql, const std::vector<std::string>& values) {
  begin_command();
  const Parameters p(values);
  return answer(PQsendQueryPrepared(connection_, name.c_str(), p.count(), p.values.data(), p.sizes.data(), p.formats.data(), 0), sql);
}

void PgConnection::copy_in(const std::string& sql, std::string_view bytes) {
  constexpr std::size_t kPiece = 1 << 16;
  execute(sql);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    const int taken = PQputCopyData(connection_, piece.data(), static_cast<int>(piece.size()));
    if (taken < 0) lose(sql, PQerrorMessage(connection_));
    if (taken == 0) {
      wait(POLLIN | POLLOUT);
      if (PQconsumeInput(connection_) == 0) lose(sql, PQerrorMessage(connection_));
      (void)PQflush(connection_);
      continue;
    }
    bytes.remove_prefix(piece.size());
  }
  while (PQputCopyEnd(connection_, nullptr) == 0) flush();
  finish(sql);
}

bool PgConnection::in_transaction() const noexcept {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool PgConnection::is_lost() const noexcept { return lost_ || PQstatus(connection_) != CONNECTION_OK; }

}  // namespace marginfix::reconcile
