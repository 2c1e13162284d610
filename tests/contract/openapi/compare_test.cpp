// The comparison can fail: a small file that agrees with small tables, then the same file changed in every way that matters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/openapi/compare.hpp"

namespace marginfix::openapi::test {

enum class Colour { red, green };
struct Thing {
  std::string id;
  DollarDecimal price;
  std::optional<FixedPointCount> count;
  Nullable<Timestamp> when;
  Open<Colour> colour;
  std::int64_t big{0};
  EpochSeconds next_ts;
  std::vector<std::string> tags;
  json::Map<MultiplierDecimal> rates;
  json::UnknownMembers unknown;
};
struct NewThing {
  std::string id;
  DollarDecimal cap;
};
struct PutThing {
  std::string id;
  std::optional<std::int32_t> depth;
  std::optional<std::string> cursor;
  NewThing body;
};

}  // namespace marginfix::openapi::test

template <>
struct marginfix::EnumWords<marginfix::openapi::test::Colour> {
  using E = openapi::test::Colour;
  static constexpr EnumWord<E> kWords[] = {{E::red, "red"}, {E::green, "green"}};
};
MARGINFIX_SCHEMA(marginfix::openapi::test::Thing);
MARGINFIX_SCHEMA(marginfix::openapi::test::NewThing);
MARGINFIX_SCHEMA(marginfix::openapi::test::PutThing);

namespace marginfix::json {
namespace {
using openapi::test::NewThing;
using openapi::test::PutThing;
using openapi::test::Thing;
constexpr FieldInfo kThing[] = {field<&Thing::id>("id"),           field<&Thing::price>("price"),   field<&Thing::count>("count"),
                                field<&Thing::when>("when"),       field<&Thing::colour>("colour"), field<&Thing::big>("big"),
                                field<&Thing::next_ts>("next_ts"), field<&Thing::tags>("tags"),     field<&Thing::rates>("rates")};
constexpr FieldInfo kNewThing[] = {field<&NewThing::id>("id").with({.max_length = 8}),
                                   field<&NewThing::cap>("cap").with({.max_decimals = 4, .non_negative = true})};
constexpr FieldInfo kPutThing[] = {field<&PutThing::id>("id"), field<&PutThing::depth>("depth").with({.least = 0, .most = 9}),
                                   field<&PutThing::cursor>("cursor")};
}  // namespace
constinit const TypeInfo Schema<Thing>::type = object_type<Thing>("Thing", kThing);
constinit const TypeInfo Schema<NewThing>::type = object_type<NewThing>("NewThing", kNewThing);
constinit const TypeInfo Schema<PutThing>::type = object_type<PutThing>("PutThing", kPutThing);
}  // namespace marginfix::json

namespace marginfix::openapi::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr rest::OperationInfo kPut = {.operation_id = "PutThing",
                                      .family = "things",
                                      .name = "put",
                                      .method = rest::Method::put,
                                      .path = "/things/{id}",
                                      .success = 201,
                                      .request = &json::Schema<PutThing>::type,
                                      .body = &json::Schema<NewThing>::type,
                                      .body_required = true,
                                      .response = &json::Schema<Thing>::type,
                                      .page_items = "tags"};
constexpr const rest::OperationInfo* kOperations[] = {&kPut};

constexpr std::string_view kFile = R"(openapi: 3.0.0
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    put:
      operationId: PutThing
      security: [{kalshiAccessKey: []}]
      parameters:
        - {name: depth, in: query, schema: {type: integer, minimum: 0, maximum: 9}}
        - $ref: '#/components/parameters/Cursor'
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/NewThing'}}}
      responses:
        '201':
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        '400': {$ref: '#/components/responses/Bad'}
components:
  parameters:
    Cursor: {name: cursor, in: query, schema: {type: string}}
  responses:
    Bad: {description: none}
  schemas:
    FixedPointDollars: {type: string}
    FixedPointCount: {type: string}
    Colour: {type: string, enum: [red, green]}
    Base:
      type: object
      required: [id]
      properties:
        id: {type: string}
    Thing:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [price, colour, big, next_ts, tags, rates]
          properties:
            price: {allOf: [{$ref: '#/components/schemas/FixedPointDollars'}]}
            count: {$ref: '#/components/schemas/FixedPointCount'}
            when: {type: string, format: date-time, nullable: true}
            colour: {$ref: '#/components/schemas/Colour'}
            big: {type: integer, format: int64}
            next_ts: {type: integer, format: int64}
            tags: {type: array, items: {type: string}}
            rates: {type: object, additionalProperties: {type: number, format: double}}
    NewThing:
      type: object
      required: [id, cap]
      properties:
        id: {type: string, maxLength: 8}
        cap: {allOf: [{$ref: '#/components/schemas/FixedPointDollars'}], pattern: '^[0-9]+(\.[0-9]{1,4})?$'}
)";

