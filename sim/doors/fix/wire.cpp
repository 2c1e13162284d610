// QuickFIX behind the simulator's FIX doors (compiled as C++14: headers of QuickFIX 1.15 go no further).
// Why QuickFIX here: our client uses our codec; two implementations that only share the dictionaries check each other.
#include "sim/doors/fix/wire.hpp"

#include <quickfix/DataDictionary.h>
#include <quickfix/Group.h>
#include <quickfix/Message.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "marginfix/core/text.hpp"

namespace marginfix {
namespace sim {
namespace fixwire {
namespace {

// Where a client's field goes; nullptr: a field we do not look at.
std::string* slot(Inbound& in, int tag) {
  switch (tag) {
    case 11:
      return &in.cl_ord_id;
    case 18:
      return &in.exec_inst;
    case 37:
      return &in.order_id;
    case 38:
      return &in.order_qty;
    case 40:
      return &in.ord_type;
    case 41:
      return &in.orig_cl_ord_id;
    case 44:
      return &in.price;
    case 54:
      return &in.side;
    case 55:
      return &in.symbol;
    case 59:
      return &in.time_in_force;
    case 79:
      return &in.alloc_account;
    case 126:
      return &in.expire_time;
    case 262:
      return &in.md_req_id;
    case 263:
      return &in.subscription;
    case 324:
      return &in.status_req_id;
    case 526:
      return &in.secondary_cl_ord_id;
    case 530:
      return &in.mass_cancel_type;
    case 2964:
      return &in.self_trade_prevention;
    case 20130:
      return &in.group_id;
    case 20131:
      return &in.group_action;
    case 20132:
      return &in.group_limit;
    case 21001:
      return &in.begin_exec_id;
    case 21002:
      return &in.end_exec_id;
    case 21006:
      return &in.cancel_on_pause;
    default:
      return nullptr;
  }
}

std::string* logon_slot(Inbound& in, int tag) {
  switch (tag) {
    case 98:
      return &in.encrypt_method;
    case 108:
      return &in.heart_bt_int;
    case 141:
      return &in.reset_seq_num;
    case 1137:
      return &in.default_appl_ver_id;
    case 8013:
      return &in.cancel_on_disconnect;
    case 20126:
      return &in.listener;
    case 20200:
      return &in.retention_hours;
    case 21005:
      return &in.use_dollars;
    case 21007:
      return &in.ioc_cancel_report;
    case 21008:
      return &in.preserve_qty;
    case 21011:
      return &in.skip_pending;
    case 21012:
      return &in.use_expired;
    case 21026:
      return &in.new_before_trade;
    default:
      return nullptr;
  }
}

std::string* header_slot(Inbound& in, int tag) {
  switch (tag) {
    case 35:
      return &in.msg_type;
    case 49:
      return &in.sender_comp_id;
    case 50:
      return &in.sender_sub_id;
    case 56:
      return &in.target_comp_id;
    default:
      return nullptr;
  }
}

// Messages a client may send; everything else the dictionary knows travels the other way.
bool from_client(const std::string& type) {
  static const char* const kTypes[] = {"D", "G", "F", "q", "UOG", "U1", "V", "e", "A"};
  for (const char* known : kTypes) {
    if (type == known) return true;
  }
  return false;
}

void copy_fields(const FIX::FieldMap& map, std::string* (*where)(Inbound&, int), Inbound& out) {
  for (FIX::FieldMap::const_iterator i = map.begin(); i != map.end(); ++i) {
    std::string* target = where(out, i->getTag());
    if (target != nullptr) *target = i->getString();
  }
}

std::string text_of(const FIX::FieldMap& map, int tag) { return map.isSetField(tag) ? map.getField(tag) : std::string(); }

void copy_groups(const FIX::Message& message, Inbound& out) {
  for (std::size_t i = 1, n = message.groupCount(453); i <= n; ++i) {
    const FIX::FieldMap& entry = message.getGroupRef(static_cast<int>(i), 453);
    Party party;
    party.id = text_of(entry, 448);
    party.source = text_of(entry, 447);
    party.role = text_of(entry, 452);
    out.parties.push_back(party);
  }
  for (std::size_t i = 1, n = message.groupCount(146); i <= n; ++i) {
    out.symbols.push_back(text_of(message.getGroupRef(static_cast<int>(i), 146), 55));
  }
}

Verdict reject(int reason, int tag, const std::string& text) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::reject;
  verdict.reason = reason;
  verdict.tag = tag;
  verdict.text = text;
  return verdict;
}

bool all_digits(const std::string& text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
}

// RawData(96), a signature in base64, ends at the first SOH: what its length must say. QuickFIX would only say that something cannot be
// parsed, and never name 95.
Verdict judge_raw_data(const std::string& bytes) {
  const std::size_t data = bytes.find(
      "\x01"
      "96=");
  if (data == std::string::npos) return Verdict();
  const std::size_t begin = data + 4;
  const std::string size = std::to_string(std::min(bytes.find('\x01', begin), bytes.size()) - begin);
  const std::string is = "RawData(96) is " + size + " bytes long";
  const std::size_t length = bytes.find(
      "\x01"
      "95=");
  if (length == std::string::npos) return reject(1, 95, "RawDataLength(95) is missing; " + is);
  if (length > data) return reject(14, 95, "RawDataLength(95) must stand in front of RawData(96); " + is);
  const std::string said = bytes.substr(length + 4, std::min(bytes.find('\x01', length + 4), bytes.size()) - length - 4);
  if (!all_digits(said)) return reject(6, 95, "RawDataLength(95) is no number; " + is);
  if (std::to_string(std::atol(said.c_str())) != size) return reject(5, 95, "RawDataLength(95)=" + said + ", but " + is);
  return Verdict();
}

// A DATA field is as long as the field before it says. QuickFIX 1.15.1 follows that number beyond the end of the message: whatever does
// not end at a SOH is refused before QuickFIX sees it.
Verdict judge_data(const std::string& bytes, const FIX::DataDictionary& session, const FIX::DataDictionary& application) {
  constexpr int kSignature = 89, kSignatureLength = 93;
  std::map<int, std::string> lengths;  // of the tags that could be one
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\x01', at), bytes.size());
    const std::size_t equals = bytes.find('=', at);
    if (equals == std::string::npos) break;
    const int tag = std::atoi(bytes.c_str() + at);
    const int length_tag = tag == kSignature ? kSignatureLength : tag - 1;
    const bool data = equals < end && (session.isDataField(tag) || application.isDataField(tag));
    const std::map<int, std::string>::const_iterator said = data ? lengths.find(length_tag) : lengths.end();
    if (said == lengths.end()) {
      const bool length = equals < end && (tag == kSignatureLength || session.isDataField(tag + 1) || application.isDataField(tag + 1));
      if (length && !lengths.emplace(tag, bytes.substr(equals + 1, end - equals - 1)).second) lengths[tag].clear();  // twice: which one?
      at = end + 1;
      continue;
    }
    const std::string name = "Tag(" + std::to_string(length_tag) + ")";
    if (!all_digits(said->second)) return reject(6, length_tag, name + " is no length of Tag(" + std::to_string(tag) + ")");
    const std::size_t last = equals + 1 + static_cast<std::size_t>(std::atol(said->second.c_str()));
    if (last >= bytes.size() || bytes[last] != '\x01')
      return reject(5, length_tag, name + "=" + said->second + " does not lead to the end of Tag(" + std::to_string(tag) + ")");
    at = last + 1;
  }
  return Verdict();
}

// The first field that breaks the rule of marginfix/core/text.hpp. 96 holds what its length says.
Verdict judge_characters(const FIX::FieldMap& map, const FIX::DataDictionary& names) {
  for (FIX::FieldMap::const_iterator i = map.begin(); i != map.end(); ++i) {
    const int tag = i->getTag();
    const std::string& value = i->getString();
    const char* fault = tag == 58 ? text_fault(value.data(), value.size()) : identifier_fault(value.data(), value.size());
    if (fault == nullptr || tag == 96) continue;
    std::string name;
    if (!names.getFieldName(tag, name)) name = "Tag";
    return reject(5, tag, name + "(" + std::to_string(tag) + ") " + fault + ": " + visible(value));
  }
  for (FIX::FieldMap::g_const_iterator group = map.g_begin(); group != map.g_end(); ++group) {
    for (std::size_t i = 0; i < group->second.size(); ++i) {
      const Verdict verdict = judge_characters(*group->second[i], names);
      if (verdict.kind != Verdict::Kind::ok) return verdict;
    }
  }
  return Verdict();
}

// One dictionary pass; QuickFIX's exceptions become SessionRejectReason(373).
Verdict judge(const FIX::Message& message, const FIX::DataDictionary& session, const FIX::DataDictionary& application) {
  try {
    FIX::DataDictionary::validate(message, &session, &application);
    return Verdict();
  } catch (const FIX::InvalidTagNumber& e) {
    return reject(0, e.field, "Invalid tag number");
  } catch (const FIX::RequiredTagMissing& e) {
    return reject(1, e.field, "Required tag missing");
  } catch (const FIX::TagNotDefinedForMessage& e) {
    return reject(2, e.field, "Tag not defined for this message type");
  } catch (const FIX::NoTagValue& e) {
    return reject(4, e.field, "Tag specified without a value");
  } catch (const FIX::IncorrectTagValue& e) {
    return reject(5, e.field, "Value is incorrect (out of range) for this tag");
  } catch (const FIX::IncorrectDataFormat& e) {
    return reject(6, e.field, "Incorrect data format for value");
  } catch (const FIX::RepeatedTag& e) {
    return reject(13, e.field, "Tag appears more than once");
  } catch (const FIX::TagOutOfOrder& e) {
    return reject(14, e.field, "Tag specified out of required order");
  } catch (const FIX::RepeatingGroupCountMismatch& e) {
    return reject(16, e.field, "Incorrect NumInGroup count for repeating group");
  } catch (const FIX::InvalidMessageType&) {
    return reject(11, 35, "Invalid MsgType");
  } catch (const FIX::Exception& e) {
    return reject(99, 0, e.what());
  }
}

}  // namespace

void Inbound::clear() {
  for (int tag :
       {11, 18, 37, 38, 40, 41, 44, 54, 55, 59, 79, 126, 262, 263, 324, 526, 530, 2964, 20130, 20131, 20132, 21001, 21002, 21006}) {
    slot(*this, tag)->clear();
  }
  for (int tag : {98, 108, 141, 1137, 8013, 20126, 20200, 21005, 21007, 21008, 21011, 21012, 21026}) logon_slot(*this, tag)->clear();
  for (int tag : {35, 49, 50, 56}) header_slot(*this, tag)->clear();
  parties.clear();
  symbols.clear();
}

class Dictionaries {
 public:
  Dictionaries(const std::string& session_xml, const std::string& application_xml) {
    load(session, session_xml, "session dictionary");
    load(application, application_xml, "application dictionary");
  }
  FIX::DataDictionary session, application;

