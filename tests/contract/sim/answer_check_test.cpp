// The check can fail: answers that are right by a small file, then each thing that can be wrong about one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/sim/official/answer_check.hpp"
#include "contract/sim/official/text_forms.hpp"

namespace marginfix::openapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFile = R"(openapi: 3.0.0
paths:
  /things/{id}:
    get:
      operationId: GetThing
      responses:
        '200':
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        '404':
          content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}
    delete:
      operationId: DeleteThing
      responses:
        '204': {description: gone}
components:
  schemas:
    FixedPointDollars: {type: string}
    FixedPointCount: {type: string}
    Problem:
      type: object
      properties: {code: {type: string}, message: {type: string}, details: {type: string}}
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: string, format: uuid}
        price: {$ref: '#/components/schemas/FixedPointDollars'}
        count: {$ref: '#/components/schemas/FixedPointCount'}
        when: {type: string, format: date-time, nullable: true}
        day: {type: string, format: date}
        colour: {type: string, enum: [red, green]}
        size: {type: integer, format: int32, minimum: 0}
        rate: {type: number}
        on: {type: boolean}
        ts_ms: {type: integer, format: int64}
        next_ts: {type: integer, format: int64}
        tags: {type: array, maxItems: 2, items: {type: string, pattern: '^[a-z]+$'}}
        parts: {type: object, additionalProperties: {type: integer}}
)";

constexpr const char* kWhole =
    R"({"id":"a023e290-7ada-40d0-817a-189a24e944e2","price":"0.5600","count":"2.00","when":null,"day":"2026-11-23","colour":"red","size":1,)"
    R"("rate":0.5,"on":true,"ts_ms":1790000000000,"next_ts":1790000000,"tags":["a"],"parts":{"x":1}})";

class Answers : public testing::Test {
 protected:
  AnswerCheck check(std::vector<Excuse> excuses = {}) const { return AnswerCheck(kFile, "Problem", std::move(excuses)); }
  std::vector<std::string> wrong(int status, std::string_view body, std::string_view id = "GetThing") const {
    AnswerCheck c = check();
    for (const auto& op : c.operations()) {
      if (op.id == id) c.answer(op, status, body);
    }
    return c.findings();
  }
  // kWhole with one member's value replaced.
  std::vector<std::string> with(std::string_view from, std::string_view to) const {
    std::string body = kWhole;
    body.replace(body.find(from), from.size(), to);
    return wrong(200, body);
  }
};

TEST_F(Answers, ThatAreRightPass) {
  EXPECT_THAT(wrong(200, kWhole), IsEmpty());
  EXPECT_THAT(wrong(204, "", "DeleteThing"), IsEmpty());
  EXPECT_THAT(wrong(404, R"({"error":{"code":"not_found","message":"not found"}})"), IsEmpty());
  EXPECT_THAT(wrong(404, R"({"code":"not_found","message":"not found","details":"x"})"), IsEmpty());
  EXPECT_THAT(wrong(404, R"({"msg":"not found"})"), IsEmpty());
}

TEST_F(Answers, ThatAreWrongAreFound) {
  EXPECT_THAT(wrong(201, kWhole), ElementsAre("GetThing: status 201 is not documented"));
  EXPECT_THAT(wrong(200, ""), ElementsAre("GetThing: no body, the file has one"));
  EXPECT_THAT(wrong(200, "{"), ElementsAre("GetThing: the answer is not JSON"));
  EXPECT_THAT(wrong(200, "{}"), ElementsAre("Thing.id: is required and not there"));
  EXPECT_THAT(wrong(204, "{}", "DeleteThing"), ElementsAre("DeleteThing: a body, the file has none"));
  EXPECT_THAT(with("\"size\"", "\"sizes\""), ElementsAre("Thing.sizes: is not documented"));
  EXPECT_THAT(with("\"on\":true", "\"on\":1"), ElementsAre("Thing.on: is int64, the file has boolean"));
  EXPECT_THAT(with("\"on\":true", "\"on\":null"), ElementsAre("Thing.on: is null, which the file does not allow"));
  EXPECT_THAT(with("\"size\":1", "\"size\":1.5"), ElementsAre("Thing.size: is double, the file has integer"));
  EXPECT_THAT(with("\"size\":1", "\"size\":-1"), ElementsAre("Thing.size: -1 is out of the documented range"));
  EXPECT_THAT(with("\"size\":1", "\"size\":2147483648"), ElementsAre("Thing.size: 2147483648 is beyond int32"));
  EXPECT_THAT(with("\"rate\":0.5", "\"rate\":\"0.5\""), ElementsAre("Thing.rate: is string, the file has number"));
  EXPECT_THAT(with("\"red\"", "\"blue\""), ElementsAre("Thing.colour: \"blue\" is no documented word"));
  EXPECT_THAT(with("[\"a\"]", "[\"a\",\"b\",\"c\"]"), ElementsAre("Thing.tags: has 3 items"));
  EXPECT_THAT(with("[\"a\"]", "[\"A\"]"), ElementsAre("Thing.tags[]: \"A\" is no match of ^[a-z]+$"));
  EXPECT_THAT(with("{\"x\":1}", "{\"x\":\"1\"}"), ElementsAre("Thing.parts{}: is string, the file has integer"));
}

