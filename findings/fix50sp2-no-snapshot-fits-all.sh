#!/usr/bin/env bash
# No MarketDataSnapshotFullRefresh(W) of FIX 5.0 SP2 passes the stock FIX50SP2.xml of QuickFIX C++ 1.16.0 and that of 1.15.1, or of
# QuickFIX/J 2.3.2 or quickfix-go 0.9.7.
# One would have guessed: four files of one name, for one version of FIX, differ in what they know beyond the message of the standard, and a
#   plain W (symbol, two entries with 269, 270, 271) passes them all; and 1.16 takes what 1.15.1 took.
# What happens: the file of 1.16.0, which knows more of the later extension packs, requires LastUpdateTime(779) on W. The other three do not know 779
#   there. So a W without it is refused by 1.16.0 (373=1) and one with it by the others (373=2). Each is run in its own engine, validation
#   as by default; a message that is refused has used up its number, and the application never sees the book.
# Source: the four files, and what each engine's validation says; that a data dictionary of one version decides whether a field is required,
#   not the engine, is in the documentation of all of them.
# What follows for us: docs/gateway.md ("Engines") has a client on QuickFIX C++ 1.16 take fix-spec/oms/FIX50SP2.xml instead of the stock file.
# Needs g++, go, java with mvn, python3 with pip. Exit code 0: still so; 1: changed; 2: could not be run.
set -euo pipefail
for tool in g++ go java mvn python3; do command -v "$tool" >/dev/null || { echo "needs $tool"; exit 2; }; done
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
failed() { echo "could not be run: $1"; tail -5 "$2"; exit 2; }

python3 - <<'PYTHON'
for name, more in (("without", ""), ("with", "779=20261201-12:00:00.000|")):
    fields = f"35=W|34=2|49=VENUE|52=20261201-12:00:00.000|56=DESK|55=X|{more}268=2|269=0|270=1.5|271=10|269=1|270=1.6|271=20|"
    body = fields.replace("|", "\x01").encode()
    whole = b"8=FIXT.1.1\x019=%d\x01" % len(body) + body
    with open(f"{name}.fix", "wb") as file:
        file.write(whole + b"10=%03d\x01" % (sum(whole) % 256))
PYTHON

# judge ENGINE COMMAND...: what the engine says of both messages, a line each.
judge() {
  local engine=$1 name
  shift
  for name in without with; do printf '%s, W %s 779: %s\n' "$engine" "$name" "$("$@" "$name.fix" 2>&1 | tail -1)" | tee -a seen.txt; done
}

# QuickFIX C++: what validates, in one translation unit, from the package of that version.
cat >judge.cpp <<'CPP'
#include <fstream>
#include <iostream>
#include <iterator>

