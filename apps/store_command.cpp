// `marginfix store`: message stores on the disk: what one holds, whether it is whole, and one made of QuickFIX's files.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/store/quickfix_files.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/json/writer.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/store_file.hpp"

namespace marginfix::apps {
namespace {

namespace fs = std::filesystem;

struct StoreArguments {
  std::string file;
  std::vector<std::string> files;
  bool messages{false}, one_line{false};
  std::int64_t first{0}, last{0};
  std::string from, to;
  std::vector<std::string> sessions;
  bool overwrite{false};
};

std::string time_text(std::int64_t seconds) { return to_rfc3339(from_epoch_seconds(seconds)); }

// "512 messages, 512 to 1041, stored 2026-12-01T11:40:00Z to 2026-12-01T11:55:00Z"
std::string messages_text(const StoreFileInfo& info) {
  if (info.messages == 0) return "no messages";
  return fmt::format("{} message{}, {} to {}, stored {} to {}", info.messages, info.messages == 1 ? "" : "s", info.first_seq, info.last_seq,
                     time_text(info.oldest), time_text(info.newest));
}
std::string numbers_text(const StoreFileInfo& info) {
  return fmt::format("next sender {}, next target {}", info.next_sender_seq, info.next_target_seq);
}
std::string unfinished_text(const StoreFileInfo& info) {
  return fmt::format(
      "the {} bytes at {} are a record that was never finished: the process was killed while it wrote them, and what they say never left. "
      "No damage: the next start cuts them",
      info.unfinished_bytes, info.used_bytes);
}

// ---- show --------------------------------------------------------------------------------------------------------------
std::string info_json(const std::string& path, const StoreFileInfo& info) {
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("path", path).member("in_use", info.in_use).member("version", number(info.version));
  writer.member("epoch", number(info.epoch)).member("created_at", time_text(info.created_at));
  writer.member("next_sender_seq", info.next_sender_seq).member("next_target_seq", info.next_target_seq);
  writer.member("messages", number(info.messages));
  if (info.messages != 0) {
    writer.member("first_seq", info.first_seq).member("last_seq", info.last_seq);
    writer.member("oldest", time_text(info.oldest)).member("newest", time_text(info.newest));
  }
  writer.member("used_bytes", number(info.used_bytes)).member("unfinished_bytes", number(info.unfinished_bytes));
  writer.member("room_bytes", number(info.room_bytes)).member("whole", !info.damage.has_value());
  if (info.damage)
    writer.key("damage").begin_object().member("offset", number(info.damage->offset)).member("text", info.damage->what).end_object();
  writer.end_object();
  return text;
}

void print_info(const std::string& path, const StoreFileInfo& info) {
  print_pieces({{path, Style::bold}, {info.in_use ? "  a session has it open: this is how it is now" : ""}});
  print_line(fmt::format("  next sender  {}", info.next_sender_seq));
  print_line(fmt::format("  next target  {}", info.next_target_seq));
  print_line(fmt::format("  epoch        {}, since {}", info.epoch, time_text(info.created_at)));
  print_line("  kept         " + messages_text(info));
  print_line(fmt::format("  bytes        {} used, {} {}", info.used_bytes, info.room_bytes,
                         info.damage ? "not read behind the damage" : "of room behind"));
  if (info.unfinished_bytes != 0) print_line("  " + unfinished_text(info));
}

void print_stored(const StoreFileMessage& message, bool one_line, bool json) {
  if (json) {
    return print_line(
        fmt::format(R"({{"seq":{},"stored_at":"{}",{}}})", message.seq, time_text(message.stored_at), fix::to_json_members(message.bytes)));
  }
  const std::string head = fmt::format("{} {}", time_text(message.stored_at), message.seq);
  if (one_line) return print_line(head + " " + fix::print_line(message.bytes));
  print_pieces({{head, Style::bold}});
  print_lines(fix::print_block(message.bytes));
}

int run_store_show(const StoreArguments& a, const Globals& globals) {
  const auto file = StoreFile::read(a.file);
  if (!file) return report(file.error());
  const StoreFileInfo& info = file->info();
  if (globals.json) {
    print_line(info_json(a.file, info));
  } else {
    print_info(a.file, info);
  }
  if (a.messages || a.first != 0 || a.last != 0) {
    OutputBatch output;
    const auto shown = file->for_each(a.first, a.last, [&](const StoreFileMessage& message) {
      print_stored(message, a.one_line, globals.json);
      return !stop_requested();
    });
    if (!shown) return report(shown.error());
  }
  return info.damage ? report(a.file + ": " + to_string(*info.damage)) : kSuccess;
}

// ---- verify ------------------------------------------------------------------------------------------------------------
void print_damage(const std::string& path, const StoreFileInfo& info) {
  print_pieces({{fmt::format("{}: damaged at offset {}: {}", path, info.damage->offset, info.damage->what), Style::red}});
  if (info.used_bytes == 0) {
    print_line("  certain: nothing, the damage is in front of the first record");
  } else {
    print_line(
        fmt::format("  certain: up to offset {}: {}, epoch {}, {}", info.used_bytes, numbers_text(info), info.epoch, messages_text(info)));
  }
  print_line(fmt::format(
      "  not known: what the {} bytes from there said: later messages, higher numbers of either side, a reset. The numbers above may be "
      "too low: a session must not go on with them",
      info.room_bytes));
  print_line("  two ways out: restore the file from a backup taken since the last logon;");
  print_line("    or move it away and log on once with ResetSeqNumFlag=Y, after drop copy and REST have been compared");
}

bool verify_one(const std::string& path, bool json) {
  const auto file = StoreFile::read(path);
  if (!file) {
    report(file.error());
    return false;
  }
  const StoreFileInfo& info = file->info();
  if (json) {
    print_line(info_json(path, info));
  } else if (info.damage) {
    print_damage(path, info);
  } else {
    print_line(fmt::format("{}: whole: {}, {}{}{}", path, numbers_text(info), messages_text(info),
                           info.in_use ? "; a session has it open" : "", info.unfinished_bytes == 0 ? "" : "; " + unfinished_text(info)));
  }
  return !info.damage;
}

int run_store_verify(const StoreArguments& a, const Globals& globals) {
  bool whole = true;
  for (const std::string& path : a.files) whole = verify_one(path, globals.json) && whole;
  return whole ? kSuccess : kFailure;
}

// ---- import ------------------------------------------------------------------------------------------------------------
struct Taken {
  std::string session;  // its files without their endings
  QuickfixStore store;
  std::string to;
};

std::string session_name(const std::string& session) { return fs::path(session).filename().string(); }

Result<std::vector<std::string>> chosen_sessions(const StoreArguments& a) {
  auto found = find_quickfix_sessions(a.from);
  if (!found) return found.error();
  std::string names;
  for (const std::string& session : *found) names += (names.empty() ? "" : ", ") + session_name(session);
  if (a.sessions.empty()) {
    if (found->size() == 1) return found;
    return fail(ErrorCategory::config, fmt::format("{} has files of several sessions ({}): say which by --session NAME", a.from, names));
  }
  std::vector<std::string> chosen;
  for (const std::string& name : a.sessions) {
    const auto at = std::ranges::find(*found, name, session_name);
    if (at == found->end()) return fail(ErrorCategory::config, fmt::format("{} has no session {}: there is {}", a.from, name, names));
    if (std::ranges::find(chosen, *at) == chosen.end()) chosen.push_back(*at);
  }
  if (chosen.size() > 1 && !fs::is_directory(a.to))
    return fail(ErrorCategory::config, "several sessions need a folder: --to FOLDER, which must be there");
  return chosen;
}

// In a folder the file is called as the client calls it: NAME of the session, KEY of its owner.
Result<std::string> target_of(const StoreArguments& a, const std::string& session, const QuickfixStore& store) {
  if (!fs::is_directory(a.to)) return a.to;
  if (store.target_comp_id.empty() || (store.sender_comp_id + store.target_comp_id).find('/') != std::string::npos)
    return fail(ErrorCategory::config, session + ": no message says whose it is: give --to a file, FOLDER/KalshiRT-KEY.store");
  return (fs::path(a.to) / (store.target_comp_id + "-" + store.sender_comp_id + ".store")).string();
}

Result<Taken> take_over(const StoreArguments& a, const std::string& session) {
  const Timestamp now = system_clock().now();
  auto store = read_quickfix_store(session, now - std::chrono::seconds(FileStoreOptions{}.keep_seconds));
  if (!store) return store.error();
  if (!store->created_at) store->created_at = now;
  auto to = target_of(a, session, *store);
  if (!to) return to.error();
  return Taken{session, *std::move(store), *std::move(to)};
}

NewStoreFile contents_of(Taken& taken) {
  return {to_epoch_seconds(*taken.store.created_at), taken.store.next_sender_seq, taken.store.next_target_seq,
          std::move(taken.store.messages)};
}

void print_taken(const Taken& taken, const NewStoreFile& contents, bool json) {
  const QuickfixStore& store = taken.store;
  const std::size_t count = contents.messages.size();
  const std::int64_t first = count == 0 ? 0 : contents.messages.front().seq, last = count == 0 ? 0 : contents.messages.back().seq;
  const std::int64_t keep_hours = FileStoreOptions{}.keep_seconds / 3600;
  if (json) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("session", taken.session).member("layout", to_string(store.layout)).member("to", taken.to);
    writer.member("next_sender_seq", store.next_sender_seq).member("next_target_seq", store.next_target_seq);
    writer.member("messages", static_cast<std::int64_t>(count));
    if (count != 0) writer.member("first_seq", first).member("last_seq", last);
    writer.member("session_messages", static_cast<std::int64_t>(store.session_messages));
    writer.member("too_old", static_cast<std::int64_t>(store.too_old)).member("unsent", store.has_unsent);
    writer.member("left_out_bytes", static_cast<std::int64_t>(store.left_out_bytes))
        .member("being_written", store.being_written)
        .end_object();
    return print_json(text);
  }
  print_pieces({{taken.to, Style::bold}, {fmt::format("  of {}.* ({})", taken.session, to_string(store.layout))}});
  print_line(fmt::format("  next sender  {}", store.next_sender_seq));
  print_line(fmt::format("  next target  {}", store.next_target_seq));
  print_line(count == 0 ? "  taken        no messages"
                        : fmt::format("  taken        {} message{}, {} to {}", count, count == 1 ? "" : "s", first, last));
  print_line(fmt::format("  not taken    {} session messages (never sent again), {} older than {} h (gap-filled when they are asked for)",
                         store.session_messages, store.too_old, keep_hours));
  if (store.has_unsent)
    print_line(fmt::format("  message {} is in the files, but had not left when they were read: its number is given to the next one",
                           store.next_sender_seq));
  if (store.left_out_bytes != 0)
    print_line(fmt::format("  {} bytes of the body have no entry in the header: a killed process left them", store.left_out_bytes));
}

int run_store_import(const StoreArguments& a, const Globals& globals) {
  const auto sessions = chosen_sessions(a);
  if (!sessions) return report(sessions.error());
  std::vector<Taken> all;
  for (const std::string& session : *sessions) {
    auto taken = take_over(a, session);
    if (!taken) return report(taken.error());
    all.push_back(*std::move(taken));
  }
  bool being_written = false;
  for (Taken& taken : all) {
    const NewStoreFile contents = contents_of(taken);
    if (const auto written = write_store_file(taken.to, contents, a.overwrite); !written) {
      const bool there = !a.overwrite && fs::exists(taken.to);
      return report(written.error().message + (there ? ": give --overwrite to lose them, or another --to" : ""));
    }
    print_taken(taken, contents, globals.json);
    being_written = being_written || taken.store.being_written;
  }
  if (being_written) return report("QuickFIX wrote while its files were read: stop it, then import again with --overwrite");
  if (!globals.json)
    print_line("QuickFIX must be stopped before our session starts; if it has sent or received anything since, import again (--overwrite)");
  return kSuccess;
}

}  // namespace

