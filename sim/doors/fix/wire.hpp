// The inside of the simulator's FIX doors: reads and writes application messages with QuickFIX's own FIX::Message and our
// dictionaries, deliberately not with our codec, so that the two check each other. Clean in C++14 and C++20; the .cpp is C++14.
// Plain texts in, plain texts out: an empty text is an absent field (FIX has no empty values). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace marginfix {
namespace sim {
namespace fixwire {

struct Party {
  std::string id;      // 448
  std::string source;  // 447
  std::string role;    // 452
};

// Every field a client can send, as text; which of them are there depends on the message type.
struct Inbound {
  std::string msg_type;                                // 35
  std::string sender_comp_id, target_comp_id;          // 49, 56
  std::string sender_sub_id;                           // 50
  std::string cl_ord_id, orig_cl_ord_id, order_id;     // 11, 41, 37
  std::string exec_inst, order_qty, ord_type, price;   // 18, 38, 40, 44
  std::string side, symbol, time_in_force;             // 54, 55, 59
  std::string alloc_account, expire_time;              // 79, 126
  std::string secondary_cl_ord_id;                     // 526: order group
  std::string self_trade_prevention, cancel_on_pause;  // 2964, 21006
  std::vector<Party> parties;                          // 453
  std::string mass_cancel_type;                        // 530
  std::string group_action, group_id, group_limit;     // 20131, 20130, 20132
  std::string md_req_id, status_req_id, subscription;  // 262, 324, 263
  std::vector<std::string> symbols;                    // 146/55
  std::string begin_exec_id, end_exec_id;              // 21001, 21002
  // Logon(A)
  std::string encrypt_method, heart_bt_int, default_appl_ver_id, reset_seq_num;              // 98, 108, 1137, 141
  std::string cancel_on_disconnect, listener, retention_hours;                               // 8013, 20126, 20200
  std::string ioc_cancel_report, preserve_qty, skip_pending, use_expired, new_before_trade;  // 21007, 21008, 21011, 21012, 21026
  std::string use_dollars;                                                                   // 21005

  // Empties every field, keeping the memory.
  void clear();
};

// What the dictionaries say about a message.
struct Verdict {
  enum class Kind : int { ok, reject, unsupported };
  Kind kind = Kind::ok;
  int tag = 0;       // RefTagID(371), 0 = none
  int reason = 0;    // SessionRejectReason(373) of a reject
  std::string text;  // Text(58)
};

struct ExecutionReport {
  std::string avg_px, cl_ord_id, cum_qty, exec_id, last_mkt;            // 6, 11, 14, 17, 30
  std::string last_px, last_qty, order_id, order_qty, ord_status;       // 31, 32, 37, 38, 39
  std::string ord_type, orig_cl_ord_id, price, side, symbol;            // 40, 41, 44, 54, 55
  std::string text, time_in_force, transact_time, alloc_account;        // 58, 59, 60, 79
  std::string ord_rej_reason, expire_time, exec_type, leaves_qty;       // 103, 126, 150, 151
  std::vector<Party> parties;                                           // 453
  std::string secondary_cl_ord_id, long_qty, short_qty;                 // 526, 704, 705
  std::string clearing_business_date, trd_match_id, aggressor;          // 715, 880, 1057
  std::string fee;                                                      // 136/137 in dollars, with 138=USD 139=4 891=0
  std::vector<std::pair<std::string, std::string>> collateral_changes;  // 1703: 1704 amount, 1705 type
};

struct OrderCancelReject {
  std::string cl_ord_id, order_id, ord_status, orig_cl_ord_id;   // 11, 37, 39, 41
  std::string text, transact_time, cxl_rej_reason, response_to;  // 58, 60, 102, 434
};

struct OrderMassCancelReport {
  std::string cl_ord_id, order_id, text, request_type, response, reject_reason;  // 11, 37, 58, 530, 531, 532
};

struct OrderGroupResponse {
  std::string group_id, limit, alloc_account;  // 20130, 20132, 79
};

struct BusinessMessageReject {
  std::string ref_seq_num, text, ref_msg_type, ref_id, reason;  // 45, 58, 372, 379, 380
};

struct MdEntry {
  char action;                               // 279, X only
  char type;                                 // 269
  std::string symbol, px, size, aggressor;   // 55 (X only), 270, 271, 2446
  std::string date{}, time{};                // 272, 273
  std::string trade_id{};                    // 1003
  std::string cl_ord_id{}, alloc_account{};  // 11, 79
};

struct SecurityStatus {
  std::string symbol, text, status_req_id, trading_status;  // 55, 58, 324, 326
};

// The two dictionaries, loaded once; shared by every Reader.
class Dictionaries;
// Throws std::runtime_error naming what the dictionary text is refused for.
std::shared_ptr<const Dictionaries> load_dictionaries(const std::string& session_xml, const std::string& application_xml);

class Reader {
 public:
  explicit Reader(std::shared_ptr<const Dictionaries> dictionaries);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  // Parses one whole message and validates it once. `out` is filled as far as the bytes allow, also when the verdict is not ok.
  Verdict read(const char* data, std::size_t size, Inbound& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Bodies: every field after the standard header, each with its SOH, in ascending tag order, groups behind their count.
// The text returned lives until the next call.
class Writer {
 public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  const std::string& execution_report(const ExecutionReport& report);
  const std::string& cancel_reject(const OrderCancelReject& reject);
  const std::string& mass_cancel_report(const OrderMassCancelReport& report);
  const std::string& group_response(const OrderGroupResponse& response);
  const std::string& business_reject(const BusinessMessageReject& reject);
  const std::string& snapshot(const std::string& symbol, const std::string& md_req_id, const std::vector<MdEntry>& entries);
  const std::string& incremental(const std::string& md_req_id, const std::vector<MdEntry>& entries);
  const std::string& md_reject(const std::string& md_req_id, const std::string& reason, const std::string& text);
  const std::string& security_status(const SecurityStatus& status);
  const std::string& resend_complete(const std::string& ref_seq_num, const std::string& count);
  const std::string& resend_reject(const std::string& ref_seq_num, const std::string& reason, const std::string& text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fixwire
}  // namespace sim
}  // namespace marginfix
