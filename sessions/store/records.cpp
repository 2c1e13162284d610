#include "sessions/store/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "marginfix/core/crc32.hpp"

namespace marginfix {

std::string to_string(const StoreFileDamage& damage) {
  return fmt::format(
      "damaged at offset {}: {}. Restore the file from a backup taken since the last logon, or move it away and log on once with "
      "ResetSeqNumFlag=Y after drop copy and REST have been compared",
      damage.offset, damage.what);
}

namespace store {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t kLookAhead = 4096;  // bytes behind the last record that are looked through at once

// Walks the records; the first thing that is not as it was written ends the walk.
class RecordWalk {
 public:
  explicit RecordWalk(Bytes& file) : file_(file) {}

  Reading run() {
    if (read_blocks()) read_records();
    return std::move(reading_);
  }

 private:
  bool damaged(std::uint64_t offset, const char* what) {
    reading_.damage = StoreFileDamage{offset, what};
    return false;
  }

  bool read_blocks() {
    const std::string blocks(file_.at(0, kRecordsOffset));
    if (blocks.size() < kRecordsOffset) return damaged(0, "the header is not complete");
    const char* const header = blocks.data();
    if (!std::equal(std::begin(kMagic), std::end(kMagic), header)) return damaged(0, "this is not a message store of ours");
    if (crc32(header, kHeaderSize - 4) != get<std::uint32_t>(header + kHeaderSize - 4)) return damaged(0, "header checksum");
    reading_.version = get<std::uint32_t>(header + 8);
    if (reading_.version != kVersion && reading_.version != kVersionWithoutTargets) return damaged(8, "version not known");
    reading_.header_epoch = get<std::uint64_t>(header + 16);
    reading_.header_created_at = get<std::int64_t>(header + 24);
    state().start_epoch(reading_.header_epoch, reading_.header_created_at);
    const char* const target = header + kTargetOffset;
    if (crc32(target, kTargetSize - 4) != get<std::uint32_t>(target + kTargetSize - 4))
      return damaged(kTargetOffset, "target number checksum");
    target_epoch_ = get<std::uint64_t>(target);
    target_ = get<std::int64_t>(target + 8);
    if (target_epoch_ == state().epoch) state().next_target = target_;
    reading_.end = kRecordsOffset;
    return true;
  }

  void read_records() {
    std::uint64_t doubted = 0;
    for (;;) {
      while (read_record()) {
      }
      if (!reading_.damage && nothing_whole_behind()) break;
      // Its owner may write beside us: the same doubt about the same place, looked at anew, is certain.
      if (std::exchange(doubted, reading_.end) == reading_.end) return;
      reading_.damage.reset();
      file_.look_again();
    }
    if (target_epoch_ > state().epoch) {
      damaged(kTargetOffset, "the target number is of a later reset than the records");
    } else if (state().next_target < 1) {
      damaged(kTargetOffset, "the target number is not a number");
    }
  }

  // False at the end, and at damage.
  bool read_record() {
    const std::uint64_t at = reading_.end;
    const std::string_view head = file_.at(at, kRecordHead);
    if (head.size() < kRecordHead) return false;
    const auto length = get<std::uint32_t>(head.data());
    if (length == 0) return false;
    const auto kind = static_cast<RecordKind>(get<std::uint32_t>(head.data() + 4));
    if (crc32(head.data(), 8) != get<std::uint32_t>(head.data() + 8))
      return lost_with_the_power(at, kRecordHead) ? false : damaged(at, "record header checksum");
    if (length > kMaxPayload) return damaged(at, "record length");
    const std::string_view record = file_.at(at, kRecordHead + length + kRecordTail);
    if (record.size() < kRecordHead + length + kRecordTail) return false;
    const char* const payload = record.data() + kRecordHead;
    if (crc32(payload, length) != get<std::uint32_t>(payload + length))
      return lost_with_the_power(at, record.size()) ? false : damaged(at, "record checksum");
    if (!take(kind, payload, length)) return damaged(at, "record of a kind not known");
    reading_.end = at + record.size();
    return true;
  }

  bool take(RecordKind kind, const char* payload, std::uint32_t length) {
    if (kind == RecordKind::sent && length >= 16) {
      const auto seq = get<std::int64_t>(payload);
      state().note_sent(Entry{seq, get<std::int64_t>(payload + 8), reading_.end, length});
      state().next_sender = seq + 1;
    } else if (kind == RecordKind::sender && length == 8) {
      state().next_sender = get<std::int64_t>(payload);
      state().forget_from(state().next_sender);
    } else if (kind == RecordKind::reset && length == 16) {
      const std::uint64_t before = state().epoch;
      state().start_epoch(get<std::uint64_t>(payload), get<std::int64_t>(payload + 8));
      // The target block may be of the epoch that a reset among the records begins.
      if (state().epoch != before && state().epoch == target_epoch_) state().next_target = target_;
    } else if (kind == RecordKind::target && length == 8) {
      state().next_target = get<std::int64_t>(payload);
    } else {
      return false;
    }
    return true;
  }

