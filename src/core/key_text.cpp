// Takes off, one after the other, what a transport may have done to a PEM.
#include "src/core/key_text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <system_error>
#include <utility>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix {
namespace {

constexpr std::string_view kBeginMark = "-----BEGIN ";
constexpr std::string_view kEndMark = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLineLength = 64;  // of PEM

// Text that is wiped when it is done with. Its size is reserved at once: growing would leave copies.
struct Scratch {
  explicit Scratch(std::size_t size) { text.reserve(size); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { wipe(text.data(), text.size()); }
  std::string text;
};

bool is_white_space(char c) noexcept { return kWhiteSpace.find(c) != std::string_view::npos; }
bool base64_letter(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '='; }

void add_stage(std::string& journey, std::string_view what) {
  if (journey.find(what) != std::string::npos) return;
  journey += (journey.empty() ? "" : ", ") + std::string(what);
}

// UTF-16 of a Windows shell's redirection: a key is ASCII, so every other byte is NUL.
void from_utf16(std::string_view text, Scratch& out, std::string& journey) {
  const bool marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (!marked && text.substr(0, 40).find('\0') == std::string_view::npos) {
    out.text = text;
    return;
  }
  std::ranges::copy_if(marked ? text.substr(2) : text, std::back_inserter(out.text), [](char c) { return c != '\0'; });
  add_stage(journey, "it had become UTF-16");
}

std::string_view without_quotes(std::string_view text, std::string& journey) {
  for (bool again = true; std::exchange(again, false);) {
    text = trimmed(text);
    for (const char quote : {'"', '\'', '`'}) {
      if (text.size() < 2 || text.front() != quote || text.back() != quote) continue;
      text = text.substr(1, text.size() - 2);
      add_stage(journey, "it stood in quotes");
      again = true;
    }
  }
  return text;
}

// Backslashes, however many, and what they stand for: PEM knows none, so every one is the transport's.
void without_escapes(std::string_view text, Scratch& out, std::string& journey) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.text += text[i];
      continue;
    }
    const auto next = text.find_first_not_of('\\', i);
    const std::size_t run = std::min(next, text.size()) - i;
    add_stage(journey, run > 1 ? "its line ends were escaped twice" : "its line ends were written out");
    i += run - 1;
    if (next == std::string_view::npos) break;
    const std::string_view rest = text.substr(next);
    if (rest.front() == 'n' || rest.front() == 'r' || rest.front() == 't') {
      out.text += '\n';
      ++i;
    } else if (rest.starts_with("u000a") || rest.starts_with("u000A") || rest.starts_with("u000d") || rest.starts_with("u000D")) {
      out.text += '\n';
      i += 5;
    }
  }
}

// ---- one PEM block ------------------------------------------------------------------------------------------------------

struct PemBlock {
  std::string_view label;  // "RSA PRIVATE KEY"
  std::string_view body;   // all between the BEGIN and the END line
};

// The first block that is a private key, else the first block. `cut`: there is a BEGIN without its END.
std::optional<PemBlock> find_block(std::string_view text, bool& cut) {
  std::optional<PemBlock> first;
  for (std::size_t at = text.find(kBeginMark); at != std::string_view::npos; at = text.find(kBeginMark, at + 1)) {
    const std::size_t label = at + kBeginMark.size();
    const std::size_t dashes = text.find(kDashes, label);
    if (dashes == std::string_view::npos) break;
    const std::size_t body = dashes + kDashes.size();
    const std::size_t end = text.find(kEndMark, body);
    const PemBlock block{text.substr(label, dashes - label), text.substr(body, std::min(end, text.size()) - body)};
    const bool is_key = block.label.ends_with("PRIVATE KEY");
    if (end == std::string_view::npos) {
      cut = is_key || !first;
      break;
    }
    if (is_key) return block;
    if (!first) first = block;
  }
  return first;
}

// "Proc-Type: 4,ENCRYPTED" and "DEK-Info: AES-256-CBC,<hex>" of an old encrypted PEM, whose line ends may be gone: taken off `body`.
std::string encryption_headers(std::string_view& body) {
  const auto info = body.find("DEK-Info:");
  const auto comma = info == std::string_view::npos ? info : body.find(',', info);
  if (comma == std::string_view::npos) return {};
  const std::string_view cipher = trimmed(body.substr(info + 9, comma - info - 9));
  const std::size_t digits = cipher.find("DES") != std::string_view::npos ? 16 : 32;  // the initialisation vector in hexadecimal
  if (comma + 1 + digits > body.size()) return {};
  const std::string_view vector = body.substr(comma + 1, digits);
  body.remove_prefix(comma + 1 + digits);
  return "Proc-Type: 4,ENCRYPTED\nDEK-Info: " + std::string(cipher) + "," + std::string(vector) + "\n\n";
}

