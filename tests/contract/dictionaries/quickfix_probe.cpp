// The C++14 side of the probe: the only file of the dictionary tests that sees QuickFIX headers.
#include "contract/dictionaries/quickfix_probe.hpp"

#include <quickfix/DataDictionary.h>
#include <quickfix/Message.h>

#include <sstream>
#include <stdexcept>

namespace marginfix_tests {

struct QuickFixDictionaries::Impl {
  FIX::DataDictionary session;
  FIX::DataDictionary application;

  // Session::next parses with both dictionaries and validates session messages against the session dictionary alone.
  void read(const std::string& wire, QuickFixVerdict& verdict) const {
    const FIX::Message message(wire, session, application, true);
    verdict.round_trip = message.toString();
    if (message.isApp())
      FIX::DataDictionary::validate(message, &session, &application);
    else
      session.validate(message);
    verdict.accepted = true;
  }
};

namespace {

void load(FIX::DataDictionary& into, const std::string& xml) {
  std::istringstream stream(xml);
  try {
    into.readFromStream(stream);
  } catch (const std::exception& e) {
    throw std::runtime_error(e.what());
  }
}

// The name Session::next maps to SessionRejectReason(373) goes out with the tag.
template <class E>
void refuse(QuickFixVerdict& verdict, const char* why, const E& e, int tag) {
  verdict.why = why;
  verdict.tag = tag;
  verdict.text = e.what();
}

}  // namespace

QuickFixDictionaries::QuickFixDictionaries(const std::string& session_xml, const std::string& application_xml) : impl_(new Impl) {
  load(impl_->session, session_xml);
  load(impl_->application, application_xml);
}

QuickFixDictionaries::~QuickFixDictionaries() = default;

void QuickFixDictionaries::allow_unknown_message_fields(bool allow) {
  impl_->session.allowUnknownMsgFields(allow);
  impl_->application.allowUnknownMsgFields(allow);
}

QuickFixVerdict QuickFixDictionaries::check(const std::string& wire) const {
  QuickFixVerdict verdict;
  try {
    impl_->read(wire, verdict);
  } catch (const FIX::InvalidMessage& e) {
    refuse(verdict, "InvalidMessage", e, 0);
  } catch (const FIX::UnsupportedVersion& e) {
    refuse(verdict, "UnsupportedVersion", e, 8);
  } catch (const FIX::InvalidMessageType& e) {
    refuse(verdict, "InvalidMessageType", e, 35);
  } catch (const FIX::RequiredTagMissing& e) {
    refuse(verdict, "RequiredTagMissing", e, e.field);
  } catch (const FIX::InvalidTagNumber& e) {
    refuse(verdict, "InvalidTagNumber", e, e.field);
  } catch (const FIX::TagNotDefinedForMessage& e) {
    refuse(verdict, "TagNotDefinedForMessage", e, e.field);
  } catch (const FIX::NoTagValue& e) {
    refuse(verdict, "NoTagValue", e, e.field);
  } catch (const FIX::IncorrectTagValue& e) {
    refuse(verdict, "IncorrectTagValue", e, e.field);
  } catch (const FIX::IncorrectDataFormat& e) {
    refuse(verdict, "IncorrectDataFormat", e, e.field);
  } catch (const FIX::TagOutOfOrder& e) {
    refuse(verdict, "TagOutOfOrder", e, e.field);
  } catch (const FIX::RepeatedTag& e) {
    refuse(verdict, "RepeatedTag", e, e.field);
  } catch (const FIX::RepeatingGroupCountMismatch& e) {
    refuse(verdict, "RepeatingGroupCountMismatch", e, e.field);
  } catch (const std::exception& e) {
    refuse(verdict, "exception", e, 0);
  }
  return verdict;
}

}  // namespace marginfix_tests
