// The QuickFIX side of bench_codec.
#include "quickfix_peer.hpp"

#include <quickfix/DataDictionary.h>
#include <quickfix/Group.h>
#include <quickfix/Message.h>

namespace peer {

struct QuickFix::State {
  State(const std::string& session_file, const std::string& application_file) : session(session_file), application(application_file) {}
  FIX::DataDictionary session;
  FIX::DataDictionary application;
  FIX::Message parsed;
  std::string text;
};

QuickFix::QuickFix(const std::string& session_dictionary, const std::string& application_dictionary)
    : state_(new State(session_dictionary, application_dictionary)) {}
QuickFix::~QuickFix() = default;

std::size_t QuickFix::parse(const std::string& wire) {
  state_->parsed.setString(wire, true, &state_->session, &state_->application);
  return static_cast<std::size_t>(state_->parsed.totalFields());
}

std::size_t QuickFix::parse_and_validate(const std::string& wire) {
  const std::size_t fields = parse(wire);
  FIX::DataDictionary::validate(state_->parsed, &state_->session, &state_->application);
  return fields;
}

const std::string& QuickFix::build(const std::vector<FieldText>& fields, const std::vector<int>& order) {
  FIX::Message message;
  for (std::size_t i = 0; i < fields.size();) {
    const FieldText& field = fields[i];
    if (field.counter == 0) {
      if (field.header)
        message.getHeader().setField(field.tag, field.value);
      else
        message.setField(field.tag, field.value);
      ++i;
      continue;
    }
    FIX::Group group(field.counter, order.front(), order.data());
    for (const int entry = field.entry; i < fields.size() && fields[i].counter == field.counter && fields[i].entry == entry; ++i) {
      group.setField(fields[i].tag, fields[i].value);
    }
    message.addGroup(group);
  }
  message.toString(state_->text);
  return state_->text;
}

}  // namespace peer