TEST_F(Answers, HaveFormsAndUnits) {
  EXPECT_THAT(with("a023e290", "A023E290"), ElementsAre(testing::HasSubstr("is no uuid")));
  EXPECT_THAT(with("0.5600", "0.5600001"), ElementsAre("Thing.price: \"0.5600001\" is no decimal of dollars"));
  EXPECT_THAT(with("2.00", "2"), ElementsAre("Thing.count: \"2\" is no decimal of contracts"));
  EXPECT_THAT(with("2026-11-23", "2026-13-23"), ElementsAre("Thing.day: \"2026-13-23\" is no date"));
  EXPECT_THAT(with("null", "\"2026-11-23 10:00:00\""), ElementsAre("Thing.when: \"2026-11-23 10:00:00\" is no date-time"));
  EXPECT_THAT(with("1790000000000", "1790000000"), ElementsAre("Thing.ts_ms: 1790000000 is no time in the unit that its name says"));
  EXPECT_THAT(with(":1790000000,", ":1790000000000,"),
              ElementsAre("Thing.next_ts: 1790000000000 is no time in the unit that its name says"));
  EXPECT_TRUE(is_date_time("2026-11-23T15:00:00.123456Z"));
  EXPECT_FALSE(is_date_time("2026-11-23T25:00:00Z"));
}

TEST_F(Answers, ThatAreErrorsHaveOneOfThreeShapes) {
  EXPECT_THAT(wrong(404, ""), ElementsAre("GetThing: an error (404) without an object"));
  EXPECT_THAT(wrong(404, "[]"), ElementsAre("GetThing: an error (404) without an object"));
  EXPECT_THAT(wrong(404, R"({"error":{"code":"x"}})"), ElementsAre("GetThing: an error without message"));
  EXPECT_THAT(wrong(404, R"({"code":"x","message":5})"), ElementsAre("Problem.message: is int64, the file has string"));
  EXPECT_THAT(wrong(404, R"({"code":"x","message":"y","why":"z"})"), ElementsAre("Problem.why: is not documented"));
}

TEST_F(Answers, ThatNeverCameAreNamed) {
  AnswerCheck c = check();
  EXPECT_THAT(c.never_succeeded(), ElementsAre("GetThing", "DeleteThing"));
  c.answer(c.operations()[0], 200, R"({"id":"a023e290-7ada-40d0-817a-189a24e944e2"})");
  c.answer(c.operations()[1], 404, R"({"msg":"x"})");
  EXPECT_THAT(c.never_succeeded(), ElementsAre("DeleteThing"));
  EXPECT_THAT(c.never_refused(), ElementsAre("GetThing"));
  EXPECT_THAT(c.never_written(), testing::Contains("Thing.price"));
  EXPECT_THAT(c.never_written(), testing::Not(testing::Contains("Thing.id")));
}

TEST_F(Answers, ExcusesMustBeNeeded) {
  AnswerCheck c = check({{"DeleteThing", "status 404 is not documented", "as recorded"}, {"Thing.size", "*", "not so"}});
  c.answer(c.operations()[1], 404, R"({"msg":"x"})");
  EXPECT_THAT(c.findings(), ElementsAre("Thing.size: excuse no longer needed: *"));
}

}  // namespace
}  // namespace marginfix::openapi
