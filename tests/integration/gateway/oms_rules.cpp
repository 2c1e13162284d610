#include "integration/gateway/oms_rules.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "contract/oms_dictionaries/oms_support.hpp"
#include "integration/gateway/scenario.hpp"

namespace marginfix::gateway::script {
namespace {

using marginfix_tests::OmsDictionaries;
using marginfix_tests::OmsVersion;
using marginfix_tests::QuickFixDictionaries;

struct Judges {
  explicit Judges(const OmsVersion& version) : ours(version), quickfix(version.session_xml(), version.application_xml()) {}
  OmsDictionaries ours;
  QuickFixDictionaries quickfix;
};

template <std::size_t kVersion>
const Judges& judges_of() {
  static const Judges one(marginfix_tests::oms_versions().at(kVersion));
  return one;
}

// Read when they are asked for: a process has scenarios of one version, and reading takes a good part of a second.
const Judges& judges(FixVersion version) {
  static_assert(static_cast<std::size_t>(FixVersion::fix42) == 0 && static_cast<std::size_t>(FixVersion::fix50sp2) == 2);
  return version == FixVersion::fix42 ? judges_of<0>() : version == FixVersion::fix44 ? judges_of<1>() : judges_of<2>();
}

// Stock values of OrdStatus(39) and ExecType(150). 39=5 stands in FIX.4.2's list alone.
std::string_view ord_statuses(FixVersion version) { return version == FixVersion::fix42 ? "0123456789ABCDE" : "012346789ABCDE"; }
std::string_view exec_types(FixVersion version) {
  if (version == FixVersion::fix42) return "0123456789ABCDE";
  return version == FixVersion::fix44 ? "03456789ABCDEFGHI" : "03456789ABCDEFGHIJKL";
}

bool among(std::string_view value, std::string_view list) { return value.size() == 1 && list.find(value) != std::string_view::npos; }

bool is_price_or_quantity(int tag) {
  static const std::set<int> tags{6, 14, 31, 32, 38, 44, 99, 137, 151, 270, 271, 704, 705, 707, 708, 730, 734};
  return tags.contains(tag);
}
bool is_time(int tag) { return tag == 52 || tag == 60 || tag == 122 || tag == 126; }

// "-1.5", "1.5", "1": a digit on both sides of a point, no sign but '-', no exponent (engines.md A1).
bool is_plain_decimal(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto digits = [](std::string_view part) { return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos; };
  return digits(text.substr(0, point)) && (point == text.size() || digits(text.substr(point + 1)));
}

// YYYYMMDD-HH:MM:SS with 0 or 3 digits behind the point, in 5.0 SP2 also 6; never second 60 or hour 24 (engines.md A2, A3).
bool is_plain_time(std::string_view text, FixVersion version) {
  const std::size_t size = text.size();
  const bool length = size == 17 || size == 21 || (size == 24 && version == FixVersion::fix50sp2);
  return length && text.substr(9, 2) < "24" && text.substr(15, 2) < "60";
}

FixedPointCount count_in(const Fields& fields, int tag) {
  const std::string* value = find(fields, tag);
  if (value == nullptr) return {};
  const auto count = FixedPointCount::parse(*value);
  return count ? *count : FixedPointCount{};
}

bool is_over(char ord_status) { return std::string_view("248C3").find(ord_status) != std::string_view::npos; }

// Behind 52, 97, 122 and the like: what two tellings of one report have in common.
std::string without_header(const Fields& message) {
  static const std::set<int> header{8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 122, 1128};
  Fields body;
  for (const Field& field : message) {
    if (!header.contains(field.tag)) body.push_back(field);
  }
  return to_pipes(body);
}

}  // namespace

std::vector<std::string> dictionary_faults(FixVersion version, const std::string& wire) {
  std::vector<std::string> faults;
  const Judges& all = judges(version);
  for (const auto& finding : fix::validate(wire, all.ours.pair())) faults.push_back("dictionary: " + to_string(finding));
  const auto verdict = all.quickfix.check(wire);
  if (!verdict.accepted) faults.push_back("QuickFIX: " + verdict.why + " " + std::to_string(verdict.tag) + " " + verdict.text);
  return faults;
}

std::vector<std::string> exchange_faults(const std::string& wire) {
  std::vector<std::string> faults;
  for (const auto& finding : fix::validate(wire, marginfix_tests::our_pair())) faults.push_back("dictionary: " + to_string(finding));
  return faults;
}

std::vector<std::string> OmsRules::check(const std::string& wire) {
  faults_ = dictionary_faults(version_, wire);
  const Fields message = parse_wire(wire);
  check_values(message);
  const std::string type = value_of(message, 35);
  if (type == "8") check_report(message);
  if (type == "9") check_reject(message);
  return std::move(faults_);
}

void OmsRules::check_values(const Fields& message) {
  for (const Field& field : message) {
    if (is_price_or_quantity(field.tag) && !is_plain_decimal(field.value))
      fault(std::to_string(field.tag) + "=" + field.value + " is no number that every engine reads");
    if (is_time(field.tag) && !is_plain_time(field.value, version_))
      fault(std::to_string(field.tag) + "=" + field.value + " is no time that every engine reads");
  }
  if (value_of(message, 43) == "Y" && find(message, 122) == nullptr) fault("43=Y without OrigSendingTime(122) (engines.md A7b)");
}

char OmsRules::exec_type_of(const Fields& report) const {
  const std::string type = value_of(report, 150);
  const char code = type.empty() ? '?' : type.front();
  if (version_ != FixVersion::fix42) return code;
  if (value_of(report, 20) == "3") return 'I';
  return code == '1' || code == '2' ? 'F' : code;
}

// The same report again (43=Y, 97=Y): it must say what it said.
bool OmsRules::is_repeat(const Fields& report) {
  const std::string id = value_of(report, 17), body = without_header(report);
  const auto [known, is_new] = exec_ids_.try_emplace(id, body);
  if (is_new) return false;
  const bool again = value_of(report, 43) == "Y" || value_of(report, 97) == "Y";
  if (!again) fault("ExecID(17)=" + id + " has been used before");
  if (again && known->second != body) fault("ExecID(17)=" + id + " said something else: " + known->second);
  return true;
}

std::shared_ptr<OmsRules::Told> OmsRules::told_of(const Fields& report) {
  for (const int tag : {11, 41}) {
    const auto found = by_id_.find(value_of(report, tag));
    if (found != by_id_.end()) return found->second;
  }
  const std::string order_id = value_of(report, 37);
  const auto same = std::ranges::find_if(by_id_, [&](const auto& each) { return !order_id.empty() && each.second->order_id == order_id; });
  if (same != by_id_.end()) return same->second;
  auto told = std::make_shared<Told>();
  told->cl_ord_id = value_of(report, 11);
  return told;
}

void OmsRules::check_report(const Fields& report) {
  if (!among(value_of(report, 39), ord_statuses(version_))) fault("OrdStatus(39)=" + value_of(report, 39) + " is not of this version");
  if (!among(value_of(report, 150), exec_types(version_))) fault("ExecType(150)=" + value_of(report, 150) + " is not of this version");
  const bool has_trans_type = find(report, 20) != nullptr;
  if (version_ == FixVersion::fix42 ? !among(value_of(report, 20), "03") : has_trans_type)
    fault("ExecTransType(20)=" + value_of(report, 20));
  if (value_of(report, 17).starts_with("-1;-1")) fault("ExecID(17) is the exchange's word for none");
  if (is_repeat(report)) return;
  const char exec_type = exec_type_of(report);
  std::shared_ptr<Told> told = told_of(report);
  if (exec_type == '8' && (told->working || told->ended)) {  // another order under a known ClOrdID(11): nothing of that one
    told = std::make_shared<Told>();
    told->cl_ord_id = value_of(report, 11);
  }
  if (exec_type == 'I' && value_of(report, 37) == "NONE" && value_of(report, 39) == "8") return;  // of nobody's order
  if (exec_type == 'F') {
    told->cum += count_in(report, 32);
    const auto price = DollarDecimal::parse(value_of(report, 31));
    if (!price) return fault("a trade without LastPx(31)");
    told->value += *price * count_in(report, 32);
  }
  check_ids(report, *told, exec_type);
  check_quantities(report, *told, exec_type);
  check_average(report, *told);
  if (exec_type != 'I' && is_over(value_of(report, 39).front())) told->ended = true;
  for (const int tag : {11, 41}) {
    const std::string id = value_of(report, tag);
    if (!id.empty() && exec_type != 'I') by_id_.try_emplace(id, told);
  }
}

// 11 changes on 150=5 and 150=4 only; 37 is the exchange's from New on.
void OmsRules::check_ids(const Fields& report, Told& told, char exec_type) {
  const std::string id = value_of(report, 11), before = value_of(report, 41), order_id = value_of(report, 37);
  if (exec_type == '0' || exec_type == 'F') told.working = true;
  const bool changes = (exec_type == '5' || exec_type == '4') && !before.empty();
  const bool pending = exec_type == '6' || exec_type == 'E';
  if (changes || pending) {
    if (before != told.cl_ord_id) fault("OrigClOrdID(41)=" + before + ", but the order is " + told.cl_ord_id);
  } else if (id != told.cl_ord_id) {
    fault("ClOrdID(11)=" + id + ", but the order is " + told.cl_ord_id);
  }
  if (changes) told.cl_ord_id = id;
  if (!told.working) return;
  if (order_id == "NONE" || order_id.empty()) fault("OrderID(37) is not the exchange's, and the order works");
  if (!told.order_id.empty() && told.order_id != order_id) fault("OrderID(37) was " + told.order_id);
  told.order_id = order_id;
}

void OmsRules::check_quantities(const Fields& report, const Told& told, char exec_type) {
  const char status = value_of(report, 39).empty() ? '?' : value_of(report, 39).front();
  const FixedPointCount cum = count_in(report, 14), leaves = count_in(report, 151), qty = count_in(report, 38);
  if (cum != told.cum) fault("CumQty(14)=" + cum.to_string() + ", trades told: " + told.cum.to_string());
  const FixedPointCount open = is_over(status) || qty < cum ? FixedPointCount{} : qty - cum;
  if (leaves != open) fault("LeavesQty(151)=" + leaves.to_string() + " where " + open.to_string() + " is open");
  if (exec_type != '8' && find(report, 38) == nullptr) fault("OrderQty(38) is missing");
  if (status == '2' && cum < qty) fault("Filled(39=2), but not all is");
  if (status == '1' && cum.is_zero()) fault("PartiallyFilled(39=1) without a trade");
  if (status == '0' && !cum.is_zero()) fault("New(39=0), but something is filled");
}

// To 10^-6 dollars.
void OmsRules::check_average(const Fields& report, const Told& told) {
  const auto average = DollarDecimal::parse(value_of(report, 6));
  if (!average) return fault("AvgPx(6)=" + value_of(report, 6));
  __extension__ using Wide = __int128;
  const Wide difference =
      static_cast<Wide>(average->units()) * told.cum.units() - static_cast<Wide>(told.value.units()) * FixedPointCount::kOne;
  if (told.cum.is_zero() ? !average->is_zero() : 2 * (difference < 0 ? -difference : difference) > told.cum.units())
    fault("AvgPx(6)=" + value_of(report, 6) + " is not that of the trades told");
}

void OmsRules::check_reject(const Fields& reject) {
  if (!among(value_of(reject, 39), ord_statuses(version_))) fault("OrdStatus(39)=" + value_of(reject, 39) + " is not of this version");
  if (!among(value_of(reject, 434), "12")) fault("CxlRejResponseTo(434)=" + value_of(reject, 434));
  const auto told = by_id_.find(value_of(reject, 41));
  if (told != by_id_.end() && told->second->working && value_of(reject, 37) != told->second->order_id)
    fault("OrderID(37) is not the order's, " + told->second->order_id);
}

}  // namespace marginfix::gateway::script