 private:
  static void load(FIX::DataDictionary& dictionary, const std::string& xml, const char* what) {
    try {
      std::istringstream stream(xml);
      dictionary.readFromStream(stream);
      dictionary.checkUserDefinedFields(true);
    } catch (const FIX::Exception& e) {
      throw std::runtime_error(std::string(what) + ": " + e.what());
    }
  }
};

std::shared_ptr<const Dictionaries> load_dictionaries(const std::string& session_xml, const std::string& application_xml) {
  return std::make_shared<const Dictionaries>(session_xml, application_xml);
}

struct Reader::Impl {
  explicit Impl(std::shared_ptr<const Dictionaries> shared) : dictionaries(std::move(shared)) {}
  std::shared_ptr<const Dictionaries> dictionaries;
  FIX::Message message;
  std::string bytes;
};

Reader::Reader(std::shared_ptr<const Dictionaries> dictionaries) : impl_(new Impl(std::move(dictionaries))) {}
Reader::~Reader() = default;

Verdict Reader::read(const char* data, std::size_t size, Inbound& out) {
  out.clear();
  Impl& self = *impl_;
  const FIX::DataDictionary& session = self.dictionaries->session;
  const FIX::DataDictionary& application = self.dictionaries->application;
  self.bytes.assign(data, size);
  const Verdict raw_data = judge_raw_data(self.bytes);
  if (raw_data.kind != Verdict::Kind::ok) return raw_data;
  const Verdict lengths = judge_data(self.bytes, session, application);
  if (lengths.kind != Verdict::Kind::ok) return lengths;
  try {
    // Length and checksum were verified by the session layer before it took the number.
    self.message.setString(self.bytes, false, &session, &application);
  } catch (const FIX::Exception& e) {
    return reject(6, 0, "Message cannot be parsed: " + visible(std::string(e.what())));
  }
  copy_fields(self.message.getHeader(), header_slot, out);
  // ExDestination(100) has no meaning on this exchange: whoever sends it is not refused for it.
  if (out.msg_type == "D" || out.msg_type == "G" || out.msg_type == "F") self.message.removeField(100);
  const bool logon = out.msg_type == "A";
  copy_fields(self.message, logon ? logon_slot : slot, out);
  copy_groups(self.message, out);
  const FIX::DataDictionary& body = logon ? session : application;
  if (!from_client(out.msg_type) && body.isMsgType(out.msg_type)) {
    Verdict verdict;
    verdict.kind = Verdict::Kind::unsupported;
    verdict.text = "Unsupported message type";
    return verdict;
  }
  for (const FIX::FieldMap* part :
       {static_cast<const FIX::FieldMap*>(&self.message.getHeader()), static_cast<const FIX::FieldMap*>(&self.message)}) {
    const Verdict characters = judge_characters(*part, part == &self.message ? body : session);
    if (characters.kind != Verdict::Kind::ok) return characters;
  }
  return judge(self.message, session, body);
}

// ---- writing -------------------------------------------------------------------------------------------------------------

namespace {
// The last line of defence: whatever was stored (by an older version, too), no text of a report ends its field or breaks a line.
FIX::FieldBase safe_field(int tag, const std::string& value) {
  return FIX::FieldBase(tag, marginfix::detail::printable_ascii(value.data(), value.size()) ? value : visible(value));
}
}  // namespace

struct Writer::Impl {
  FIX::FieldMap body;
  std::string text;

