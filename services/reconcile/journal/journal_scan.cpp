#include "services/reconcile/journal/journal_scan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kHashBytes = 32;
constexpr std::int64_t kLengthBytes = 4;
constexpr std::int64_t kFixedBytes = 1 + 1 + 8 + 2;  // kind, source, received, length of account
constexpr std::int64_t kMostBody = std::int64_t{1} << 30;
constexpr std::int64_t kMostBytes = kFixedBytes + std::numeric_limits<std::uint16_t>::max() + kMostBody;
constexpr std::int64_t kReadAtOnce = 1 << 20;

template <class T>
void put_little_endian(std::string& out, T value) {
  using Unsigned = std::make_unsigned_t<T>;
  auto left = static_cast<Unsigned>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out += static_cast<char>(static_cast<unsigned char>(left & 0xFF));
    if constexpr (sizeof(T) > 1) left = static_cast<Unsigned>(left >> 8);
  }
}

template <class T>
T little_endian(std::string_view bytes, std::size_t at) {
  using Unsigned = std::make_unsigned_t<T>;
  Unsigned value{0};
  for (std::size_t i = sizeof(T); i-- > 0;) {
    if constexpr (sizeof(T) > 1) value = static_cast<Unsigned>(value << 8);
    value = static_cast<Unsigned>(value | static_cast<unsigned char>(bytes[at + i]));
  }
  return static_cast<T>(value);
}

// Spares hashing what only by chance looks like a record.
bool is_known(std::string_view bytes) {
  const auto kind = static_cast<RecordKind>(static_cast<unsigned char>(bytes[4]));
  return to_string(kind) != "?" && static_cast<unsigned char>(bytes[5]) < kSources;
}

std::string at_byte(std::int64_t offset) { return "journal: byte " + std::to_string(offset); }

Record decode_record(std::string_view bytes) {
  Record record;
  record.kind = static_cast<RecordKind>(static_cast<unsigned char>(bytes[4]));
  record.source = static_cast<Source>(static_cast<unsigned char>(bytes[5]));
  record.received = Timestamp(std::chrono::microseconds(little_endian<std::int64_t>(bytes, 6)));
  const std::size_t account = little_endian<std::uint16_t>(bytes, 14);
  record.account = bytes.substr(16, account);
  record.body = bytes.substr(16 + account);
  return record;
}

Result<void> check_begin(const File& file, JournalPosition from, std::int64_t size) {
  std::string begin(static_cast<std::size_t>(kJournalBegin), '\0');
  const auto read = file.read(begin.data(), begin.size(), 0);
  if (!read) return read.error();
  if (*read != begin.size() || begin != journal_header())
    return fail(ErrorCategory::store, at_byte(0) + ": not the beginning of a journal of this version", file.path());
  if (from.offset == 0) return {};
  if (from.offset > size)
    return fail(ErrorCategory::store,
                at_byte(size) + ": it ends here, and the ledger has what it said up to byte " + std::to_string(from.offset), file.path());
  std::string hash(static_cast<std::size_t>(kHashBytes), '\0');
  const auto there = from.offset < kJournalBegin ? Result<std::size_t>(0) : file.read(hash.data(), hash.size(), from.offset - kHashBytes);
  if (!there) return there.error();
  if (*there != hash.size() || hash != as_bytes(from.hash))
    return fail(ErrorCategory::store, at_byte(from.offset) + ": no record that the ledger knows ends here; they are not of one folder",
                file.path());
  return {};
}

}  // namespace

std::string journal_header() {
  std::string header(kJournalMagic);
  header += as_bytes(Sha256().of(kJournalMagic));
  return header;
}

void encode_record(const Record& record, std::string& out) {
  const auto account = static_cast<std::int64_t>(record.account.size()), body = static_cast<std::int64_t>(record.body.size());
  if (account > std::numeric_limits<std::uint16_t>::max() || body > kMostBody)
    throw Exception(fail(ErrorCategory::store, "the journal takes no record of " + std::to_string(account + body) + " bytes"));
  put_little_endian(out, static_cast<std::uint32_t>(kFixedBytes + account + body));
  put_little_endian(out, static_cast<std::uint8_t>(record.kind));
  put_little_endian(out, static_cast<std::uint8_t>(record.source));
  put_little_endian(out, static_cast<std::int64_t>(record.received.time_since_epoch().count()));
  put_little_endian(out, static_cast<std::uint16_t>(account));
  out += record.account;
  out += record.body;
}

JournalScan::JournalScan(const File& file, JournalPosition from, std::int64_t size)
    : file_(&file), size_(size), from_(from), position_(from) {
  if (position_.offset == 0) position_ = {kJournalBegin, Sha256().of(kJournalMagic)};
}

Result<JournalScan> JournalScan::open(const File& file, JournalPosition from) {
  const auto size = file.size();
  if (!size) return size.error();
  if (auto good = check_begin(file, from, *size); !good) return good.error();
  return JournalScan(file, from, *size);
}