  // The last thing in the file, and a sector's part of it is zeros as the room was: the power went before all of it was on the disk, so
  // that commit() had not returned, and what it was about has not left.
  bool lost_with_the_power(std::uint64_t at, std::size_t size) {
    constexpr std::uint64_t kSector = 512;
    bool lost = false;
    for (std::uint64_t from = at; from < at + size && !lost;) {
      const std::uint64_t to = std::min<std::uint64_t>(at + size, (from / kSector + 1) * kSector);
      lost = is_room(from, static_cast<std::size_t>(to - from));
      from = to;
    }
    for (std::uint64_t from = at + size; lost && !file_.at(from, 1).empty(); from += kLookAhead) lost = is_room(from, kLookAhead);
    return lost;
  }
  bool is_room(std::uint64_t at, std::size_t size) { return file_.at(at, size).find_first_not_of('\0') == std::string_view::npos; }

  // Behind the last record is what an append left that was never finished, and room. A whole record there: its place in between is lost.
  bool nothing_whole_behind() {
    reading_.unfinished_end = reading_.end;
    for (std::uint64_t at = reading_.end;;) {
      const std::string_view piece = file_.at(at, kLookAhead);
      if (piece.empty()) return true;
      const std::size_t used = piece.find_first_not_of('\0');
      if (used == std::string_view::npos) {
        at += piece.size();
        continue;
      }
      at += used;
      if (whole_record_at(at)) return damaged(reading_.end, "there are records behind it");
      reading_.unfinished_end = ++at;
    }
  }

  bool whole_record_at(std::uint64_t at) {
    const std::string_view head = file_.at(at, kRecordHead);
    if (head.size() < kRecordHead) return false;
    const auto length = get<std::uint32_t>(head.data());
    if (length == 0 || length > kMaxPayload || crc32(head.data(), 8) != get<std::uint32_t>(head.data() + 8)) return false;
    const std::string_view record = file_.at(at, kRecordHead + length + kRecordTail);
    if (record.size() < kRecordHead + length + kRecordTail) return false;
    const char* const payload = record.data() + kRecordHead;
    return crc32(payload, length) == get<std::uint32_t>(payload + length);
  }

  State& state() { return reading_.state; }

  Bytes& file_;
  Reading reading_;
  std::uint64_t target_epoch_{0};
  std::int64_t target_{0};
};

}  // namespace

std::string header_block(std::uint64_t epoch, std::int64_t created_at) {
  std::string block(kHeaderSize, '\0');
  std::copy(std::begin(kMagic), std::end(kMagic), block.begin());
  put(&block[8], kVersion);
  put(&block[16], epoch);
  put(&block[24], created_at);
  put(&block[kHeaderSize - 4], crc32(block.data(), kHeaderSize - 4));
  return block;
}

std::string target_block(std::uint64_t epoch, std::int64_t next_target) {
  std::string block(kTargetSize, '\0');
  put(block.data(), epoch);
  put(&block[8], next_target);
  put(&block[kTargetSize - 4], crc32(block.data(), kTargetSize - 4));
  return block;
}

void begin_record(std::string& out, RecordKind kind, std::size_t payload) {
  const std::size_t at = out.size();
  out.resize(at + kRecordHead);
  put(&out[at], static_cast<std::uint32_t>(payload));
  put(&out[at + 4], static_cast<std::uint32_t>(kind));
  put(&out[at + 8], crc32(&out[at], 8));
}

void seal(std::string& out, std::size_t payload) { add(out, crc32(out.data() + out.size() - payload, payload)); }

void add_number(std::string& out, RecordKind kind, std::int64_t number) {
  begin_record(out, kind, 8);
  add(out, number);
  seal(out, 8);
}

void add_sent(std::string& out, std::int64_t seq, std::int64_t at, std::string_view message) {
  const std::size_t payload = 16 + message.size();
  begin_record(out, RecordKind::sent, payload);
  add(out, seq);
  add(out, at);
  out.append(message);
  seal(out, payload);
}

void add_reset(std::string& out, std::uint64_t epoch, std::int64_t at) {
  begin_record(out, RecordKind::reset, 16);
  add(out, epoch);
  add(out, at);
  seal(out, 16);
}

void State::start_epoch(std::uint64_t number, std::int64_t at) {
  epoch = number;
  created_at = at;
  next_sender = next_target = 1;
  index.clear();
  expired = 0;
  live_bytes = 0;
}

void State::note_sent(const Entry& entry) {
  forget_from(entry.seq);
  index.push_back(entry);
  live_bytes += entry.record_size();
}

void State::forget_from(std::int64_t seq) {
  while (index.size() > expired && index.back().seq >= seq) {
    live_bytes -= index.back().record_size();
    index.pop_back();
  }
}

void State::expire_before(std::int64_t oldest) {
  for (; expired < index.size() && index[expired].at < oldest; ++expired) live_bytes -= index[expired].record_size();
}

Reading read_records(Bytes& file) { return RecordWalk(file).run(); }

bool is_record_of(const Entry& entry, std::string_view record) {
  if (record.size() != entry.record_size()) return false;
  const char* const payload = record.data() + kRecordHead;
  return crc32(payload, entry.payload) == get<std::uint32_t>(payload + entry.payload);
}

}  // namespace store
}  // namespace marginfix