// What became of the line ends of a PEM's body that stands on one line.
void tell_of_line_ends(std::string_view body, std::string& journey) {
  const std::string_view inside = trimmed(body);
  if (inside.size() <= 76 || inside.find('\n') != std::string_view::npos) {
    if (body.find("\n ") != std::string_view::npos || body.find("\n\t") != std::string_view::npos) add_stage(journey, "it was indented");
    return;
  }
  add_stage(journey, inside.find_first_of(" \t") != std::string_view::npos ? "its line ends had become blanks" : "its line ends were gone");
}

SecretString pem_of(std::string_view label, std::string_view headers, std::string_view letters) {
  Scratch out(letters.size() + letters.size() / kLineLength + headers.size() + 2 * label.size() + 64);
  out.text.append(kBeginMark).append(label).append(kDashes).append("\n").append(headers);
  for (std::size_t at = 0; at < letters.size(); at += kLineLength) out.text.append(letters.substr(at, kLineLength)).append("\n");
  out.text.append(kEndMark).append(label).append(kDashes).append("\n");
  return SecretString(out.text);
}

KeyText key_of(const PemBlock& block, std::string journey) {
  std::string_view body = block.body;
  tell_of_line_ends(body, journey);
  const std::string headers = encryption_headers(body);
  Scratch letters(body.size());
  std::ranges::copy_if(body, std::back_inserter(letters.text), [](char c) { return !is_white_space(c); });
  KeyText key{pem_of(block.label, headers, letters.text), std::move(journey), {}};
  if (letters.text.empty()) {
    key.fault = "there is nothing between the BEGIN and the END line of the private key";
  } else if (!std::ranges::all_of(letters.text, base64_letter)) {
    key.fault =
        "the private key holds characters that base64 does not have: its transport changed them (a document's dashes, a placeholder?)";
  } else if (letters.text.size() % 4 != 0 && body.find_first_of(" \t", body.find_first_not_of(kWhiteSpace)) != std::string_view::npos) {
    key.fault = "the private key is damaged: blanks stand where characters of its base64 are missing (URL decoding turns '+' into a blank)";
  }
  return key;
}

// ---- what has no BEGIN ----------------------------------------------------------------------------------------------------

// The DER of a key, by its first bytes: SEQUENCE with a two-byte length, or a short one (Ed25519).
bool looks_like_der(std::string_view bytes) noexcept {
  return bytes.size() > 40 && bytes[0] == '\x30' &&
         (static_cast<unsigned char>(bytes[1]) == 0x82 || bytes[1] == '\x2e' || bytes[1] == '\x51');
}

// PKCS#8 has an AlgorithmIdentifier behind the version, PKCS#1 a number.
std::string_view label_of_der(std::string_view der) noexcept {
  const std::size_t version = static_cast<unsigned char>(der[1]) == 0x82 ? 4 : 2;
  if (der[version] == '\x30') return "ENCRYPTED PRIVATE KEY";
  return der.size() > version + 3 && der[version + 3] == '\x30' ? "PRIVATE KEY" : "RSA PRIVATE KEY";
}

bool names_a_file(std::string_view text) {
  if (text.size() > 4096 || text.find('\n') != std::string_view::npos) return false;
  for (const std::string_view start : {"/", "./", "../", "~/", "file:"}) {
    if (text.starts_with(start)) return true;
  }
  for (const std::string_view end : {".pem", ".key", ".txt", ".der"}) {
    if (text.ends_with(end)) return true;
  }
  std::error_code no_matter;
  return !text.empty() && text.size() < 256 && std::filesystem::is_regular_file(std::string(text), no_matter);
}

