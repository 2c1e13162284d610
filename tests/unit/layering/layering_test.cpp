// The tree keeps the layer rule, and the checker would notice if it did not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/temp_folder.hpp"
#include "unit/layering/layer_rules.hpp"

namespace marginfix::layering {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Layering, theTreeKeepsTheRule) {
  EXPECT_THAT(violations(MARGINFIX_SOURCE_DIR), IsEmpty());
  EXPECT_GT(source_files(MARGINFIX_SOURCE_DIR).size(), 30U) << "the checker looked at the whole tree";
}

class SmallTree : public testing::Test {
 protected:
  SmallTree() {
    header("include/marginfix/core/a.hpp");
    header("include/marginfix/domain/b.hpp", "#include \"marginfix/core/a.hpp\"\n");
    header("include/marginfix/fix/c.hpp", "#include \"marginfix/domain/b.hpp\"\n");
    header("include/marginfix/sessions/d.hpp", "#include \"marginfix/fix/c.hpp\"\n#include <boost/asio/any_io_executor.hpp>\n");
    header("include/marginfix/margin_fix_client.hpp", "#include \"marginfix/sessions/d.hpp\"\n");
    header("sessions/quickfix/wall.hpp", "#include <string>\n");
    folder_.write("sessions/quickfix/wall.cpp", "#include \"sessions/quickfix/wall.hpp\"\n#include <quickfix/Session.h>\n");
    folder_.write("sessions/client.cpp", "#include \"marginfix/margin_fix_client.hpp\"\n#include \"sessions/quickfix/wall.hpp\"\n");
    header("include/marginfix/quickfix.hpp", "#include <quickfix/Initiator.h>\nbool onPoll(double timeout);\n");
    folder_.write("sessions/quickfix/initiator.cpp", "#include \"marginfix/quickfix.hpp\"\n#include \"marginfix/margin_fix_client.hpp\"\n");
    header("sim/exchange/values/book.hpp", "#include \"marginfix/core/a.hpp\"\n");
    folder_.write("sim/doors/fix/door.cpp", "#include <quickfix/Message.h>\n#include \"sim/exchange/values/book.hpp\"\n");
    folder_.write("apps/main.cpp",
                  "#include \"sim/exchange/values/book.hpp\"\n#include \"marginfix/margin_fix_client.hpp\"\n#include <CLI/CLI.hpp>\n");
    folder_.write("tests/unit/t.cpp", "#include <quickfix/Message.h>\n#include \"sessions/quickfix/wall.hpp\"\n");
  }
  void header(const std::string& name, const std::string& text = {}) { folder_.write(name, "#pragma once\n" + text); }
  std::vector<std::string> found() const { return violations(folder_.path()); }

  TempFolder folder_;
};

TEST_F(SmallTree, inOrderIsAccepted) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(SmallTree, anIncludeUpwardsIsFoundInEveryLayer) {
  folder_.write("src/core/x.cpp", "\n#include \"marginfix/domain/b.hpp\"\n");
  folder_.write("src/domain/x.cpp", "#include <marginfix/fix/c.hpp>\n");
  folder_.write("src/fix/x.cpp", "  #  include \"marginfix/sessions/d.hpp\"\n");
  folder_.write("sessions/store/x.cpp", "#include \"marginfix/margin_fix_client.hpp\"\n");
  folder_.write("sessions/x.cpp", "#include \"sim/exchange/values/book.hpp\"\n");
  EXPECT_THAT(found(),
              ElementsAre(HasSubstr("sessions/store/x.cpp:1: sessions includes include/marginfix/margin_fix_client.hpp of layer client"),
                          HasSubstr("sessions/x.cpp:1: client includes sim/exchange/values/book.hpp of layer sim"),
                          HasSubstr("src/core/x.cpp:2: core includes include/marginfix/domain/b.hpp of layer domain"),
                          HasSubstr("src/domain/x.cpp:1: domain includes include/marginfix/fix/c.hpp of layer fix"),
                          HasSubstr("src/fix/x.cpp:1: fix includes include/marginfix/sessions/d.hpp of layer sessions")));
}

TEST_F(SmallTree, quickFixOutsideTheWallIsFound) {
  folder_.write("sessions/x.cpp", "#include <quickfix/Session.h>\n#include \"FixFields.h\"\n");
  folder_.write("sim/exchange/x.cpp", "#include <quickfix/Message.h>\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("sessions/x.cpp:1: <quickfix/Session.h> is QuickFIX's"),
                                   HasSubstr("sessions/x.cpp:2: <FixFields.h> is QuickFIX's"),
                                   HasSubstr("sim/exchange/x.cpp:1: <quickfix/Message.h> is QuickFIX's")));
}

TEST_F(SmallTree, thirdPartyAndPrivateHeadersInPublicOnesAreFound) {
  header("include/marginfix/core/x.hpp",
         "#include <openssl/evp.h>\n#include <fmt/format.h>\n#include <spdlog/spdlog.h>\n#include <curl/curl.h>\n");
  header("include/marginfix/client_x.hpp", "#include \"sessions/x.hpp\"\n");
  header("sessions/x.hpp");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("client_x.hpp:2: a public header includes sessions/x.hpp, which is not installed"),
                                   HasSubstr("core/x.hpp:2: <openssl/evp.h>"), HasSubstr("core/x.hpp:3: <fmt/format.h>"),
                                   HasSubstr("core/x.hpp:4: <spdlog/spdlog.h>"), HasSubstr("core/x.hpp:5: <curl/curl.h>")));
}