Result<std::string_view> JournalScan::bytes(std::int64_t offset, std::int64_t size) {
  const std::int64_t window_end = window_at_ + static_cast<std::int64_t>(window_.size());
  if (offset < window_at_ || offset + size > window_end) {
    window_.resize(static_cast<std::size_t>(std::max(size, std::min(kReadAtOnce, size_ - offset))));
    const auto read = file_->read(window_.data(), window_.size(), offset);
    if (!read) return read.error();
    window_.resize(*read);
    window_at_ = offset;
    // A writer has cut off what it could not bring onto the disk.
    if (static_cast<std::int64_t>(*read) < size) size_ = offset + static_cast<std::int64_t>(*read);
  }
  return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_at_), static_cast<std::size_t>(size));
}

Result<std::optional<JournalScan::Frame>> JournalScan::frame(std::int64_t offset) {
  if (size_ - offset < kLengthBytes + kFixedBytes + kHashBytes) return std::optional<Frame>{};
  const auto head = bytes(offset, kLengthBytes + kFixedBytes);
  if (!head) return head.error();
  if (size_ - offset < kLengthBytes + kFixedBytes + kHashBytes) return std::optional<Frame>{};
  const std::int64_t length = little_endian<std::uint32_t>(*head, 0), account = little_endian<std::uint16_t>(*head, 14);
  if (length < kFixedBytes + account || length > kMostBytes || size_ - offset < kLengthBytes + length + kHashBytes)
    return std::optional<Frame>{};
  const auto whole = bytes(offset, kLengthBytes + length + kHashBytes);
  if (!whole) return whole.error();
  const auto end = static_cast<std::size_t>(kLengthBytes + length);
  if (whole->size() < end + static_cast<std::size_t>(kHashBytes)) return std::optional<Frame>{};
  return std::optional(Frame{whole->substr(0, end), whole->substr(end)});
}

bool JournalScan::follows(const Frame& frame, std::string_view hash_before) {
  return as_bytes(sha_->of(hash_before, frame.bytes)) == frame.hash;
}

Result<std::optional<Record>> JournalScan::next() {
  if (position_.offset >= size_) return std::optional<Record>{};
  const auto found = frame(position_.offset);
  if (!found) return found.error();
  if (!*found || !follows(**found, as_bytes(position_.hash))) return unfinished_or_fault();
  Record record = decode_record((*found)->bytes);
  position_.offset += static_cast<std::int64_t>((*found)->bytes.size() + (*found)->hash.size());
  std::memcpy(position_.hash.data(), (*found)->hash.data(), position_.hash.size());
  ++records_;
  return std::optional(std::move(record));
}

// What is not written to its end has nothing whole behind it; where a record is whole, what stands before it once was.
Result<std::optional<Record>> JournalScan::unfinished_or_fault() {
  const auto changed = frame(position_.offset);
  if (!changed) return changed.error();
  if (*changed) {
    // The record's own hash may be what was changed: then the one behind it follows the right one.
    const Hash right = sha_->of(as_bytes(position_.hash), (*changed)->bytes);
    const std::int64_t behind = position_.offset + static_cast<std::int64_t>((*changed)->bytes.size()) + kHashBytes;
    const auto after = frame(behind);
    if (!after) return after.error();
    if (*after && follows(**after, as_bytes(right))) return fault(behind);
  }
  const auto whole = whole_record_behind(position_.offset);
  if (!whole) return whole.error();
  if (*whole) return fault(**whole);
  return std::optional<Record>{};
}

Result<std::optional<std::int64_t>> JournalScan::whole_record_behind(std::int64_t offset) {
  for (std::int64_t at = offset + kLengthBytes + kFixedBytes + kHashBytes; at < size_; ++at) {
    const auto candidate = frame(at);
    if (!candidate) return candidate.error();
    if (!*candidate || !is_known((*candidate)->bytes)) continue;
    const auto before = bytes(at - kHashBytes, kHashBytes + static_cast<std::int64_t>((*candidate)->bytes.size()) + kHashBytes);
    if (!before) return before.error();
    const std::string_view record = before->substr(kHashBytes, before->size() - 2 * kHashBytes);
    if (follows({record, before->substr(before->size() - kHashBytes)}, before->substr(0, kHashBytes))) return std::optional(at);
  }
  return std::optional<std::int64_t>{};
}

Error JournalScan::fault(std::int64_t whole) const {
  std::string where = at_byte(position_.offset) + " (record " + std::to_string(records_ + 1);
  if (from_.offset != 0) where += " behind byte " + std::to_string(from_.offset);
  return fail(ErrorCategory::store,
              where + "): changed or cut out, its hash is not that of its bytes; whole records stand behind it, the first at byte " +
                  std::to_string(whole),
              file_->path());
}

}  // namespace marginfix::reconcile