std::string what_stands_there_instead(std::string_view text) {
  const auto starts = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
  };
  if (text.empty()) return "the private key is empty";
  if (names_a_file(text)) {
    return "this is the path of a file, where the key's text belongs: give it as the path (KalshiPrivateKeyPath, "
           "..._PRIVATE_KEY_PATH, private_key_path)";
  }
  if (starts({"$", "%", "{{", "<%", "${"}))
    return "this is the name of a variable and not the private key: its transport did not expand it";
  if (starts({"arn:", "vault:", "projects/", "op://", "ref+", "secret:", "gcp:", "aws:", "azure"}))
    return "this is a reference to a secret store and not the private key: nothing has looked it up";
  if (text.find_first_not_of("*xX.") == std::string_view::npos) return "this is a mask (***) and not the private key";
  if (text.find("-----END ") != std::string_view::npos)
    return "the private key's beginning is missing: its transport kept the last lines only";
  return "this is no PEM private key: it must begin with '-----BEGIN PRIVATE KEY-----' or '-----BEGIN RSA PRIVATE KEY-----'";
}

KeyText read_form(std::string_view text, std::string journey, int depth);

// Base64 of a PEM, or of the key itself (a PEM whose BEGIN and END lines are gone).
std::optional<KeyText> key_from_base64(std::string_view text, std::string journey, int depth) {
  Scratch letters(text.size() + 4);
  for (const char c : text) {
    if (is_white_space(c)) continue;
    if (!base64_letter(c) && c != '-' && c != '_') return std::nullopt;
    letters.text += c == '-' ? '+' : c == '_' ? '/' : c;  // the URL form
  }
  if (letters.text.size() < 40) return std::nullopt;
  while (letters.text.size() % 4 != 0) letters.text += '=';
  auto decoded = base64_decode(letters.text);
  if (!decoded) return std::nullopt;
  std::optional<KeyText> key;
  if (looks_like_der(*decoded)) {
    add_stage(journey, "its BEGIN and END lines were gone");
    key = KeyText{pem_of(label_of_der(*decoded), {}, letters.text), std::move(journey), {}};
  } else if (depth < 2 && decoded->find("BEGIN") != std::string::npos) {
    add_stage(journey, "it was in base64");
    key = read_form(*decoded, std::move(journey), depth + 1);
  } else if (depth < 2 && decoded->starts_with("LS0tLS1C")) {
    add_stage(journey, "it was in base64 twice");
    key = read_form(*decoded, std::move(journey), depth + 1);
  }
  wipe(decoded->data(), decoded->size());
  return key;
}

KeyText read_form(std::string_view text, std::string journey, int depth) {
  if (looks_like_der(text)) {  // a file in DER
    std::string letters = base64_encode(text);
    add_stage(journey, "it was in DER");
    KeyText key{pem_of(label_of_der(text), {}, letters), std::move(journey), {}};
    wipe(letters.data(), letters.size());
    return key;
  }
  Scratch narrow(text.size());
  from_utf16(text, narrow, journey);
  std::string_view rest = narrow.text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  Scratch plain(rest.size());
  without_escapes(without_quotes(rest, journey), plain, journey);
  rest = trimmed(plain.text);
  bool cut = false;
  if (const auto block = find_block(rest, cut); block && (!cut || block->label.ends_with("PRIVATE KEY"))) {
    if (block->label.ends_with("PRIVATE KEY") && !block->label.starts_with("OPENSSH")) return key_of(*block, std::move(journey));
    return {SecretString(std::string(rest)), std::move(journey), {}};  // something else in PEM: its reader says what
  }
  if (cut) {
    return {SecretString(std::string(rest)), std::move(journey),
            "the private key's END line is missing: its transport cut it off (an env file or a shell keeps the first line only: write the "
            "line ends as \\n, or give the key's file)"};
  }
  if (auto key = key_from_base64(rest, journey, depth)) return *std::move(key);
  return {SecretString(std::string(rest)), std::move(journey), what_stands_there_instead(rest)};
}

}  // namespace

KeyText read_key_text(std::string_view text) { return read_form(text, {}, 0); }

bool looks_like_key_text(std::string_view path) noexcept {
  if (path.find("BEGIN ") != std::string_view::npos || path.find("PRIVATE KEY") != std::string_view::npos) return true;
  if (path.find('\n') != std::string_view::npos) return true;
  const std::string_view inside = without_wrapping(path);
  const bool letters = std::ranges::all_of(inside, [](char c) { return base64_letter(c) || is_white_space(c); });
  return letters && (inside.size() > 200 || inside.starts_with("LS0tLS1C") || inside.starts_with("MII") || inside.starts_with("MC4CAQ")) &&
         inside.size() >= 40;
}

}  // namespace marginfix
