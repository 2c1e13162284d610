// The files of QuickFIX's FileStore, taken over into a message store of ours. As they are written by
//   QuickFIX C++ 1.15, 1.16   NAME.body     the messages, one behind the other
//                             NAME.header   "seq,offset,size " a message; body, header and seqnums are written in this order
//                             NAME.seqnums  "%010d : %010d" next sender and target number (1.16: 20 digits each)
//                             NAME.session  creation time "20261201-11:40:00"
//   QuickFIX/J FileStore      NAME.body     as above, written behind the header
//                             NAME.header   seq u32, offset u64, size u32 a message, big-endian; where messages are not ASCII,
//                                           the size of older versions counts characters
//                             NAME.senderseqnums, NAME.targetseqnums, NAME.session   texts behind their length (u16)
//   QuickFIX/J CachedFileStore   as above, but NAME.seqnums "12:34" behind its length
// What the header says is proven by the message's own BodyLength(9), CheckSum(10) and MsgSeqNum(34).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/sessions/store_file.hpp"

namespace marginfix::apps {

enum class QuickfixLayout : std::uint8_t { cpp, java, java_cached };
std::string_view to_string(QuickfixLayout layout) noexcept;

// The sessions that have files there: paths without the ending. `from` is a folder, or such a path, or one of the files.
Result<std::vector<std::string>> find_quickfix_sessions(const std::string& from);

struct QuickfixStore {
  QuickfixLayout layout{QuickfixLayout::cpp};
  std::string begin_string, sender_comp_id, target_comp_id;  // of the messages; empty where there is none
  std::optional<Timestamp> created_at;
  std::int64_t next_sender_seq{1}, next_target_seq{1};
  std::vector<StoreFileMessage> messages;  // application messages since `oldest`
  std::size_t session_messages{0};         // these are never sent again
  std::size_t too_old{0};                  // application messages before `oldest`
  std::size_t left_out_bytes{0};           // of the body, without an entry in the header: left by a killed process (C++)
  bool has_unsent{false};                  // the message of next_sender_seq is there, too: it never left
  bool being_written{false};               // while it was read: QuickFIX runs
};
// `session` is a path of find_quickfix_sessions(). An error names file and byte; nothing is guessed.
Result<QuickfixStore> read_quickfix_store(const std::string& session, Timestamp oldest);

}  // namespace marginfix::apps
