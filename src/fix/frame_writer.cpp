// compose_frame: the length is counted first, so nothing is moved afterwards.
#include "marginfix/fix/frame_writer.hpp"

#include "src/fix/format.hpp"

namespace marginfix::fix {
namespace {

using detail::kSoh;

void put(std::string& out, const char* key, std::string_view value) {
  out.append(key);
  out.append(value);
  out.push_back(kSoh);
}
void put_if(std::string& out, const char* key, std::string_view value) {
  if (!value.empty()) put(out, key, value);
}

std::size_t length_if(std::size_t key, std::string_view value) noexcept { return value.empty() ? 0 : key + value.size() + 1; }

std::string_view number_text(char (&text)[detail::kLongestNumber], std::int64_t value) noexcept {
  return {text, static_cast<std::size_t>(detail::put_integer(text, value) - text)};
}

}  // namespace

void compose_frame(std::string& out, const FrameHeader& h, const char* body, std::size_t size) {
  char seq_text[detail::kLongestNumber];
  char length_text[detail::kLongestNumber];
  const std::string_view seq = number_text(seq_text, h.msg_seq_num);
  const std::size_t fields = 5 * 4 + h.msg_type.size() + seq.size() + h.sender_comp_id.size() + h.sending_time.size() +
                             h.target_comp_id.size() + length_if(3, h.sender_sub_id) + length_if(3, h.target_sub_id) +
                             length_if(4, h.orig_sending_time) + length_if(5, h.appl_ver_id) + (h.poss_dup ? 5 : 0) +
                             (h.poss_resend ? 5 : 0);
  out.clear();
  out.reserve(fields + size + h.begin_string.size() + 32);
  put(out, "8=", h.begin_string);
  put(out, "9=", number_text(length_text, static_cast<std::int64_t>(fields + size)));
  put(out, "35=", h.msg_type);
  put(out, "34=", seq);
  if (h.poss_dup) put(out, "43=", "Y");
  put(out, "49=", h.sender_comp_id);
  put_if(out, "50=", h.sender_sub_id);
  put(out, "52=", h.sending_time);
  put(out, "56=", h.target_comp_id);
  put_if(out, "57=", h.target_sub_id);
  if (h.poss_resend) put(out, "97=", "Y");
  put_if(out, "122=", h.orig_sending_time);
  put_if(out, "1128=", h.appl_ver_id);
  if (size != 0) out.append(body, size);
  char trailer[detail::kTrailerSize];
  detail::put_checksum(trailer, detail::byte_sum(out.data(), out.size()));
  out.append(trailer, sizeof trailer);
}

}  // namespace marginfix::fix