TEST_F(SmallTree, theFourteenDialectHeaderAndTheWallStayFreeOfOurOwn) {
  header("include/marginfix/quickfix.hpp", "#include \"marginfix/core/a.hpp\"\n");
  folder_.write("sessions/quickfix/core.cpp", "#include \"marginfix/quickfix.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("include/marginfix/quickfix.hpp:2: quickfix includes include/marginfix/core/a.hpp"),
                                   HasSubstr("sessions/quickfix/core.cpp:1: sessions includes include/marginfix/quickfix.hpp")));
}

TEST_F(SmallTree, customersOfTheLibrarySeePublicHeadersOnly) {
  folder_.write("sim/x.cpp", "#include \"sessions/quickfix/wall.hpp\"\n");
  folder_.write("apps/x.cpp", "#include \"sessions/quickfix/wall.hpp\"\n");
  EXPECT_THAT(found(),
              ElementsAre(HasSubstr("apps/x.cpp:1: apps is a customer of the library"), HasSubstr("sim/x.cpp:1: sim is a customer")));
}

TEST_F(SmallTree, theEnginesRoomsKeepTheirOrder) {
  header("sim/exchange/exchange.hpp", "#include \"sim/exchange/commands/c.hpp\"\n#include \"sim/exchange/values/v.hpp\"\n");
  header("sim/exchange/state.hpp", "#include \"sim/exchange/members/m.hpp\"\n#include \"sim/exchange/rules/r.hpp\"\n");
  header("sim/exchange/values/v.hpp", "#include \"sim/exchange/exchange.hpp\"\n");
  header("sim/exchange/members/m.hpp", "#include \"sim/exchange/values/v.hpp\"\n#include \"sim/exchange/state.hpp\"\n");
  folder_.write("sim/exchange/members/m.cpp", "#include \"sim/exchange/state.hpp\"\n#include \"sim/exchange/rules/r.hpp\"\n");
  header("sim/exchange/rules/r.hpp", "#include \"sim/exchange/state.hpp\"\n");
  folder_.write("sim/exchange/rules/r.cpp", "#include \"sim/exchange/commands/c.hpp\"\n#include \"sim/exchange/views/w.hpp\"\n");
  header("sim/exchange/commands/c.hpp", "#include \"sim/exchange/values/v.hpp\"\n");
  folder_.write("sim/exchange/commands/c.cpp", "#include \"sim/exchange/rules/r.hpp\"\n");
  folder_.write("sim/doors/rest/d.cpp",
                "#include \"sim/exchange/exchange.hpp\"\n#include \"sim/exchange/views/w.hpp\"\n"
                "#include \"sim/exchange/state.hpp\"\n");
  header("sim/exchange/views/w.hpp", "#include \"sim/exchange/values/v.hpp\"\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("sim/doors/rest/d.cpp:3: sim/exchange/state.hpp is the engine's own business"),
                                   HasSubstr("members/m.hpp:3: room members of the engine includes sim/exchange/state.hpp"),
                                   HasSubstr("rules/r.cpp:1: room rules of the engine includes sim/exchange/commands/c.hpp"),
                                   HasSubstr("rules/r.cpp:2: room rules of the engine includes sim/exchange/views/w.hpp"),
                                   HasSubstr("state.hpp:3: room state of the engine includes sim/exchange/rules/r.hpp"),
                                   HasSubstr("values/v.hpp:2: room values of the engine includes sim/exchange/exchange.hpp")));
}

TEST_F(SmallTree, unknownFoldersMissingFilesAndOldHabitsAreFound) {
  folder_.write("misc/x.cpp", "int x;\n");
  folder_.write("apps/x.hpp", "#include \"apps/none.hpp\"\n");
  folder_.write("apps/y.cpp", std::string("auto r = v | std::") + "views::take(1);\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("apps/x.hpp:1: \"apps/none.hpp\" is in no folder of the tree"),
                                   HasSubstr("apps/x.hpp:1: the header has no #pragma once"), HasSubstr("apps/y.cpp:1: std::"),
                                   HasSubstr("misc/x.cpp:1: the folder belongs to no layer")));
}

TEST_F(SmallTree, binaryFloatingPointInTheProductIsFound) {
  folder_.write("src/core/x.cpp", "// double\nint doubled; const char* text = \"a double\";\ndouble price;\nvoid f(float);\n");
  folder_.write("tests/unit/x.cpp", "double elapsed;\n");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("src/core/x.cpp:3: a binary floating-point type"), HasSubstr("src/core/x.cpp:4: a binary")));
}

TEST_F(SmallTree, buildFoldersAreLeftAlone) {
  folder_.write("build/x.cpp", "#include <quickfix/Session.h>\n");
  folder_.write("build-release/x.cpp", "#include <quickfix/Session.h>\n");
  folder_.write(".cache/x.cpp", "#include <quickfix/Session.h>\n");
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace marginfix::layering
