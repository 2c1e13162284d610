// The lint of dictionaries and logs: empty for our own files, and everything fix-margin.md says of the published v1.03.
#include "marginfix/fix/lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "contract/dictionaries/support.hpp"
#include "marginfix/fix/field_table.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::Dictionary;
using marginfix::fix::DictionaryFinding;
using marginfix::fix::LogLint;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> lines(const std::vector<DictionaryFinding>& findings) {
  std::vector<std::string> out;
  for (const DictionaryFinding& finding : findings) out.push_back(to_string(finding));
  return out;
}

std::vector<std::string> lint_with(const std::string& session_xml, const std::string& application_xml) {
  const Dictionary session = parsed(session_xml, "session.xml");
  const Dictionary application = parsed(application_xml, "application.xml");
  return lines(marginfix::fix::lint_dictionary({session, application}));
}

TEST(DictionaryLint, FindsNothingInOurOwnTwoFiles) { EXPECT_THAT(lines(marginfix::fix::lint_dictionary(our_pair())), IsEmpty()); }

TEST(DictionaryLint, SeesEachThingTakenOutOfOurFiles) {
  const std::string session = spec_file("FIXT11-margin.xml");
  const std::string application = spec_file("FIX50SP2-margin.xml");
  EXPECT_THAT(lint_with(session, with(application, "      <field name=\"ClearingBusinessDate\" required=\"N\"/>\n", "")),
              ElementsAre("ExecutionReport(8): ClearingBusinessDate(715) is declared but not listed for this message [373=2]"));
  EXPECT_THAT(lint_with(session, with(application, "      <value enum=\"A\" description=\"PENDING_NEW\"/>\n", "")),
              Contains("ExecutionReport(8): OrdStatus(39)=A (PendingNew) is not among the values the dictionary lists [373=5]"));
  EXPECT_THAT(lint_with(session, with(application, "name=\"TrdMatchID\" type=\"STRING\"", "name=\"TrdMatchID\" type=\"INT\"")),
              ElementsAre(HasSubstr("TrdMatchID(880) carries values like text-1, which are no INT")));
  EXPECT_THAT(lint_with(session, with(application, "msgtype=\"W\"", "msgtype=\"w\"")),
              ElementsAre(HasSubstr("MarketDataSnapshotFullRefresh(W): the message is missing")));
  EXPECT_THAT(lint_with(with(session, "      <field name=\"ListenerSession\" required=\"N\"/>\n", ""), application),
              ElementsAre("Logon(A): ListenerSession(20126) is declared but not listed for this message [373=2]"));
  EXPECT_THAT(
      lint_with(session, with(application, "<field name=\"TrdMatchID\" required=\"N\"/>", "<field name=\"TrdMatchID\" required=\"Y\"/>")),
      ElementsAre(HasSubstr("TrdMatchID(880) is required by the dictionary and documented for some of these messages only")));
  EXPECT_THAT(lint_with(session, with(application, "        <field name=\"PartyRole\" required=\"N\"/>\n", "")),
              Contains("ExecutionReport(8): PartyRole(452) is not listed in its group [373=2]"));
}

TEST(DictionaryLint, SeesAGroupListedAsAPlainField) {
  const std::string application = spec_file("FIX50SP2-margin.xml");
  const std::string flat =
      with(application, "<component name=\"RelatedSym\" required=\"N\"/>", "<field name=\"NoRelatedSym\" required=\"N\"/>");
  EXPECT_THAT(
      lint_with(spec_file("FIXT11-margin.xml"), flat),
      Contains(AllOf(HasSubstr("MarketDataRequest(V)"), HasSubstr("NoRelatedSym(146) is a repeating group but listed as a plain field"))));
}

TEST(DictionaryLint, SaysThatASessionDictionaryOfAnotherVersionRefusesEverything) {
  const std::string application = spec_file("FIX50SP2-margin.xml");
  EXPECT_THAT(lint_with(application, application), Contains(HasSubstr("the session dictionary is for FIX.5.0")));
}