Expectation expectation() {
  Expectation e;
  e.operations = kOperations;
  e.units = {{"_ts", "unix seconds"}};
  return e;
}

std::vector<std::string> differences(const std::string& yaml, const Expectation& ours = expectation()) {
  std::vector<std::string> texts;
  for (const Difference& d : compare(yaml, ours).differences) texts.push_back(to_string(d));
  return texts;
}

std::vector<std::string> changed(std::string_view from, std::string_view to) {
  std::string yaml(kFile);
  const auto at = yaml.find(from);
  if (at == std::string::npos) return {"the text to change is not in the file"};
  return differences(yaml.replace(at, from.size(), to));
}

TEST(OpenApiCompare, AgreesWithAFileThatAgrees) {
  EXPECT_THAT(differences(std::string(kFile)), IsEmpty());
  const Comparison result = compare(std::string(kFile), expectation());
  EXPECT_EQ(result.operations, 1U);
  EXPECT_EQ(result.parameters, 3U);
  EXPECT_EQ(result.schemas, 6U);
  EXPECT_EQ(result.properties, 11U);
}

TEST(OpenApiCompare, SeesEveryChangeOfAnOperation) {
  EXPECT_THAT(changed("operationId: PutThing", "operationId: SetThing"), Contains("SetThing: added upstream: PUT /things/{id}"));
  EXPECT_THAT(changed("operationId: PutThing", "operationId: SetThing"), Contains("PutThing: gone upstream: /things/{id}"));
  EXPECT_THAT(changed("    put:", "    post:"), Contains("PutThing: method: the file says \"POST\", we have \"PUT\""));
  EXPECT_THAT(changed("  /things/{id}:", "  /thing/{id}:"),
              Contains("PutThing: path: the file says \"/thing/{id}\", we have \"/things/{id}\""));
  EXPECT_THAT(changed("[{kalshiAccessKey: []}]", "[]"), Contains("PutThing: auth: the file says \"public\", we have \"key\""));
  EXPECT_THAT(changed("[{kalshiAccessKey: []}]", "[{kalshiBearer: []}]"),
              Contains("PutThing: auth: the file says \"Klear token\", we have \"key\""));
  EXPECT_THAT(changed("'201':", "'200':"), Contains("PutThing: status: the file says \"200\", we have \"201\""));
  EXPECT_THAT(changed("        required: true\n        content", "        content"),
              Contains("PutThing: body: the file says \"optional\", we have \"required\""));
  EXPECT_THAT(changed("schema: {$ref: '#/components/schemas/Thing'}", "schema: {$ref: '#/components/schemas/NewThing'}"),
              Contains("PutThing: response: the file says \"NewThing\", we have \"Thing\""));
}

TEST(OpenApiCompare, SeesEveryChangeOfAParameter) {
  EXPECT_THAT(
      changed("{name: depth, in: query,", "{name: depths, in: query,"),
      testing::IsSupersetOf({"PutThing.depths: added upstream: a parameter in the query", "PutThing.depth: gone upstream: a parameter"}));
  EXPECT_THAT(changed("{name: depth, in: query,", "{name: depth, in: query, required: true,"),
              Contains("PutThing.depth: required: the file requires it, we do not"));
  EXPECT_THAT(changed("maximum: 9", "maximum: 8"), Contains("PutThing.depth: range: the file says maximum 8, we do not"));
  EXPECT_THAT(changed("minimum: 0", "minimum: 1"), Contains("PutThing.depth: range: the file says minimum 1, we do not"));
  EXPECT_THAT(changed("schema: {type: integer, minimum", "schema: {type: string, minimum"),
              Contains("PutThing.depth: type: the file has string, we have int32"));
  EXPECT_THAT(changed("in: path", "in: query"), Contains("PutThing.id: in: the file says \"query\", we have \"path\""));
  EXPECT_THAT(changed("        - $ref: '#/components/parameters/Cursor'\n", ""),
              Contains("PutThing: paging: the file says \"whole\", we have \"cursor\""));
}

