#!/usr/bin/env bash
# QuickFIX/J 2.3.2 and 3.0.0: Session.sendToTarget() answers false for an order that the counterparty then gets.
# One would have guessed: "true is send was successful, false otherwise", as its own documentation has it, means that an order with the
#   answer false has not gone and may be given again (with a new ClOrdID, or on another route). QuickFIX C++ 1.15.1 answers true in the same
#   situation, and false only where the message is kept nowhere.
# What happens: while nobody is logged on, the order gets a MsgSeqNum(34), toApp() is called, it is stored, and the answer is false. At the
#   next Logon the counterparty finds the gap and asks, and the order goes out with PossDupFlag(43)=Y, without another word to the
#   application. Who took false at its word has two orders in the market.
# Source: Javadoc of quickfix.Session.sendToTarget(Message, SessionID); that of Session.send() calls the usefulness of the flag questionable
#   because true may still be lost, which is the other direction. Read in Session.java of 3.0.0, sendRaw(); QuickFIX C++: Session.cpp of
#   1.15.1, sendRaw().
# What follows for us: the gateway refuses a D sent again with 43=Y that is older than OrderAgeLimit (docs/gateway.md, "Old orders").
# Needs java (11 or newer) and mvn. Exit code 0: still so; 1: changed; 2: could not be run.
set -euo pipefail
for tool in java mvn; do command -v "$tool" >/dev/null || { echo "needs $tool"; exit 2; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.quickfixj</groupId><artifactId>quickfixj-core</artifactId><version>${quickfixj.version}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
cat >Desk.java <<'JAVA'
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import quickfix.ApplicationAdapter;
import quickfix.DefaultMessageFactory;
import quickfix.MemoryStoreFactory;
import quickfix.Message;
import quickfix.ScreenLogFactory;
import quickfix.Session;
import quickfix.SessionID;
import quickfix.SessionSettings;
import quickfix.SocketInitiator;

/** A desk on QuickFIX/J, and, word by word, the venue that it trades with. */
public class Desk {
    /** The venue's side of a connection. */
    static class Venue {
        final Socket socket;

        Venue(ServerSocket listener) throws Exception {
            socket = listener.accept();
            socket.setSoTimeout(20000);
        }

        void send(String type, int number, String more) throws Exception {
            String time = LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyyMMdd-HH:mm:ss.SSS"));
            String body = ("35=" + type + "|34=" + number + "|49=VENUE|52=" + time + "|56=DESK|" + more).replace('|', '\u0001');
            String whole = "8=FIX.4.4\u00019=" + body.length() + "\u0001" + body;
            int sum = 0;
            for (byte b : whole.getBytes(StandardCharsets.ISO_8859_1)) sum += b;
            socket.getOutputStream().write((whole + String.format("10=%03d\u0001", sum % 256)).getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The next message with this MsgType, its fields between |. */
        String until(String type) throws Exception {
            InputStream in = socket.getInputStream();
            StringBuilder message = new StringBuilder("|");
            for (int c; (c = in.read()) >= 0;) {
                message.append(c == 1 ? '|' : (char) c);
                if (c != 1 || !message.toString().matches(".*\\|10=\\d{3}\\|")) continue;
                if (message.indexOf("|35=" + type + "|") >= 0) return message.toString();
                message = new StringBuilder("|");
            }
            throw new IllegalStateException("the connection ended without a " + type);
        }
    }

    static String field(String message, int tag) {
        int at = message.indexOf("|" + tag + "=");
        return at < 0 ? null : message.substring(message.indexOf('=', at) + 1, message.indexOf('|', at + 1));
    }

    static Message order(String id) {
        Message order = new Message();
        order.getHeader().setString(35, "D");
        String[] fields = {"11", id, "21", "1", "38", "10", "40", "2", "44", "1.5", "54", "1", "55", "X", "60", "20261201-12:00:00.000"};
        for (int i = 0; i < fields.length; i += 2) order.setString(Integer.parseInt(fields[i]), fields[i + 1]);
        return order;
    }

    public static void main(String[] args) throws Exception {
        ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        String text = "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nNonStopSession=Y\nUseDataDictionary=N\nHeartBtInt=30\n"
            + "SocketConnectHost=127.0.0.1\nSocketConnectPort=" + listener.getLocalPort()
            + "\n[SESSION]\nBeginString=FIX.4.4\nSenderCompID=DESK\nTargetCompID=VENUE\n";
        SessionSettings settings = new SessionSettings(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
        SessionID id = new SessionID("FIX.4.4", "DESK", "VENUE");
        SocketInitiator initiator = new SocketInitiator(new ApplicationAdapter(), new MemoryStoreFactory(), settings,
            new ScreenLogFactory(false, false, false), new DefaultMessageFactory());
        initiator.start();

        // The desk has asked for a session, and the venue has not answered yet: nobody is logged on.
        Venue venue = new Venue(listener);
        venue.until("A");
        Session session = Session.lookupSession(id);
        int before = session.getExpectedSenderNum();
        boolean first = Session.sendToTarget(order("first"), id);
        int after = session.getExpectedSenderNum();
        venue.send("A", 1, "98=0|108=30|");
        venue.send("1", 2, "112=on|");
        venue.until("0");

        // The desk takes the answer at its word, and gives the order again.
        boolean again = Session.sendToTarget(order("again"), id);
        String got = venue.until("D");
        // Its number shows the venue that something is missing: it asks, as the protocol wants.
        int missing = before;
        venue.send("2", 3, "7=" + missing + "|16=" + missing + "|");
        String resent = venue.until("D");
        System.out.println("sendToTarget(first), not logged on: " + first + ", next MsgSeqNum " + before + " before and " + after + " after");
        System.out.println("sendToTarget(again), logged on:     " + again);
        System.out.println("venue got 11=" + field(got, 11) + " 34=" + field(got, 34) + " 43=" + field(got, 43) + ", then 11=" + field(resent, 11) + " 34="
            + field(resent, 34) + " 43=" + field(resent, 43));
        boolean same = !first && after == before + 1 && again && "again".equals(field(got, 11)) && field(got, 43) == null
            && "first".equals(field(resent, 11)) && String.valueOf(before).equals(field(resent, 34)) && "Y".equals(field(resent, 43));
        System.out.println(same ? "as told above: false, and sent" : "changed");
        System.exit(same ? 0 : 1);
    }
}
JAVA
for version in 2.3.2 3.0.0; do
  mvn -q -B "-Dquickfixj.version=$version" dependency:build-classpath "-Dmdep.outputFile=classpath-$version" >mvn.log 2>&1 || { tail -5 mvn.log; exit 2; }
  echo "QuickFIX/J $version, $(java -version 2>&1 | head -1)"
  java -cp "$(cat "classpath-$version")" Desk.java 2>desk.log || { code=$?; tail -5 desk.log; exit "$code"; }
done
