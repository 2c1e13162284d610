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

[[noreturn]] void throw_file_error(const std::filesystem::path& file, const char* what) {
  throw std::runtime_error(std::string("cannot ") + what + " " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

DeliveryRecord::DeliveryRecord(const std::filesystem::path& file, EventNo first_event) : file_(file) {
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) throw_file_error(file_, "open");
  load();
  if (entries_.empty()) append({first_event, 0, 0});
}

DeliveryRecord::~DeliveryRecord() { ::close(fd_); }

void DeliveryRecord::load() {
  const off_t size = ::lseek(fd_, 0, SEEK_END);
  // A torn record at the end was never followed by its message: cut it.
  const auto whole = static_cast<std::size_t>(size) / sizeof(Entry);
  if (::ftruncate(fd_, static_cast<off_t>(whole * sizeof(Entry))) != 0) throw_file_error(file_, "truncate");
  entries_.resize(whole);
  std::size_t done = 0;
  auto* bytes = reinterpret_cast<char*>(entries_.data());
  while (done < whole * sizeof(Entry)) {
    const ssize_t n = ::pread(fd_, bytes + done, whole * sizeof(Entry) - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw_file_error(file_, "read");
    done += static_cast<std::size_t>(n);
  }
}

void DeliveryRecord::append(const Entry& entry) {
  ssize_t n = 0;
  do {
    n = ::write(fd_, &entry, sizeof entry);
  } while (n < 0 && errno == EINTR);
  if (n != static_cast<ssize_t>(sizeof entry)) {
    const int error = n < 0 ? errno : ENOSPC;
    // Half a record would put all later ones out of step.
    [[maybe_unused]] const int ignored = ::ftruncate(fd_, static_cast<off_t>(entries_.size() * sizeof entry));
    errno = error;
    throw_file_error(file_, "write");
  }
  entries_.push_back(entry);
}

void DeliveryRecord::about_to_store(EventNo event, std::int64_t seq, Timestamp trading_time) {
  append({event == 0 ? entries_.back().event : event, seq, trading_time.time_since_epoch().count()});
}

void DeliveryRecord::restart(EventNo event) {
  if (::ftruncate(fd_, 0) != 0) throw_file_error(file_, "truncate");
  entries_.clear();
  append({event, 0, 0});
}

EventNo DeliveryRecord::delivered(std::int64_t next_sender_seq) const {
  // Announced but not stored: the process died in between.
  auto last = entries_.rbegin();
  while (last->seq >= next_sender_seq && std::next(last) != entries_.rend()) ++last;
  return last->event;
}

Timestamp DeliveryRecord::stored_at(std::int64_t seq) const {
  const auto found = std::ranges::lower_bound(entries_, seq, {}, &Entry::seq);
  if (found == entries_.end() || found->seq != seq) return Timestamp{};
  return Timestamp{std::chrono::microseconds{found->time_us}};
}

RetainedStore::RetainedStore(std::unique_ptr<MessageStore> inner, std::shared_ptr<const DeliveryRecord> record,
                             std::function<Timestamp()> trading_now, std::function<int()> retention_hours)
    : inner_(std::move(inner)),
      record_(std::move(record)),
      trading_now_(std::move(trading_now)),
      retention_hours_(std::move(retention_hours)) {}

std::vector<StoredMessage> RetainedStore::sent(std::int64_t begin, std::int64_t end) const {
  std::vector<StoredMessage> messages = inner_->sent(begin, end);
  const Timestamp oldest = trading_now_() - std::chrono::hours(retention_hours_());
  std::erase_if(messages, [&](const StoredMessage& message) {
    const Timestamp stored = record_->stored_at(message.seq);
    return stored != Timestamp{} && stored < oldest;
  });
  return messages;
}

}  // namespace marginfix::sim