// What fix-margin.md, last section, says of v1.03.
TEST(PublishedDictionary, IsFoundOutInEveryPoint) {
  const auto published = Dictionary::load(published_path());
  if (!published) GTEST_SKIP() << "the published v1.03 is not beside the checkout (../shared/spec/official)";
  const auto found = lines(marginfix::fix::lint_dictionary(as_pair(*published)));
  for (const char* expected : {
           "ExecutionReport(8): ClearingBusinessDate(715) is declared but not listed for this message [373=2]",
           "ExecutionReport(8): LastMkt(30) is not declared in the dictionary [373=0]",
           "ExecutionReport(8): OrdStatus(39)=5 (Replaced) is not among the values the dictionary lists [373=5]",
           "ExecutionReport(8): TimeInForce(59) is declared but not listed for this message [373=2]",
           "NewOrderSingle(D): ExecInst(18)=E (ReduceOnly) is not among the values the dictionary lists [373=5]",
           "OrderCancelReplaceRequest(G): TimeInForce(59) is declared but not listed for this message [373=2]",
           "OrderCancelReplaceRequest(G): ExpireTime(126) is declared but not listed for this message [373=2]",
       })
    EXPECT_THAT(found, Contains(expected));
  EXPECT_THAT(found, Contains(HasSubstr("ExecutionReport(8): OrdRejReason(103)=5")));
  EXPECT_THAT(found, Contains(HasSubstr("ExecutionReport(8): PartyRole(452)=12 (ExecutingTrader)")));
  EXPECT_THAT(found, Contains(HasSubstr("ExecutionReport(8): TransactTime(60) has required='C'")));
  EXPECT_THAT(found, Contains(HasSubstr("MaxExecutionCost(21009) has the type DECIMAL")));
  EXPECT_THAT(found,
              Contains(HasSubstr("QuoteRequest(R): NoRelatedSym(146) is the counter of a repeating group but listed as a plain field")));
  EXPECT_THAT(found, Contains(HasSubstr("this is a FIXT file with 27 application messages")));
  for (const char* missing :
       {"MarketDataRequest(V)", "MarketDataSnapshotFullRefresh(W)", "MarketDataIncrementalRefresh(X)", "MarketDataRequestReject(Y)"})
    EXPECT_THAT(found, Contains(AllOf(HasSubstr(missing), HasSubstr("the message is missing"))));
}

// Whoever changes from v1.03 to our files loses nothing: every field and value it takes in a message we carry, we take.
TEST(PublishedDictionary, TakesNothingInOurMessagesThatOursRefuse) {
  const auto published = Dictionary::load(published_path());
  if (!published) GTEST_SKIP() << "the published v1.03 is not beside the checkout (../shared/spec/official)";
  for (const auto& message : marginfix::fix::all_messages()) {
    const auto* theirs = published->message(message.msg_type);
    if (theirs == nullptr) continue;
    const Dictionary& dictionary = body_dictionary(our_pair(), message.msg_type);
    const auto* ours = dictionary.message(message.msg_type);
    ASSERT_NE(ours, nullptr) << message.name;
    for (const auto& member : theirs->members) {
      EXPECT_NE(find_member(ours->members, member.tag), nullptr) << message.name << " " << member.tag;
      const auto* field = dictionary.field(member.tag);
      ASSERT_NE(field, nullptr) << member.tag;
      EXPECT_EQ(field->name, published->field(member.tag)->name);
      for (const auto& value : published->field(member.tag)->values)
        EXPECT_TRUE(field->values.empty() || field->find_value(value.value) != nullptr) << field->name << "=" << value.value;
    }
  }
}