int main(int, char** argv) {
  const FIX::DataDictionary session(argv[1]), application(argv[2]);
  std::ifstream file(argv[3]);
  const std::string wire((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  try {
    const FIX::Message message(wire, session, application, true);
    FIX::DataDictionary::validate(message, &session, &application);
    std::cout << "taken\n";
  } catch (const FIX::TagNotDefinedForMessage& e) {
    std::cout << "Tag not defined for this message type: " << e.field << "\n";
  } catch (const std::exception& e) {
    std::cout << e.what() << "\n";
  }
}
CPP
python3 -m venv venv
# quickfix_cpp VERSION STANDARD
quickfix_cpp() {
  venv/bin/pip download -q --no-deps --no-binary :all: "quickfix==$1" >"pip-$1.log" 2>&1 && tar -xzf "quickfix-$1.tar.gz" || failed "QuickFIX C++ $1" "pip-$1.log"
  mkdir "include-$1"
  ln -s "../quickfix-$1/C++" "include-$1/quickfix"
  local source
  for source in pugixml DataDictionary Message FieldMap FieldTypes FieldConvertors Group MessageSorters Utility PUGIXML_DOMDocument; do
    [ ! -f "quickfix-$1/C++/$source.cpp" ] || echo "#include \"quickfix/$source.cpp\""
  done >"judge-$1.cpp"
  cat judge.cpp >>"judge-$1.cpp"
  g++ "-std=$2" -w -O0 -I "include-$1" -I "include-$1/quickfix" "judge-$1.cpp" -lpthread -o "judge-$1" >"build-$1.log" 2>&1 || failed "QuickFIX C++ $1" "build-$1.log"
  judge "QuickFIX C++ $1" "./judge-$1" "quickfix-$1/spec/FIXT11.xml" "quickfix-$1/spec/FIX50SP2.xml"
}
quickfix_cpp 1.15.1 c++14
quickfix_cpp 1.16.0 c++17

# QuickFIX/J: its stock dictionaries are in its message jars.
mkdir java
cat >java/pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.quickfixj</groupId><artifactId>quickfixj-core</artifactId><version>2.3.2</version></dependency>
    <dependency><groupId>org.quickfixj</groupId><artifactId>quickfixj-messages-fixt11</artifactId><version>2.3.2</version></dependency>
    <dependency><groupId>org.quickfixj</groupId><artifactId>quickfixj-messages-fix50sp2</artifactId><version>2.3.2</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
cat >java/Judge.java <<'JAVA'
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import quickfix.DataDictionary;
import quickfix.Message;

public class Judge {
    public static void main(String[] args) throws Exception {
        DataDictionary session = new DataDictionary("FIXT11.xml");
        DataDictionary application = new DataDictionary("FIX50SP2.xml");
        String wire = new String(Files.readAllBytes(Path.of(args[0])), StandardCharsets.ISO_8859_1);
        try {
            Message message = new Message();
            message.fromString(wire, session, application, true);
            DataDictionary.class.getMethod("validate", Message.class).invoke(application, message);
            System.out.println("taken");
        } catch (java.lang.reflect.InvocationTargetException e) {
            System.out.println(e.getCause().getMessage());
        }
    }
}
JAVA
(cd java && mvn -q -B dependency:build-classpath -Dmdep.outputFile=classpath) >mvn.log 2>&1 || failed "QuickFIX/J" mvn.log
judge "QuickFIX/J 2.3.2" java -cp "$(cat java/classpath)" java/Judge.java

# quickfix-go
mkdir go
cat >go/main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/quickfixgo/quickfix"
	"github.com/quickfixgo/quickfix/datadictionary"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	session := must(datadictionary.Parse(os.Args[1]))
	application := must(datadictionary.Parse(os.Args[2]))
	wire := must(os.ReadFile(os.Args[3]))
	message := quickfix.NewMessage()
	if err := quickfix.ParseMessageWithDataDictionary(message, bytes.NewBuffer(wire), session, application); err != nil {
		panic(err)
	}
	settings := quickfix.ValidatorSettings{CheckFieldsOutOfOrder: true, RejectInvalidMessage: true, CheckUserDefinedFields: true}
	if refusal := quickfix.NewValidator(settings, application, session).Validate(message); refusal != nil {
		fmt.Printf("%s: %d\n", refusal, *refusal.RefTagID())
		return
	}
	fmt.Println("taken")
}
GO
(cd go && go mod init finding && go get github.com/quickfixgo/quickfix@v0.9.7 && go build -o judge .) >go.log 2>&1 || failed quickfix-go go.log
spec=$(cd go && go list -m -f '{{.Dir}}' github.com/quickfixgo/quickfix)/spec
judge "quickfix-go 0.9.7" go/judge "$spec/FIXT11.xml" "$spec/FIX50SP2.xml"

# expect ENGINE WITHOUT WITH
expect() {
  grep -q "^$1, W without 779: .*$2" seen.txt && grep -q "^$1, W with 779: .*$3" seen.txt || { echo "changed: $1"; exit 1; }
}
expect "QuickFIX C++ 1.15.1" taken "Tag not defined for this message type.*779"
expect "QuickFIX C++ 1.16.0" "Required tag missing.*779" taken
expect "QuickFIX/J 2.3.2" taken "Tag not defined for this message type.*779"
expect "quickfix-go 0.9.7" taken "Tag not defined for this message type.*779"
echo "as told above: each W is refused by somebody"
