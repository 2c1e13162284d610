// See retained_store.hpp. Records are written in the order of sequence numbers, so look-ups are binary searches.
#include "sim/doors/fix/retained_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace marginfix::sim {
namespace {

constexpr std::int64_t kResetOwed = -1, kLost = -2;
constexpr std::size_t kFirstLook = 4096;

[[noreturn]] void throw_file_error(const std::filesystem::path& file, const char* what) {
  throw std::runtime_error(std::string("cannot ") + what + " " + file.string() + ": " + std::strerror(errno));
}

// False, with errno: not all of it was written.
bool write_record_bytes(int fd, const void* from, std::size_t size, std::uint64_t at) {
  const char* bytes = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t n = ::pwrite(fd, bytes, size, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = ENOSPC;
      return false;
    }
    bytes += n;
    at += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

DeliveryRecord::DeliveryRecord(const std::filesystem::path& file, EventNo first_event) : file_(file) {
  handle_ = FileHandle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!handle_.valid()) throw_file_error(file_, "open");
  load();
  if (entries_.empty()) append({first_event, 0, 0});
  next_look_ = std::max(kFirstLook, 2 * entries_.size());
}

void DeliveryRecord::load() {
  const off_t end = ::lseek(handle_.get(), 0, SEEK_END);
  if (end < 0) throw_file_error(file_, "read");
  // A torn record at the end was never followed by its message: cut it.
  std::vector<Entry> read(static_cast<std::size_t>(end) / sizeof(Entry));
  size_ = read.size() * sizeof(Entry);
  if (::ftruncate(handle_.get(), static_cast<off_t>(size_)) != 0) throw_file_error(file_, "truncate");
  std::size_t done = 0;
  auto* bytes = reinterpret_cast<char*>(read.data());
  while (done < size_) {
    const ssize_t n = ::pread(handle_.get(), bytes + done, size_ - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw_file_error(file_, "read");
    done += static_cast<std::size_t>(n);
  }
  for (const Entry& entry : read) take(entry);
}

void DeliveryRecord::take(const Entry& entry) {
  if (entry.seq >= 0) return entries_.push_back(entry);
  if (entry.seq == kResetOwed) reset_owed_ = true;
  if (entry.seq == kLost) lost_ = true;
}

void DeliveryRecord::append(const Entry& entry) {
  settle();
  if (!write_record_bytes(handle_.get(), &entry, sizeof entry, size_)) {
    const int error = errno;
    // Half a record would put all later ones out of step.
    [[maybe_unused]] const int ignored = ::ftruncate(handle_.get(), static_cast<off_t>(size_));
    errno = error;
    throw_file_error(file_, "write");
  }
  size_ += sizeof entry;
  entries_.push_back(entry);
}

// The old file or the new one, never half of either.
void DeliveryRecord::write_anew(const std::vector<Entry>& entries) {
  std::vector<Entry> all = entries;
  if (reset_owed_) all.push_back({0, kResetOwed, 0});
  if (lost_) all.push_back({0, kLost, 0});
  const std::size_t size = all.size() * sizeof(Entry);
  const std::filesystem::path next = file_.string() + ".tmp";
  FileHandle written(::open(next.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!written.valid()) throw_file_error(next, "open");
  if (!write_record_bytes(written.get(), all.data(), size, 0) || ::rename(next.c_str(), file_.c_str()) != 0) {
    const int error = errno;
    ::unlink(next.c_str());
    errno = error;
    throw_file_error(file_, "write");
  }
  handle_ = std::move(written);
  size_ = size;
  unwritten_ = false;
}

void DeliveryRecord::settle() {
  if (unwritten_) write_anew(entries_);
}

void DeliveryRecord::align(std::int64_t next_sender_seq, std::int64_t next_target_seq) noexcept {
  if (next_sender_seq != 1 || next_target_seq != 1) return;
  try {
    // What the process was about to store first, and did not, has this number too.
    if (entries_.back().seq > 1) return restart(entries_.back().event);
    if (reset_owed_) return;
    reset_owed_ = unwritten_ = true;
    settle();
  } catch (const std::exception&) {
    // It is settled before the store leaves these numbers.
  }
}

void DeliveryRecord::about_to_store(EventNo event, std::int64_t seq, Timestamp trading_time) {
  append({event == 0 ? entries_.back().event : event, seq, trading_time.time_since_epoch().count()});
  if (entries_.size() >= next_look_) forget_old(trading_time);
}

void DeliveryRecord::forget_old(Timestamp now) {
  const std::int64_t oldest = (now - std::chrono::hours(kMostRetention)).time_since_epoch().count();
  const auto kept = std::ranges::partition_point(entries_, [oldest](const Entry& entry) { return entry.time_us < oldest; });
  try {
    if (static_cast<std::size_t>(kept - entries_.begin()) > entries_.size() / 4) {
      std::vector<Entry> rest(std::prev(kept), entries_.end());
      write_anew(rest);
      entries_ = std::move(rest);
    }
  } catch (const std::exception&) {
    // The long file is as good; it is tried again when it has doubled.
  }
  next_look_ = std::max(kFirstLook, 2 * entries_.size());
}

void DeliveryRecord::restart(EventNo event) {
  entries_.assign(1, Entry{event, 0, 0});
  next_look_ = kFirstLook;
  lost_ = false;
  reset_owed_ = unwritten_ = true;
  settle();
}

void DeliveryRecord::reset_told() {
  reset_owed_ = false;
  unwritten_ = true;
  try {
    settle();
  } catch (...) {
    reset_owed_ = true;
    throw;
  }
}

void DeliveryRecord::note_lost() noexcept {
  if (lost_) return;
  lost_ = unwritten_ = true;
  try {
    settle();
  } catch (const std::exception&) {
    // Before the next message is stored.
  }
}

EventNo DeliveryRecord::delivered(std::int64_t next_sender_seq) const {
  // Announced but not stored: the process died in between.
  auto last = entries_.rbegin();
  while (last->seq >= next_sender_seq && std::next(last) != entries_.rend()) ++last;
  return last->event;
}

Timestamp DeliveryRecord::stored_at(std::int64_t seq) const {
  const auto found = std::ranges::lower_bound(entries_, seq, {}, &Entry::seq);
  if (found == entries_.end() || (found->seq != seq && found != entries_.begin())) return Timestamp{};
  return Timestamp{std::chrono::microseconds{found->time_us}};
}

RetainedStore::RetainedStore(std::unique_ptr<MessageStore> inner, std::shared_ptr<DeliveryRecord> record, Exchange exchange,
                             std::function<int()> retention_hours)
    : inner_(std::move(inner)), record_(std::move(record)), exchange_(std::move(exchange)), retention_hours_(std::move(retention_hours)) {}

void RetainedStore::set_next_sender_seq(std::int64_t seq) {
  record_->settle();
  inner_->set_next_sender_seq(seq);
}

void RetainedStore::set_next_target_seq(std::int64_t seq) {
  record_->settle();
  inner_->set_next_target_seq(seq);
}

void RetainedStore::append_sent(std::int64_t seq, const char* data, std::size_t size) {
  record_->settle();
  inner_->append_sent(seq, data, size);
}

// The store first: as long as the record has not heard of it the store stands at 1, and that is how an opening finds out.
void RetainedStore::reset() {
  inner_->reset();
  record_->restart(exchange_.last_event());
}

std::vector<StoredMessage> RetainedStore::sent(std::int64_t begin, std::int64_t end) const {
  std::vector<StoredMessage> messages = inner_->sent(begin, end);
  const Timestamp oldest = exchange_.now() - std::chrono::hours(retention_hours_());
  std::erase_if(messages, [&](const StoredMessage& message) {
    const Timestamp stored = record_->stored_at(message.seq);
    return stored != Timestamp{} && stored < oldest;
  });
  return messages;
}

}  // namespace marginfix::sim
