// The comparison can fail: a small file that agrees with small tables, then the same file changed in every way that matters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/ws/asyncapi/compare.hpp"

namespace marginfix::asyncapi::test {

struct Tick {
  std::string ticker;
  DollarDecimal price;
  FixedPointCount size;
  Nullable<EpochMillis> ts_ms;
  std::optional<DollarDecimal> value_dollars;
  json::UnknownMembers unknown;
};
struct Confirmed {
  std::int64_t sid{0};
  json::UnknownMembers unknown;
};
struct Failed {
  std::int32_t code{0};
  json::UnknownMembers unknown;
};

}  // namespace marginfix::asyncapi::test

MARGINFIX_SCHEMA(marginfix::asyncapi::test::Tick);
MARGINFIX_SCHEMA(marginfix::asyncapi::test::Confirmed);
MARGINFIX_SCHEMA(marginfix::asyncapi::test::Failed);

namespace marginfix::json {
namespace {
using asyncapi::test::Confirmed;
using asyncapi::test::Failed;
using asyncapi::test::Tick;
constexpr FieldInfo kTick[] = {field<&Tick::ticker>("ticker"), field<&Tick::price>("price"), field<&Tick::size>("size"),
                               field<&Tick::ts_ms>("ts_ms").expected(), field<&Tick::value_dollars>("value_dollars")};
constexpr FieldInfo kConfirmed[] = {field<&Confirmed::sid>("sid")};
constexpr FieldInfo kFailed[] = {field<&Failed::code>("code")};
}  // namespace
constinit const TypeInfo Schema<Tick>::type = object_type<Tick>("tick", kTick);
constinit const TypeInfo Schema<Confirmed>::type = object_type<Confirmed>("confirmed", kConfirmed);
constinit const TypeInfo Schema<Failed>::type = object_type<Failed>("error", kFailed);
}  // namespace marginfix::json

namespace marginfix::asyncapi::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr std::string_view kFile = R"(asyncapi: 3.0.0
channels:
  root:
    address: /
    messages:
      subscribe: {$ref: '#/components/messages/subscribe'}
      again: {$ref: '#/components/messages/subscribe'}
      confirmed: {$ref: '#/components/messages/confirmed'}
      list: {$ref: '#/components/messages/list'}
      failed: {$ref: '#/components/messages/failed'}
      ping: {$ref: '#/components/messages/ping'}
  tick:
    address: tick
    messages:
      tick: {$ref: '#/components/messages/tick'}
operations:
  subscribe: {action: receive, messages: [{$ref: '#/channels/root/messages/subscribe'}, {$ref: '#/channels/root/messages/again'}]}
  answers:
    action: send
    messages:
      - {$ref: '#/channels/root/messages/confirmed'}
      - {$ref: '#/channels/root/messages/list'}
      - {$ref: '#/channels/root/messages/failed'}
      - {$ref: '#/channels/root/messages/ping'}
  ticks: {action: send, messages: [{$ref: '#/channels/tick/messages/tick'}]}
components:
  messages:
    subscribe: {payload: {$ref: '#/components/schemas/subscribePayload'}}
    confirmed: {payload: {$ref: '#/components/schemas/confirmedPayload'}}
    list: {payload: {$ref: '#/components/schemas/listPayload'}}
    failed: {payload: {$ref: '#/components/schemas/failedPayload'}}
    ping: {contentType: application/octet-stream, payload: {type: string, const: heartbeat}}
    tick: {contentType: application/json, payload: {$ref: '#/components/schemas/tickPayload'}}
  schemas:
    sid: {type: integer, minimum: 1}
    subscribePayload:
      type: object
      required: [id, cmd, params]
      properties:
        id: {type: integer, minimum: 0}
        cmd: {type: string, const: subscribe}
        params:
          type: object
          required: [channels]
          properties:
            channels: {type: array, minItems: 1, items: {type: string, enum: [tick]}}
            snapshot: {type: boolean}
    confirmedPayload:
      type: object
      required: [type, msg]
      properties:
        type: {type: string, const: ok}
        id: {type: integer}
        msg: {type: object, required: [sid], properties: {sid: {$ref: '#/components/schemas/sid'}}}
    listPayload:
      type: object
      required: [type, msg]
      properties:
        type: {type: string, const: ok}
        msg: {type: array, items: {type: object, required: [sid], properties: {sid: {$ref: '#/components/schemas/sid'}}}}
    failedPayload:
      type: object
      required: [type, msg]
      properties:
        type: {type: string, const: error}
        msg: {type: object, required: [code], properties: {code: {type: integer, enum: [1, 25]}}}
    tickPayload:
      type: object
      required: [type, sid, msg]
      properties:
        type: {type: string, const: tick}
        sid: {$ref: '#/components/schemas/sid'}
        msg:
          type: object
          required: [ticker, price, size, ts_ms]
          properties:
            ticker: {type: string}
            price: {type: string, x-rust-serialize-with: money::serialize_price_dollars}
            size: {type: string, x-rust-serialize-with: money::serialize_centicount_fixed_point_count}
            ts_ms: {type: [integer, "null"], format: int64}
            value_dollars: {type: string}
)";