TEST(OpenApiCompare, SeesEveryChangeOfASchema) {
  EXPECT_THAT(changed("big: {", "large: {"),
              testing::IsSupersetOf({"Thing.large: added upstream: integer int64", "Thing.big: gone upstream: a property"}));
  EXPECT_THAT(changed("required: [price, ", "required: ["), Contains("Thing.price: required: we require it, the file does not"));
  EXPECT_THAT(changed("required: [price, ", "required: [count, price, "),
              Contains("Thing.count: required: the file requires it, we do not"));
  EXPECT_THAT(changed("required: [id]", "required: []"), Contains("Thing.id: required: we require it, the file does not"));
  EXPECT_THAT(changed(", nullable: true", ""), Contains("Thing.when: nullable: is never null by the file, we say it may be"));
  EXPECT_THAT(changed("Colour'}", "Colour', nullable: true}"), Contains("Thing.colour: nullable: may be null, we do not tell"));
  EXPECT_THAT(changed("[red, green]", "[red, green, blue]"), Contains("Thing.colour: words: added upstream: \"blue\""));
  EXPECT_THAT(changed("[red, green]", "[red]"), Contains("Thing.colour: words: gone upstream: \"green\""));
  EXPECT_THAT(changed("price: {allOf: [{$ref: '#/components/schemas/FixedPointDollars'}]}", "price: {type: number, format: double}"),
              Contains("Thing.price: type: the file has number double, we have FixedPointDollars"));
  EXPECT_THAT(changed("format: date-time", "format: date"), Contains("Thing.when: type: the file has string date, we have date-time"));
  EXPECT_THAT(changed("items: {type: string}", "items: {type: integer}"),
              Contains("Thing.tags[]: type: the file has integer, we have string"));
  EXPECT_THAT(changed("additionalProperties: {type: number, format: double}", "additionalProperties: {type: string}"),
              Contains("Thing.rates{}: type: the file has string, we have double"));
  EXPECT_THAT(changed("maxLength: 8", "maxLength: 7"), Contains("NewThing.id: range: the file says maxLength 7, we do not"));
  EXPECT_THAT(changed("{1,4}", "{1,2}"), Contains("NewThing.cap: form: the file says ^[0-9]+(\\.[0-9]{1,2})?$"));
  EXPECT_THAT(changed("    Colour: {", "    Shape: {type: object}\n    Colour: {"), Contains("Shape: added upstream: a schema"));
}

TEST(OpenApiCompare, UnitsAreByName) {
  Expectation e = expectation();
  e.units = {{"_ts", "epoch milliseconds"}};
  EXPECT_THAT(differences(std::string(kFile), e), Contains("Thing.next_ts: type: the file has integer int64, we have unix seconds"));
}

TEST(OpenApiCompare, DeviationsAreExactAndMustBeNeeded) {
  Expectation e = expectation();
  e.deviations = {{"Thing.colour", "words", "gone upstream: \"green\"", "seen live"}};
  std::string yaml(kFile);
  yaml.replace(yaml.find("[red, green]"), 12, "[red]");
  EXPECT_THAT(differences(yaml, e), IsEmpty());
  yaml.replace(yaml.find("[red]"), 5, "[red, blue]");
  EXPECT_THAT(differences(yaml, e), Contains("Thing.colour: words: added upstream: \"blue\""));
  EXPECT_THAT(differences(std::string(kFile), e), Contains("Thing.colour: deviation: no longer needed: words: gone upstream: \"green\""));
}

TEST(OpenApiCompare, AnOperationBeyondTheFileIsAllowedUntilTheFileHasIt) {
  Expectation e = expectation();
  e.beyond = {"PutThing"};
  EXPECT_THAT(differences(std::string(kFile), e), Contains("PutThing: beyond the file: is in the file by now"));
  std::string yaml(kFile);
  yaml.replace(yaml.find("operationId: PutThing"), 21, "operationId: SetThing");
  EXPECT_THAT(differences(yaml, e), Not(Contains(testing::HasSubstr("PutThing"))));
}

TEST(OpenApiCompare, AFileItCannotReadIsNoAgreement) {
  EXPECT_ANY_THROW(compare("", expectation()));
  EXPECT_ANY_THROW(compare("paths: [", expectation()));
  EXPECT_ANY_THROW(compare("paths: {}", expectation()));
  EXPECT_ANY_THROW(changed("schemas/Colour'", "schemas/Color'"));
  EXPECT_ANY_THROW(changed("    Colour: {type: string,", "    Colour: {oneOf: [],"));
}

}  // namespace
}  // namespace marginfix::openapi::test
