#!/usr/bin/env bash
# QuickFIX C++ 1.15.1 reads a leap second, 20161231-23:59:60, and writes it as 20161231-24:00:00, which it then refuses.
# One would have guessed: a time that was read without an error is written as it was, or as the same moment (20170101-00:00:00), or it is
#   refused at the beginning. FIX allows 60 in the seconds of a UTCTimestamp for a leap second, and 00 to 23 for the hours.
# What happens: TransactTime(60) = 20161231-23:59:60 passes and gives a UtcTimeStamp. The same value put into another message (a report passed
#   on, a fill booked and told again) is written with the hour 24: no FIX time, in no version. QuickFIX refuses it itself as soon as the field
#   is read. A message whose text is passed on, not its value, keeps what it had.
# Source: FIX 4.4, volume 1, data type UTCTimestamp (HH = 00-23, SS = 00-60, 60 only for a leap second); leap-seconds.list has one at the end of
#   2016. Read in FieldConvertors.h and FieldTypes.h of 1.15.1.
# What follows for us: our reader takes 23:59:60 as the second after it (fast_text.hpp), so that nothing we write has a second 60 or an hour 24.
# Needs g++ and Debian 12's package libquickfix-dev (installed, or apt-get download works). Exit code 0: still so; 1: changed; 2: could not be
# run.
set -euo pipefail
version=1.15.1+dfsg-4+b1
command -v g++ >/dev/null || { echo "needs g++"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
flags=()
if [ "$(dpkg-query -W -f '${Version}' libquickfix-dev 2>/dev/null)" != "$version" ]; then
  apt-get download "libquickfix-dev=$version" "libquickfix17=$version" >download.log 2>&1 || { tail -3 download.log; exit 2; }
  for package in ./*.deb; do dpkg-deb -x "$package" root; done
  library=$(dirname "$(find "$work/root" -name 'libquickfix.so.17*' | head -1)")
  flags=(-I "$work/root/usr/include" -L "$library" "-Wl,-rpath,$library")
fi
cat >pass_on.cpp <<'CPP'
// A report that is read, and its TransactTime(60) put into a report of one's own, as a value.
#include <quickfix/FieldConvertors.h>
#include <quickfix/Fields.h>
#include <quickfix/Message.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

std::string report(const std::string& time) {
  std::string body = "35=8|34=2|49=VENUE|52=20161231-23:59:59.900|56=DESK|37=1|17=1|150=0|39=0|55=X|54=1|38=2|44=0.5|151=2|14=0|6=0|60=" + time + "|";
  std::string whole = "8=FIX.4.4|9=" + std::to_string(body.size()) + "|" + body;
  std::replace(whole.begin(), whole.end(), '|', '\001');
  unsigned sum = 0;
  for (const unsigned char c : whole) sum += c;
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u\001", sum % 256);
  return whole + trailer;
}

// What 60 is in the report that is passed on, or why it could not be read.
std::string passed_on(const std::string& time, bool with_milliseconds) {
  try {
    const FIX::Message received(report(time));
    FIX::TransactTime when;
    received.getField(when);
    FIX::Message mine;
    mine.setField(FIX::TransactTime(when.getValue(), with_milliseconds ? 3 : 0));
    return mine.getField(60);
  } catch (const std::exception& e) {
    return std::string("refused: ") + e.what();
  }
}

int main() {
  bool as_found = true;
  const struct {
    std::string time, written, again;
  } cases[] = {{"20161231-23:59:59.500", "20161231-23:59:59.500", "20161231-23:59:59.500"},
               {"20161231-23:59:60.500", "20161231-24:00:00.500", "refused"},
               {"20161231-23:59:60", "20161231-24:00:00", "refused"}};
  for (const auto& c : cases) {
    const bool with_milliseconds = c.time.size() > 17;
    const std::string first = passed_on(c.time, with_milliseconds), second = passed_on(first, with_milliseconds);
    std::cout << "60=" << c.time << ": passed on as " << first << ", and by the next one: " << second << "\n";
    as_found = as_found && first == c.written && second.rfind(c.again, 0) == 0;
  }
  std::cout << (as_found ? "as told above: what was read is written as no time" : "changed") << "\n";
  return as_found ? 0 : 1;
}
CPP
g++ -std=c++14 -w -O0 "${flags[@]}" pass_on.cpp -lquickfix -lpthread -o pass_on >build.log 2>&1 || { tail -5 build.log; exit 2; }
echo "QuickFIX C++ $version (Debian), $(g++ --version | head -1)"
./pass_on
