// Standard header and trailer around a body that is already encoded: what the session wall sends. Clean in C++14 and C++20.
// Pure function of its arguments; `out` is overwritten and its capacity reused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace marginfix {
namespace fix {

// Texts go into the message as they stand: the caller vouches that none is empty (but the optional ones) or holds SOH.
struct FrameHeader {
  std::string begin_string = "FIXT.1.1";  // 8
  std::string msg_type;                   // 35
  std::string sender_comp_id;             // 49
  std::string target_comp_id;             // 56
  std::string sending_time;               // 52
  std::int64_t msg_seq_num = 0;           // 34
  std::string sender_sub_id;              // 50, empty = absent
  std::string target_sub_id;              // 57, empty = absent
  std::string appl_ver_id;                // 1128, empty = absent
  std::string orig_sending_time;          // 122, empty = absent
  bool poss_dup = false;                  // 43=Y
  bool poss_resend = false;               // 97=Y
};

// 8 9 35 34 43 49 50 52 56 57 97 122 1128, the body's bytes, 10: BodyLength(9) and CheckSum(10) exact. `body` holds every field after
// the standard header, each with its SOH; it may be empty.
void compose_frame(std::string& out, const FrameHeader& header, const char* body, std::size_t size);

}  // namespace fix
}  // namespace marginfix
