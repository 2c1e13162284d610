#include "services/reconcile/folder/postgres_writer.hpp"

#include <algorithm>
#include <utility>

#include "services/reconcile/folder/applier.hpp"
#include "services/reconcile/folder/audit_table.hpp"
#include "services/reconcile/journal/journal_scan.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"

namespace marginfix::reconcile {

namespace {

// A value of PostgreSQL holds less than a record may; and a reader needs a piece in memory.
constexpr std::size_t kPiece = std::size_t{4} << 20;

// Bytes of the journal that are not in the table yet.
class JournalTable {
 public:
  explicit JournalTable(Storage& storage) : storage_(storage), end_(journal_position_of(storage)) {
    StatementGuard s(storage.statement("SELECT begins + octet_length(bytes), received FROM journal ORDER BY begins DESC LIMIT 1"));
    const bool some = s->step();
    if ((some ? s->integer(0) : 0) != end_.offset)
      throw Exception(fail(ErrorCategory::store, "journal and ledger are not of one service: the journal ends at byte " +
                                                     std::to_string(some ? s->integer(0) : 0) + ", and the ledger stands at byte " +
                                                     std::to_string(end_.offset)));
    if (some) received_ = Timestamp(std::chrono::microseconds(s->integer(1)));
    written_ = end_;
  }

  // `record.received` becomes at least that of the record before: an instance's clock may be behind its predecessor's.
  const JournalPosition& append(Record& record) {
    if (end_.offset == 0) begin();
    record.received = received_ = std::max(received_, record.received);
    const std::size_t at = bytes_.size();
    encode_record(record, bytes_);
    end_.hash = sha_.of(as_bytes(end_.hash), std::string_view(bytes_).substr(at));
    bytes_ += as_bytes(end_.hash);
    end_.offset += static_cast<std::int64_t>(bytes_.size() - at);
    return end_;
  }
  // In the transaction of what the records come to.
  void write() {
    for (std::size_t at = 0; at < bytes_.size(); at += kPiece) {
      JournalPieceRow row{written_.offset + static_cast<std::int64_t>(at), received_, {bytes_.substr(at, kPiece)}};
      if (!insert(storage_, row))
        throw Exception(fail(ErrorCategory::internal, "the journal has something at byte " + std::to_string(row.begins) + " already"));
    }
  }
  void written() {
    bytes_.clear();
    written_ = end_;
    written_received_ = received_;
  }
  void discard() {
    bytes_.clear();
    end_ = written_;
    received_ = written_received_;
  }

 private:
  void begin() {
    bytes_ = journal_header();
    end_.offset = kJournalBegin;
    std::copy(bytes_.end() - static_cast<std::ptrdiff_t>(end_.hash.size()), bytes_.end(), end_.hash.begin());
  }

  Storage& storage_;
  JournalPosition end_, written_;
  Timestamp received_{}, written_received_{};
  std::string bytes_;
  Sha256 sha_;
};

struct Asked {
  std::vector<std::string> ids;
  std::vector<Record> records;
};

class PostgresWriter final : public LedgerWriter {
 public:
  PostgresWriter(std::unique_ptr<PostgresStorage> storage, std::string dir)
      : storage_(std::move(storage)), dir_(std::move(dir)), audit_(*storage_), journal_(*storage_), applier_(*storage_, audit_) {}

  Result<void> write(const std::vector<Record>& batch) override {
    if (!storage_) return fail(ErrorCategory::closed, "the writer has been closed");
    try {
      Asked asked = inbox();
      if (batch.empty() && asked.records.empty()) return {};
      std::vector<Record> records = batch;
      std::ranges::move(asked.records, std::back_inserter(records));
      applier_.read_ahead(records);
      for (Record& record : records) {
        const JournalPosition& end = journal_.append(record);
        applier_.add(record, end);
      }
      journal_.write();
      for (const std::string& id : asked.ids) {
        StatementGuard s(storage_->statement("DELETE FROM inbox WHERE id = $1"));
        s->bind(0, std::string_view(id));
        s->step();
      }
      applier_.commit();
      journal_.written();
      return {};
    } catch (const Exception& e) {
      return undone(e.error());
    } catch (const std::exception& e) {
      return undone(fail(ErrorCategory::internal, e.what()));
    }
  }
  Storage& storage() noexcept override { return *storage_; }
  void checkpoint() override {}
  Result<void> close() override {
    applier_.roll_back();
    storage_.reset();
    return {};
  }
  const std::string& dir() const noexcept override { return dir_; }
  std::int64_t cut_bytes() const noexcept override { return 0; }

 private:
  // What others ask for; taken out in the transaction that does it.
  Asked inbox() {
    Asked asked;
    StatementGuard s(storage_->statement("SELECT id, body FROM inbox ORDER BY written LIMIT 100"));
    while (s->step()) {
      asked.ids.emplace_back(s->text(0));
      asked.records.push_back({RecordKind::decision, Source::listener, system_clock().now(), {}, std::string(s->text(1))});
    }
    return asked;
  }
  Error undone(Error error) {
    journal_.discard();
    applier_.roll_back();
    return error;
  }

  std::unique_ptr<PostgresStorage> storage_;
  std::string dir_;
  AuditTable audit_;
  JournalTable journal_;
  Applier applier_;
};

}  // namespace

Result<std::unique_ptr<LedgerWriter>> open_leading_writer(const PostgresAddress& address, Lead& lead, const std::string& dir) {
  auto storage = PostgresStorage::open(address, lead);
  if (!storage) return storage.error();
  try {
    return std::unique_ptr<LedgerWriter>(std::make_unique<PostgresWriter>(*std::move(storage), dir));
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace marginfix::reconcile
