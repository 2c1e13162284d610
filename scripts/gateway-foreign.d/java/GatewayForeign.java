// QuickFIX/J as a client of the gateway, validation on: says what a conversation (conversation.txt) has it say, and waits for the answers.
// Arguments: conversation, version (42, 44, 50), port, folder for its stores, and either "stock" or the folder of our dictionaries.
// Last line: "RESULT steps=N of=N messages=N sent=N received=N": steps that were gone through, of all; messages are those that came, sent and
// received count Reject(3).

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quickfix.*;

public final class GatewayForeign {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HH:mm:ss.SSS");
    private static final long PATIENCE_MS = 15_000;

    private static final class Quiet implements LogFactory, Log {
        public Log create(SessionID id) { return this; }
        public void clear() {}
        public void onIncoming(String message) {}
        public void onOutgoing(String message) {}
        public void onEvent(String text) {}
        public void onErrorEvent(String text) { System.out.println("engine: " + text.replace('\u0001', '|')); }
    }

    // One session of the engine, and what came on it.
    private final class Side implements Application {
        private final SessionID id;
        private final SocketInitiator initiator;
        private final List<Message> inbox = new ArrayList<>();
        private boolean started;

        Side(String name) throws Exception {
            String begin = version.equals("42") ? "FIX.4.2" : version.equals("44") ? "FIX.4.4" : "FIXT.1.1";
            id = new SessionID(begin, name + version, "MARGINFIX");
            initiator = SocketInitiator.newBuilder().withApplication(this).withSettings(settings(begin, name + version))
                    .withMessageStoreFactory(new FileStoreFactory(settings(begin, name + version))).withLogFactory(new Quiet())
                    .withMessageFactory(new DefaultMessageFactory()).build();
        }