Expectation expectation() {
  Expectation e;
  e.channels = {"tick"};
  e.frames = {{"ok", "", &json::type_of<Confirmed>()},
              {"ok", "", &json::type_of<std::vector<Confirmed>>()},
              {"error", "", &json::type_of<Failed>()},
              {"tick", "tick", &json::type_of<Tick>()}};
  e.envelope = {"type", "id", "sid", "msg"};
  e.commands = {R"({"id":1,"cmd":"subscribe","params":{"channels":["tick"],"snapshot":true}})"};
  e.units = {{"ts_ms", "epoch milliseconds"}, {"_dollars", "FixedPointDollars"}};
  e.words = {{"error.code", {"1", "25"}}};
  return e;
}

std::vector<std::string> differences(const std::string& yaml, const Expectation& ours = expectation()) {
  std::vector<std::string> texts;
  for (const auto& d : compare(yaml, ours).differences) texts.push_back(to_string(d));
  return texts;
}

std::vector<std::string> changed(std::string_view from, std::string_view to) {
  std::string yaml(kFile);
  const auto at = yaml.find(from);
  if (at == std::string::npos) return {"the text to change is not in the file"};
  return differences(yaml.replace(at, from.size(), to));
}

std::vector<std::string> sending(std::string command) {
  Expectation e = expectation();
  e.commands = {std::move(command)};
  return differences(std::string(kFile), e);
}

TEST(AsyncApiCompare, AgreesWithAFileThatAgrees) {
  EXPECT_THAT(differences(std::string(kFile)), IsEmpty());
  const auto result = compare(std::string(kFile), expectation());
  EXPECT_EQ(result.operations, 1U);
  EXPECT_EQ(result.messages, 4U);
  EXPECT_EQ(result.schemas, 6U);
  EXPECT_EQ(result.properties, 7U);
}

TEST(AsyncApiCompare, SeesEveryChangeOfAChannelOrFrame) {
  EXPECT_THAT(changed("    address: tick", "    address: tock"),
              IsSupersetOf({"channels: added upstream: \"tock\"", "channels: gone upstream: \"tick\"",
                            "tick: channel: the file says \"tock\", we have \"tick\""}));
  EXPECT_THAT(changed("const: tick}", "const: tock}"),
              IsSupersetOf({"tock: added upstream: a frame of channel \"tick\" (tick)", "tick: gone upstream: a frame"}));
  EXPECT_THAT(changed("        sid: {$ref", "        seq: {type: integer}\n        sid: {$ref"),
              Contains("tick.seq: added upstream: of the envelope"));
  EXPECT_THAT(changed("        id: {type: integer}\n", ""), Contains("id: gone upstream: of the envelope of every frame"));
  EXPECT_THAT(changed("{type: array, items: {type: object,", "{type: object, items: {type: object,"),
              Contains("ok: gone upstream: a frame"));
  EXPECT_THAT(changed("#/channels/root/messages/list'}", "#/channels/root/messages/failed'}"),
              Contains("list: direction: no operation of the file sends or receives it"));
}

TEST(AsyncApiCompare, SeesEveryChangeOfAPayload) {
  EXPECT_THAT(changed("            ticker:", "            symbol:"),
              IsSupersetOf({"tick.symbol: added upstream: string", "tick.ticker: gone upstream: a property"}));
  EXPECT_THAT(changed("required: [ticker, price,", "required: [price,"),
              Contains("tick.ticker: required: we require it, the file does not"));
  EXPECT_THAT(changed("size, ts_ms]", "size, ts_ms, value_dollars]"),
              Contains("tick.value_dollars: required: the file requires it, we do not"));
  EXPECT_THAT(changed("serialize_price_dollars", "serialize_amount_fixed_point_count"),
              Contains("tick.price: type: the file has string, we have FixedPointDollars"));
  EXPECT_THAT(changed("[integer, \"null\"]", "integer"), Contains("tick.ts_ms: nullable: is never null by the file, we say it may be"));
  EXPECT_THAT(changed("value_dollars: {type: string}", "value_dollars: {type: number}"),
              Contains("tick.value_dollars: type: the file has number, we have FixedPointDollars"));
  EXPECT_THAT(changed("enum: [1, 25]", "enum: [1, 26]"),
              IsSupersetOf({"error.code: words: added upstream: \"26\"", "error.code: words: gone upstream: \"25\""}));
  EXPECT_THAT(changed("    sid: {type: integer, minimum: 1}", "    sid: {type: integer}\n    spare: {type: string}"),
              Contains("spare: added upstream: a schema"));
}