// The struct tables and the dictionaries are two writings of one page.
TEST(MessageTables, AgreeWithOurDictionariesOnRequiredFieldsAndNames) {
  for (const auto& message : marginfix::fix::all_messages()) {
    const Dictionary& dictionary = body_dictionary(our_pair(), message.msg_type);
    const auto* listed = dictionary.message(message.msg_type);
    ASSERT_NE(listed, nullptr) << message.name;
    EXPECT_EQ(listed->name, message.name);
    EXPECT_EQ(listed->category == "admin", message.admin) << message.name;
    for (const auto& field : message.fields) {
      const auto* member = find_member(listed->members, field.tag);
      ASSERT_NE(member, nullptr) << message.name << " " << field.name;
      EXPECT_TRUE(!member->required || field.presence == marginfix::fix::Presence::required) << message.name << " " << field.name;
      // v1.03 calls 21003 ResendEventCount, and so do our files.
      EXPECT_EQ(dictionary.field(field.tag)->name, field.tag == 21003 ? "ResendEventCount" : field.name);
    }
  }
}

LogLint lint_of(const std::string& text) { return marginfix::fix::lint_log(text, our_pair()); }

TEST(LogLint, ReadsEverySeparatorPeopleUse) {
  const std::string good = golden_named("report-new").wire;
  const std::string bad = edited("report-new", "|39=0|", "|39=z|");
  const auto spelled = [](std::string wire, const std::string& separator) {
    for (std::size_t at = 0; (at = wire.find('\x01', at)) != std::string::npos; at += separator.size()) wire.replace(at, 1, separator);
    return wire;
  };
  for (const char* separator : {"\x01", "|", "^A", "<SOH>"}) {
    const std::string log =
        "20261001-14:30:00.123 : " + spelled(good, separator) + "\n20261001-14:30:00.456 : " + spelled(bad, separator) + "\nnothing here\n";
    const LogLint lint = lint_of(log);
    EXPECT_EQ(lint.messages, 2U) << separator;
    EXPECT_EQ(lint.refused, 1U) << separator;
    ASSERT_THAT(lint.findings, SizeIs(1)) << separator;
    EXPECT_EQ(lint.findings[0].line, 2U);
    EXPECT_EQ(lint.findings[0].prefix, "20261001-14:30:00.456");
    EXPECT_EQ(to_string(lint.findings[0]),
              "line 2: ExecutionReport(8): OrdStatus(39)=z is not among the values the dictionary lists [373=5]");
  }
}

TEST(LogLint, FindsNothingInTheGoldenMessages) {
  std::string log;
  for (const Golden& golden : load_goldens()) log += "20261001-14:30:00.123 : " + golden.wire + "\n";
  const LogLint lint = lint_of(log);
  EXPECT_EQ(lint.messages, load_goldens().size());
  EXPECT_THAT(lint.findings, IsEmpty());
}

TEST(LogLint, TakesSeveralMessagesOnOneLineAndAMessageCutShort) {
  const std::string good = to_pipes(golden_named("report-new").wire);
  const LogLint lint = lint_of(good + " " + good + "\n" + good.substr(0, 60) + "\n" + good);
  EXPECT_EQ(lint.messages, 4U);
  EXPECT_EQ(lint.refused, 1U);
}

TEST(LogLint, ToleratesRedactedSignaturesAndNeverShowsOne) {
  const std::string logon = to_pipes(golden_named("logon-nr").wire);
  const std::size_t at = logon.find("|96=") + 4;
  std::string redacted = logon;
  redacted.replace(at, logon.find('|', at) - at, "***");
  EXPECT_THAT(lint_of(redacted + "\n").findings, IsEmpty());
  const LogLint shown = lint_of(with(logon, "|98=0|", "|98=77|"));
  ASSERT_THAT(shown.findings, SizeIs(1));
  EXPECT_THAT(shown.findings[0].message, AllOf(HasSubstr("|96=***|"), Not(HasSubstr(logon.substr(at, 20)))));
}

TEST(LogLint, MakesNothingOfTextWithoutMessages) {
  EXPECT_EQ(lint_of("").messages, 0U);
  EXPECT_EQ(lint_of("8=FIX").messages, 0U);
  EXPECT_EQ(lint_of("version 8=FIXT.1.1 is what we speak\n").messages, 0U);
}

}  // namespace
}  // namespace marginfix_tests
