// What the codec tests share: goldens by type, whole messages from pipe form, a header, findings as text.
#pragma once

#include <string>
#include <string_view>

#include "golden/golden.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"

namespace marginfix_tests {

// Fields 35... in pipe form as a whole message with right 9 and 10.
inline std::string framed_as(std::string_view begin_string, std::string_view fields_in_pipes) {
  marginfix::fix::Buffer out;
  marginfix::fix::frame_message(begin_string, marginfix::fix::from_pipe_form(fields_in_pipes), out);
  return std::string(out.view());
}
inline std::string framed(std::string_view fields_in_pipes) { return framed_as("FIXT.1.1", fields_in_pipes); }

// The same with a valid standard header before the body fields.
inline std::string message(std::string_view msg_type, std::string_view body_in_pipes) {
  return framed("35=" + std::string(msg_type) + "|34=7|49=KalshiNR|52=20261001-14:30:00.150|56=key|" + std::string(body_in_pipes));
}

inline marginfix::fix::Header header() {
  marginfix::fix::Header h;
  h.msg_seq_num = 7;
  h.sender_comp_id = "key";
  h.target_comp_id = "KalshiNR";
  h.sending_time_text = "20261001-14:30:00.150";
  return h;
}

inline std::string all_findings(const marginfix::fix::Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += describe(finding) + "\n";
  return text;
}

}  // namespace marginfix_tests
