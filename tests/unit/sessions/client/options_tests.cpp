// Every public header in one program, and every options struct made of nothing, or of one member by name: no other has to be named, under
// the warnings that users compile with (-Wextra has -Wmissing-field-initializers, and warnings are errors here).
// marginfix/quickfix.hpp, which is for owners of a QuickFIX application, has a program of its own (tests/consumer).
#include "marginfix/account_feed.hpp"
#include "marginfix/async_klear_client.hpp"
#include "marginfix/async_perps_client.hpp"
#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/append_file.hpp"
#include "marginfix/core/backoff.hpp"
#include "marginfix/core/base64.hpp"
#include "marginfix/core/byte_stream.hpp"
#include "marginfix/core/config.hpp"
#include "marginfix/core/crc32.hpp"
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/decimal.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/environment_choice.hpp"
#include "marginfix/core/error.hpp"
#include "marginfix/core/fast_text.hpp"
#include "marginfix/core/home_path.hpp"
#include "marginfix/core/id_index.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/overflow_policy.hpp"
#include "marginfix/core/rate_limit.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/signer.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/core/time_source.hpp"
#include "marginfix/core/token_bucket.hpp"
#include "marginfix/core/trimmed.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/ids.hpp"
#include "marginfix/domain/nullable.hpp"
#include "marginfix/domain/open_enum.hpp"
#include "marginfix/domain/order.hpp"
#include "marginfix/domain/order_book.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/domain/position.hpp"
#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/domain/report_merge.hpp"
#include "marginfix/domain/scalars.hpp"
#include "marginfix/domain/side_words.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/domain/unknown_cause.hpp"
#include "marginfix/exchange_account.hpp"
#include "marginfix/fix/buffer.hpp"
#include "marginfix/fix/define.hpp"
#include "marginfix/fix/detail/built_in.hpp"
#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/decode_impl.hpp"
#include "marginfix/fix/detail/encode_impl.hpp"
#include "marginfix/fix/detail/format.hpp"
#include "marginfix/fix/detail/frame_scan.hpp"
#include "marginfix/fix/detail/scan.hpp"
#include "marginfix/fix/detail/table_info.hpp"
#include "marginfix/fix/detail/table_traits.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/fix/field_table.hpp"
#include "marginfix/fix/findings.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/kept.hpp"
#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/sending_time.hpp"
#include "marginfix/fix/slice.hpp"
#include "marginfix/fix/tables.hpp"
#include "marginfix/fix/writer.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/json/type_info.hpp"
#include "marginfix/json/writer.hpp"
#include "marginfix/klear/balances.hpp"
#include "marginfix/klear/common.hpp"
#include "marginfix/klear/families.hpp"
#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/margin.hpp"
#include "marginfix/klear/obligations.hpp"
#include "marginfix/klear/reports.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/perps_websocket.hpp"
#include "marginfix/rest/account.hpp"
#include "marginfix/rest/async_caller.hpp"
#include "marginfix/rest/async_pages.hpp"
#include "marginfix/rest/blocking_caller.hpp"
#include "marginfix/rest/common.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/families.hpp"
#include "marginfix/rest/fcm.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/http_response.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/missed.hpp"
#include "marginfix/rest/operation.hpp"
#include "marginfix/rest/order_groups.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/page_cursor.hpp"
#include "marginfix/rest/pages.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/rest/statistics.hpp"
#include "marginfix/rest/transfers.hpp"
#include "marginfix/services/find_out.hpp"
#include "marginfix/sessions/accept_loop.hpp"
#include "marginfix/sessions/acceptor.hpp"
#include "marginfix/sessions/acceptor_faults.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "marginfix/sessions/consumer_queue.hpp"
#include "marginfix/sessions/drop_copy_session.hpp"
#include "marginfix/sessions/fake_exchange.hpp"
#include "marginfix/sessions/fix_session.hpp"
#include "marginfix/sessions/listener_session.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/sessions/market_data_session.hpp"
#include "marginfix/sessions/message_log.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/order_entry_session.hpp"
#include "marginfix/sessions/order_groups.hpp"
#include "marginfix/sessions/peer_certificate.hpp"
#include "marginfix/sessions/session_state.hpp"
#include "marginfix/sessions/statistics.hpp"
#include "marginfix/sessions/store_file.hpp"
#include "marginfix/sessions/tls_options.hpp"
#include "marginfix/sessions/turns.hpp"
#include "marginfix/sessions/wire_statistics.hpp"
#include "marginfix/ws/config.hpp"
#include "marginfix/ws/domain_values.hpp"
#include "marginfix/ws/frame_reader.hpp"
#include "marginfix/ws/frames.hpp"
#include "marginfix/ws/subscription.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace marginfix::test {
namespace {

template <class... Options>
void made_of_nothing() {
  (static_cast<void>(Options{}), ...);
}

TEST(Options, AreMadeOfNothing) {
  made_of_nothing<AcceptorDoor, AccountDoors, AccountFeedHandlers, AccountFeedOptions, BackoffOptions, ConnectionTableLimits, Credentials,
                  DropCopyHandlers, DropCopyPolicy, DropCopyRange, Endpoints, ExchangeAccount, ExchangeAccountOptions, FileStoreOptions,
                  FindOutOptions, FindOutSources, FixAcceptorOptions, HttpOptions, KlearConfig, ListenerHandlers, LogOptions, LogonOptions,
                  MarginFixClientOptions, MarginFixConfig, MarketDataHandlers, MessageHeader, MessageLogOptions, OrderEntryHandlers,
                  OrderQuestion, PerpsConfig, PerpsWebSocketConfig, PerpsWebSocketOptions, RateLimitOptions, RequestCosts,
                  RestClientOptions, RestRateLimit, RestStatistics, RetryPolicy, SessionConfig, SessionHandlers, SessionLogName,
                  SessionStatistics, TlsOptions, TokenBucketOptions, TransportTimeouts, WebSocketStatistics, json::DecodeOptions,
                  rest::MissedQuery, ws::SubscribeRequest>();
}

TEST(Options, TakeOneMemberByNameAndTheRestByDefault) {
  EXPECT_EQ(AccountDoors{.klear = DoorChoice::no}.rest, DoorChoice::required);
  EXPECT_EQ(AccountFeedOptions{.remembered = 7}.remembered, 7U);
  EXPECT_TRUE(AccountFeedHandlers{.on_gap = [](const ReportGap&) {}}.on_gap);
  EXPECT_EQ(BackoffOptions{.base = std::chrono::milliseconds(1)}.base.count(), 1);
  EXPECT_EQ(Credentials{.private_key_path = "p"}.private_key_path, "p");
  EXPECT_TRUE(DropCopyRange{.end_exec_id = "1;1"}.begin_exec_id.empty());
  EXPECT_EQ(DropCopyPolicy{.split = false}.max_requests, 20U);
  EXPECT_EQ(Endpoints{.rest = "r"}.rest, "r");
  EXPECT_EQ(ExchangeAccountOptions{.account = "a"}.account, "a");
  EXPECT_EQ(FileStoreOptions{.path = "p"}.path, "p");
  EXPECT_EQ(MessageLogOptions{.folder = "f"}.max_files, 30U);
  EXPECT_EQ(SessionLogName{.sender_comp_id = "s"}.begin_string, "FIXT.1.1");
  EXPECT_EQ(HttpOptions{.ca_file = "c"}.connections, 8U);
  EXPECT_EQ(KlearConfig{.admin_user_id = "u"}.admin_user_id, "u");
  EXPECT_EQ(LogOptions{.file = "f"}.file, "f");
  EXPECT_TRUE(LogonOptions{.cancel_orders_on_disconnect = true}.cancel_orders_on_disconnect);
  EXPECT_TRUE(MarginFixClientOptions{.log = null_log_sink()}.log);
  EXPECT_EQ(MarginFixConfig{.send_queue = 7}.send_queue, 7U);
  EXPECT_EQ(OrderQuestion{.cl_ord_id = "c"}.cl_ord_id, "c");
  EXPECT_EQ(PerpsConfig{.base_url = "b"}.base_url, "b");
  EXPECT_EQ(PerpsWebSocketConfig{.url = "u"}.url, "u");
  EXPECT_TRUE(PerpsWebSocketOptions{.log = null_log_sink()}.log);
  EXPECT_EQ(RateLimitOptions{.cost = 3}.cost, 3);
  EXPECT_TRUE(RestClientOptions{.log = null_log_sink()}.log);
  EXPECT_EQ(RetryPolicy{.more_tries = 0}.more_tries, 0U);
  EXPECT_EQ(SessionConfig{.name = "n"}.name, "n");
  EXPECT_TRUE(SessionHandlers{.on_message = [](const Inbound&) {}}.on_message);
  EXPECT_EQ(TlsOptions{.ca_file = "c"}.ca_file, "c");
  EXPECT_EQ(rest::MissedQuery{.order_ids = {"o"}}.order_ids.size(), 1U);
  EXPECT_EQ(ws::SubscribeRequest{.market_tickers = {"m"}}.market_tickers.size(), 1U);
  // Those of a session's kind begin with the common ones.
  const SessionHandlers common{.on_message = [](const Inbound&) {}};
  EXPECT_TRUE(OrderEntryHandlers{common}.on_message && ListenerHandlers{common}.on_message);
  EXPECT_TRUE(DropCopyHandlers{common}.on_message && MarketDataHandlers{common}.on_message);
}

TEST(Options, ThisProgramIncludesEveryPublicHeader) {
  std::ifstream in(MARGINFIX_SOURCE_DIR "/tests/unit/sessions/client/options_tests.cpp");
  std::ostringstream text;
  text << in.rdbuf();
  const std::filesystem::path root(MARGINFIX_SOURCE_DIR "/include");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = std::filesystem::relative(entry.path(), root).generic_string();
    if (!name.ends_with(".hpp") || name == "marginfix/quickfix.hpp") continue;
    EXPECT_NE(text.str().find("#include \"" + name + "\""), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace marginfix::test
