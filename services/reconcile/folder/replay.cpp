#include "services/reconcile/replay.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/memory_ledger.hpp"
#include "services/reconcile/folder/postgres_writer.hpp"
#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kCopyAtOnce = 1 << 20;
constexpr std::size_t kRecordsAtOnce = 4096;

Replayed replayed_of(const JournalEnd& end, Storage& storage) {
  Replayed made;
  made.records = end.records;
  made.journal_bytes = end.position.offset;
  made.unfinished_bytes = end.unfinished_bytes;
  made.audit_lines = audit_position_of(storage).lines;
  made.digest = digest_of(storage);
  return made;
}

Result<Replayed> replay_in_memory(const std::string& journal) {
  AuditCount audit;
  MemoryLedger ledger(audit);
  ledger.forget_outbox(std::numeric_limits<std::int64_t>::max());
  const auto end = read_journal(journal, {}, [&](const Record& record, const JournalPosition& at) { ledger.add(record, at); });
  if (!end) return end.error();
  ledger.commit();
  return replayed_of(*end, ledger.storage());
}

Result<void> copy_bytes(const std::string& from, const std::string& to, std::int64_t size) {
  const auto source = File::open(from, O_RDONLY);
  if (!source) return source.error();
  auto target = File::open(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!target) return target.error();
  std::string block;
  for (std::int64_t at = 0; at < size; at += kCopyAtOnce) {
    block.resize(static_cast<std::size_t>(std::min(kCopyAtOnce, size - at)));
    if (const auto read = source->read(block.data(), block.size(), at); !read) return read.error();
    if (auto written = target->write(block, at); !written) return written;
  }
  return target->sync();
}

bool holds_something(const std::string& dir) {
  const auto there = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
  return there(journal_path(dir)) || there(ledger_path(dir)) || there(audit_path(dir));
}

Result<Replayed> replay_into_folder(const std::string& journal, const std::string& dir) {
  if (holds_something(dir))
    return fail(ErrorCategory::store, dir + " holds a journal, a ledger or an audit already: give a folder that does not");
  const auto end = read_journal(journal, {}, {});  // before anything is made of it
  if (!end) return end.error();
  if (auto made = make_service_folder(dir); !made) return made.error();
  if (auto copied = copy_bytes(journal, journal_path(dir), end->position.offset); !copied) return copied.error();
  auto writer = LedgerWriter::open(dir);
  if (!writer) return writer.error();
  const Replayed made = replayed_of(*end, (*writer)->storage());
  if (auto closed = (*writer)->close(); !closed) return closed.error();
  return made;
}

Result<std::unique_ptr<Lead>> lead_of(const PostgresAddress& address, const std::string& service) {
  auto candidate = LeadCandidate::open(address, {service, "replay", {}, {}});
  if (!candidate) return candidate.error();
  auto lead = (*candidate)->try_take();
  if (!lead || *lead) return lead;
  return fail(ErrorCategory::store, "an instance of service " + service + " leads in " + address.shown() + ": end that one first");
}

Result<Replayed> replay_with(const PostgresAddress& address, Lead& lead, const std::string& journal, const std::string& dir) {
  const auto whole = read_journal(journal, {}, {});  // before anything is made of it
  if (!whole) return whole.error();
  auto writer = open_leading_writer(address, lead, dir);
  if (!writer) return writer.error();
  std::vector<Record> batch;
  const auto write = [&] {
    (*writer)->write(batch).value();
    batch.clear();
  };
  const auto end = read_journal(journal, journal_position_of((*writer)->storage()), [&](const Record& record, const JournalPosition&) {
    batch.push_back(record);
    if (batch.size() == kRecordsAtOnce) write();
  });
  if (!end) return end.error();
  write();
  Replayed made = replayed_of(*whole, (*writer)->storage());
  if (journal_position_of((*writer)->storage()) != end->position)
    return fail(ErrorCategory::store, "the ledger in " + address.shown() + " is not made of this journal alone");
  return made;
}

}  // namespace

Result<Replayed> replay_into_postgres(const std::string& journal, const LedgerPlace& place) {
  const auto address = PostgresAddress::parse(place.storage);
  if (!address) return address.error();
  try {
    auto lead = lead_of(*address, place.service.empty() ? "main" : place.service);
    if (!lead) return lead.error();
    return replay_with(*address, **lead, journal, place.dir);
  } catch (const Exception& e) {
    return e.error();
  }
}

Result<Replayed> replay(const std::string& journal, const std::string& dir) {
  try {
    return dir.empty() ? replay_in_memory(journal) : replay_into_folder(journal, dir);
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace marginfix::reconcile