        private SessionSettings settings(String begin, String sender) throws Exception {
            StringBuilder text = new StringBuilder("[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nHeartBtInt=30\n"
                    + "StartTime=00:00:00\nEndTime=00:00:00\nSocketConnectHost=127.0.0.1\nUseDataDictionary=Y\n");
            text.append("SocketConnectPort=").append(port).append("\nFileStorePath=").append(folder).append('\n');
            boolean fixt = begin.equals("FIXT.1.1");
            if (fixt) {
                text.append("DefaultApplVerID=FIX.5.0SP2\n");
            }
            if (!dictionaries.equals("stock")) {
                text.append(fixt ? "TransportDataDictionary=" + dictionaries + "/FIXT11.xml\nAppDataDictionary=" + dictionaries + "/FIX50SP2.xml\n"
                        : "DataDictionary=" + dictionaries + "/FIX" + version + ".xml\n");
            }
            text.append("[SESSION]\nBeginString=").append(begin).append("\nSenderCompID=").append(sender).append("\nTargetCompID=MARGINFIX\n");
            return new SessionSettings(new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
        }

        public void onCreate(SessionID session) {}
        public void onLogon(SessionID session) {}
        public void onLogout(SessionID session) {}
        public void toApp(Message message, SessionID session) {}
        public void toAdmin(Message message, SessionID session) {
            if (type(message).equals("3")) {
                rejectsSent++;
                System.out.println("the engine rejects: " + readable(message));
            }
        }
        public void fromAdmin(Message message, SessionID session) {
            if (type(message).equals("3")) {
                rejectsReceived++;
                System.out.println("the gateway rejects: " + readable(message));
            }
        }
        public void fromApp(Message message, SessionID session) {
            synchronized (inbox) {
                messages++;
                inbox.add(message);
                inbox.notifyAll();
            }
        }

        void logon() throws Exception {
            if (!started) {
                initiator.start();
                started = true;
            } else {
                Session.lookupSession(id).logon();
            }
            await(() -> Session.lookupSession(id) != null && Session.lookupSession(id).isLoggedOn(), "no logon");
        }
        void logout() throws Exception {
            Session.lookupSession(id).logout();
            await(() -> !Session.lookupSession(id).isLoggedOn(), "no logout");
        }

        void expect(String msgType, List<String> terms) throws Exception {
            long end = System.currentTimeMillis() + PATIENCE_MS;
            synchronized (inbox) {
                while (!take(msgType, terms)) {
                    long left = end - System.currentTimeMillis();
                    if (left <= 0) {
                        for (Message each : inbox) {
                            if (!type(each).equals("X")) {
                                System.out.println("  there was: " + readable(each));
                            }
                        }
                        throw new Exception("no " + msgType + " " + String.join(" ", terms));
                    }
                    inbox.wait(left);
                }
            }
        }
        private boolean take(String msgType, List<String> terms) throws FieldNotFound {
            for (int i = 0; i < inbox.size(); i++) {
                Message message = inbox.get(i);
                boolean fits = type(message).equals(msgType);
                for (String term : terms) {
                    fits = fits && holds(message, term);
                }
                if (fits) {
                    inbox.remove(i);
                    return true;
                }
            }
            return false;
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition, String otherwise) throws Exception {
        long end = System.currentTimeMillis() + PATIENCE_MS;
        while (!condition.holds()) {
            if (System.currentTimeMillis() > end) {
                throw new Exception(otherwise);
            }
            Thread.sleep(10);
        }
    }

    private final String version, folder, dictionaries;
    private final int port;
    private int steps, allSteps;
    private volatile int messages, rejectsSent, rejectsReceived;

    private GatewayForeign(String version, int port, String folder, String dictionaries) {
        this.version = version;
        this.port = port;
        this.folder = folder;
        this.dictionaries = dictionaries;
    }

    private static String type(Message message) {
        try {
            return message.getHeader().getString(35);
        } catch (FieldNotFound e) {
            return "";
        }
    }
    private static String readable(Message message) { return message.toString().replace('\u0001', '|'); }

    // "39=0", "58~TEXT", "17=*", "-41"
    private static boolean holds(Message message, String term) throws FieldNotFound {
        boolean absent = term.startsWith("-");
        Matcher parts = Pattern.compile("-?(\\d+)([=~])?(.*)").matcher(term);
        parts.matches();
        int tag = Integer.parseInt(parts.group(1));
        FieldMap where = tag == 43 || tag == 122 ? message.getHeader() : message;
        if (!where.isSetField(tag)) {
            return absent;
        }
        String value = where.getString(tag), wanted = parts.group(3);
        if (absent) {
            return false;
        }
        if (parts.group(2).equals("~")) {
            return value.contains(wanted);
        }
        if (wanted.equals("*") || value.equals(wanted)) {
            return true;
        }
        try {
            return new BigDecimal(value).compareTo(new BigDecimal(wanted)) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String value(String text) {
        LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
        switch (text) {
            case "now": return now.format(TIME);
            case "in4s": return now.plusSeconds(4).format(TIME);
            case "today": return now.format(DateTimeFormatter.BASIC_ISO_DATE);
            default: return text;
        }
    }

    private static void set(FieldMap to, String field) {
        int equals = field.indexOf('=');
        to.setString(Integer.parseInt(field.substring(0, equals)), value(field.substring(equals + 1)));
    }

    private static Message made(String msgType, List<String> fields) {
        Message message = new Message();
        message.getHeader().setString(35, msgType);
        for (String field : fields) {
            int open = field.indexOf('(');
            if (open < 0) {
                set(message, field);
                continue;
            }
            for (String entry : field.substring(open + 1, field.length() - 1).split("\\)\\(")) {
                String[] parts = entry.split(",");
                Group group = new Group(Integer.parseInt(field.substring(0, open)), Integer.parseInt(parts[0].substring(0, parts[0].indexOf('='))));
                for (String part : parts) {
                    set(group, part);
                }
                message.addGroup(group);
            }
        }
        return message;
    }

    // What is left of a line, or of its fields, in this version.
    private List<String> words(String line) {
        List<String> words = new ArrayList<>();
        boolean all = true;
        for (String word : line.trim().split(" +")) {
            boolean alone = word.startsWith("[") && word.endsWith("]");
            if (word.startsWith("[")) {
                boolean mine = word.substring(1, word.indexOf(']')).contains(version);
                word = word.substring(word.indexOf(']') + 1);
                if (alone) {
                    all = all && mine;
                }
                if (alone || !mine) {
                    continue;
                }
            }
            words.add(word);
        }
        return all ? words : new ArrayList<>();
    }

    private void converse(List<String> lines) throws Exception {
        Side oms = new Side("OMS"), bob = new Side("BOB");
        boolean failed = false;
        for (String line : lines) {
            List<String> words = line.startsWith("#") || line.trim().isEmpty() ? new ArrayList<>() : words(line);
            if (words.isEmpty()) {
                continue;
            }
            if (words.get(0).equals("step")) {
                allSteps++;
                steps += failed ? 0 : 1;
            }
            if (failed || words.get(0).equals("step")) {
                continue;
            }
            try {
                Side who = words.get(0).equals("OMS") ? oms : bob;
                List<String> fields = words.size() > 3 ? words.subList(3, words.size()) : new ArrayList<>();
                switch (words.get(1)) {
                    case "logon": who.logon(); break;
                    case "logout": who.logout(); break;
                    case ">": Session.sendToTarget(made(words.get(2), fields), who.id); break;
                    default: who.expect(words.get(2), fields);
                }
            } catch (Exception e) {
                steps--;
                failed = true;
                System.out.println("FAILED at: " + line + ": " + e);
            }
        }
        oms.initiator.stop();
        bob.initiator.stop();
    }

    public static void main(String[] args) throws Exception {
        GatewayForeign run = new GatewayForeign(args[1], Integer.parseInt(args[2]), args[3], args[4]);
        run.converse(Files.readAllLines(Path.of(args[0])));
        System.out.printf("RESULT steps=%d of=%d messages=%d sent=%d received=%d%n", run.steps, run.allSteps, run.messages, run.rejectsSent,
                run.rejectsReceived);
        System.exit(0);
    }
}