  void begin() { body.clear(); }
  void put(int tag, const std::string& value) {
    if (!value.empty()) body.setField(safe_field(tag, value));
  }
  const std::string& end() {
    text.clear();
    return body.calculateString(text);
  }
};

namespace {

const int kPartyOrder[] = {448, 447, 452, 0};
const int kFeeOrder[] = {137, 138, 139, 891, 0};
const int kCollateralOrder[] = {1704, 1705, 0};
const int kFullEntryOrder[] = {269, 270, 271, 272, 273, 0};
const int kIncEntryOrder[] = {279, 55, 269, 270, 271, 272, 273, 2446, 1003, 11, 79, 0};

void put(FIX::FieldMap& map, int tag, const std::string& value) {
  if (!value.empty()) map.setField(safe_field(tag, value));
}

void put_parties(FIX::FieldMap& body, const std::vector<Party>& parties) {
  for (const Party& party : parties) {
    FIX::Group group(453, 448, kPartyOrder);
    put(group, 448, party.id);
    put(group, 447, party.source);
    put(group, 452, party.role);
    body.addGroup(453, group);
  }
}

void put_money_groups(FIX::FieldMap& body, const ExecutionReport& report) {
  if (!report.fee.empty()) {
    FIX::Group group(136, 137, kFeeOrder);
    put(group, 137, report.fee);
    put(group, 138, "USD");
    put(group, 139, "4");
    put(group, 891, "0");
    body.addGroup(136, group);
  }
  for (const auto& change : report.collateral_changes) {
    FIX::Group group(1703, 1704, kCollateralOrder);
    put(group, 1704, change.first);
    put(group, 1705, change.second);
    body.addGroup(1703, group);
  }
}

}  // namespace

Writer::Writer() : impl_(new Impl()) {}
Writer::~Writer() = default;

const std::string& Writer::execution_report(const ExecutionReport& r) {
  Impl& w = *impl_;
  w.begin();
  // Ascending tags: QuickFIX then appends instead of inserting.
  w.put(6, r.avg_px);
  w.put(11, r.cl_ord_id);
  w.put(14, r.cum_qty);
  w.put(17, r.exec_id);
  w.put(30, r.last_mkt);
  w.put(31, r.last_px);
  w.put(32, r.last_qty);
  w.put(37, r.order_id);
  w.put(38, r.order_qty);
  w.put(39, r.ord_status);
  w.put(40, r.ord_type);
  w.put(41, r.orig_cl_ord_id);
  w.put(44, r.price);
  w.put(54, r.side);
  w.put(55, r.symbol);
  w.put(58, r.text);
  w.put(59, r.time_in_force);
  w.put(60, r.transact_time);
  w.put(79, r.alloc_account);
  w.put(103, r.ord_rej_reason);
  w.put(126, r.expire_time);
  w.put(150, r.exec_type);
  w.put(151, r.leaves_qty);
  put_parties(w.body, r.parties);
  w.put(526, r.secondary_cl_ord_id);
  w.put(704, r.long_qty);
  w.put(705, r.short_qty);
  w.put(715, r.clearing_business_date);
  w.put(880, r.trd_match_id);
  w.put(1057, r.aggressor);
  put_money_groups(w.body, r);
  return w.end();
}

const std::string& Writer::cancel_reject(const OrderCancelReject& r) {
  Impl& w = *impl_;
  w.begin();
  w.put(11, r.cl_ord_id);
  w.put(37, r.order_id);
  w.put(39, r.ord_status);
  w.put(41, r.orig_cl_ord_id);
  w.put(58, r.text);
  w.put(60, r.transact_time);
  w.put(102, r.cxl_rej_reason);
  w.put(434, r.response_to);
  return w.end();
}

const std::string& Writer::mass_cancel_report(const OrderMassCancelReport& r) {
  Impl& w = *impl_;
  w.begin();
  w.put(11, r.cl_ord_id);
  w.put(37, r.order_id);
  w.put(58, r.text);
  w.put(530, r.request_type);
  w.put(531, r.response);
  w.put(532, r.reject_reason);
  return w.end();
}

const std::string& Writer::group_response(const OrderGroupResponse& r) {
  Impl& w = *impl_;
  w.begin();
  w.put(79, r.alloc_account);
  w.put(20130, r.group_id);
  w.put(20132, r.limit);
  return w.end();
}

const std::string& Writer::business_reject(const BusinessMessageReject& r) {
  Impl& w = *impl_;
  w.begin();
  w.put(45, r.ref_seq_num);
  w.put(58, r.text);
  w.put(372, r.ref_msg_type);
  w.put(379, r.ref_id);
  w.put(380, r.reason);
  return w.end();
}

const std::string& Writer::snapshot(const std::string& symbol, const std::string& md_req_id, const std::vector<MdEntry>& entries) {
  Impl& w = *impl_;
  w.begin();
  w.put(55, symbol);
  w.put(262, md_req_id);
  if (entries.empty()) w.put(268, "0");
  for (const MdEntry& entry : entries) {
    FIX::Group group(268, 269, kFullEntryOrder);
    put(group, 269, std::string(1, entry.type));
    put(group, 270, entry.px);
    put(group, 271, entry.size);
    put(group, 272, entry.date);
    put(group, 273, entry.time);
    w.body.addGroup(268, group);
  }
  return w.end();
}

const std::string& Writer::incremental(const std::string& md_req_id, const std::vector<MdEntry>& entries) {
  Impl& w = *impl_;
  w.begin();
  w.put(262, md_req_id);
  for (const MdEntry& entry : entries) {
    FIX::Group group(268, 279, kIncEntryOrder);
    put(group, 279, std::string(1, entry.action));
    put(group, 55, entry.symbol);
    put(group, 269, std::string(1, entry.type));
    put(group, 270, entry.px);
    put(group, 271, entry.size);
    put(group, 272, entry.date);
    put(group, 273, entry.time);
    put(group, 2446, entry.aggressor);
    put(group, 1003, entry.trade_id);
    put(group, 11, entry.cl_ord_id);
    put(group, 79, entry.alloc_account);
    w.body.addGroup(268, group);
  }
  return w.end();
}

const std::string& Writer::md_reject(const std::string& md_req_id, const std::string& reason, const std::string& text) {
  Impl& w = *impl_;
  w.begin();
  w.put(58, text);
  w.put(262, md_req_id);
  w.put(281, reason);
  return w.end();
}

const std::string& Writer::security_status(const SecurityStatus& s) {
  Impl& w = *impl_;
  w.begin();
  w.put(55, s.symbol);
  w.put(58, s.text);
  w.put(324, s.status_req_id);
  w.put(326, s.trading_status);
  return w.end();
}

const std::string& Writer::resend_complete(const std::string& ref_seq_num, const std::string& count) {
  Impl& w = *impl_;
  w.begin();
  w.put(45, ref_seq_num);
  w.put(21003, count);
  return w.end();
}

const std::string& Writer::resend_reject(const std::string& ref_seq_num, const std::string& reason, const std::string& text) {
  Impl& w = *impl_;
  w.begin();
  w.put(45, ref_seq_num);
  w.put(58, text);
  w.put(21004, reason);
  return w.end();
}

}  // namespace fixwire
}  // namespace sim
}  // namespace marginfix