TEST(AsyncApiCompare, SeesEveryChangeOfACommand) {
  EXPECT_THAT(changed("const: subscribe}", "const: join}"),
              IsSupersetOf({"join: added upstream: a command", "subscribe: gone upstream: a command"}));
  EXPECT_THAT(changed("            snapshot: {type: boolean}", "            snap: {type: boolean}"),
              IsSupersetOf({"subscribe.params.snap: added upstream: a property that we never send",
                            "subscribe.params.snapshot: gone upstream: a property that we send"}));
  EXPECT_THAT(changed("required: [channels]", "required: [channels, depth]"),
              Contains("subscribe.params.depth: required: the file requires it, we left it out"));
  EXPECT_THAT(changed("enum: [tick]", "enum: [tick, tock]"), Contains("subscribe.params.channels[]: words: added upstream: \"tock\""));
  EXPECT_THAT(changed("enum: [tick]", "enum: [tock]"), Contains("subscribe.params.channels[]: words: gone upstream: \"tick\""));
  EXPECT_THAT(changed("minItems: 1", "minItems: 2"), Contains("subscribe.params.channels: range: the file says minItems 2, we sent 1"));
  EXPECT_THAT(changed("snapshot: {type: boolean}", "snapshot: {type: string}"),
              Contains("subscribe.params.snapshot: type: the file has a string, we send something else"));
}

TEST(AsyncApiCompare, SeesWhatWeSendWrong) {
  EXPECT_THAT(sending(R"({"id":"1","cmd":"subscribe","params":{"channels":["tick"],"snapshot":true}})"),
              Contains("subscribe.id: type: the file has a integer, we send something else"));
  EXPECT_THAT(sending(R"({"id":-1,"cmd":"subscribe","params":{"channels":["tick"],"snapshot":"true"}})"),
              IsSupersetOf({"subscribe.id: range: the file says minimum 0",
                            "subscribe.params.snapshot: type: the file has a boolean, we send something else"}));
  EXPECT_THAT(sending(R"({"id":1,"cmd":"subscribe"})"), Contains("subscribe.params: required: the file requires it, we left it out"));
  EXPECT_THAT(sending(R"({"id":1,"cmd":"subscribe","params":{"channels":"tick"}})"),
              Contains("subscribe.params.channels: type: the file has an array, we send something else"));
}

TEST(AsyncApiCompare, DeviationsAreExactAndMustBeNeeded) {
  Expectation e = expectation();
  e.deviations = {{"error.code", "words", "added upstream: \"26\"", "seen live"}};
  std::string yaml(kFile);
  yaml.replace(yaml.find("[1, 25]"), 7, "[1, 25, 26]");
  EXPECT_THAT(differences(yaml, e), IsEmpty());
  EXPECT_THAT(differences(std::string(kFile), e), Contains("error.code: deviation: no longer needed: words: added upstream: \"26\""));
}

TEST(AsyncApiCompare, AFileItCannotReadIsNoAgreement) {
  EXPECT_ANY_THROW(differences(""));
  EXPECT_ANY_THROW(differences("channels: ["));
  EXPECT_ANY_THROW(differences("channels: {}"));
  EXPECT_ANY_THROW(changed("schemas/tickPayload'", "schemas/tockPayload'"));
  EXPECT_ANY_THROW(changed("const: tick}", "enum: [tick, tock]}"));
  EXPECT_ANY_THROW(changed("  ticks: {action: send", "  ticks: {action: receive"));  // a command without `cmd`
  EXPECT_ANY_THROW(sending("no command"));
}

TEST(AsyncApiExamples, HaveEverythingOrWhatIsRequired) {
  std::vector<std::string> texts;
  for (const auto& e : examples(std::string(kFile))) texts.push_back(e.text);
  EXPECT_THAT(texts,
              Contains(R"({"type":"tick","sid":1,"msg":{"ticker":"1.00","price":"1.00","size":"1.00","ts_ms":1,"value_dollars":"1.00"}})"));
  EXPECT_THAT(texts, Contains(R"({"type":"tick","sid":1,"msg":{"ticker":"1.00","price":"1.00","size":"1.00","ts_ms":1}})"));
  EXPECT_THAT(texts, Contains(R"({"type":"ok","msg":[]})"));
}

}  // namespace
}  // namespace marginfix::asyncapi::test