void add_store_command(CLI::App& root, const Globals& globals, Runner& run) {
  CLI::App& command = *root.add_subcommand("store", "message stores: shows one, proves it whole, takes over QuickFIX's");
  command.require_subcommand(1);
  auto a = std::make_shared<StoreArguments>();
  const auto add = [&](const char* name, const char* text, int (*what)(const StoreArguments&, const Globals&)) -> CLI::App& {
    CLI::App& sub = *command.add_subcommand(name, text);
    sub.fallthrough();
    sub.callback([a, &globals, &run, what] {
      run = [a, &globals, what] {
        if (auto alone = refuse_connection(globals.connection, "store"); !alone) return report(alone.error());
        return what(*a, globals);
      };
    });
    return sub;
  };
  CLI::App& show = add("show", "numbers, times and messages; reads beside a session that has it open", run_store_show);
  show.add_option("FILE", a->file, "a store's file")->required()->type_name("FILE");
  show.add_flag("--messages", a->messages, "the messages, too");
  show.add_option("--from", a->first, "messages from this number on")->check(CLI::PositiveNumber)->type_name("N");
  show.add_option("--to", a->last, "messages up to this number")->check(CLI::PositiveNumber)->type_name("N");
  show.add_flag("--one-line", a->one_line, "one line a message");
  CLI::App& verify =
      add("verify", "0: every file is whole; 1: one is not: where, what is certain, what to do. Changes nothing", run_store_verify);
  verify.add_option("FILE", a->files, "stores' files")->required()->type_name("FILE");
  CLI::App& import = add("import", "makes a store of the files of QuickFIX's FileStore (C++ or QuickFIX/J)", run_store_import);
  import.add_option("--from", a->from, "QuickFIX's FileStorePath, or a session's files in it without their endings")
      ->required()
      ->type_name("DIR");
  import.add_option("--to", a->to, "the new file; a folder: NAME-KEY.store in it, as the client calls it")->required()->type_name("FILE");
  import.add_option("--session", a->sessions, "which sessions, where the folder has several: FIXT.1.1-SENDER-TARGET")->expected(1, -1);
  import.add_flag("--overwrite", a->overwrite, "replaces a store that is there");
}

}  // namespace marginfix::apps
