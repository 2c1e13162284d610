// Loads two data dictionaries in QuickFIX/J and validates golden messages at the engine's defaults.
// Lives in package quickfix because the validation that quickfix.Session calls is package-private there.
// Arguments: session dictionary, application dictionary, golden tables. Last line: "RESULT messages=N refused=N reordered=N changed=N";
// QuickFIX/J writes repeating groups after the plain fields, so a round trip may reorder a message without changing it.
package quickfix;

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

public final class DictionariesForeign {
    private int messages;
    private int refused;
    private int reordered;
    private int changed;

    private static DataDictionary load(String path) throws Exception {
        try (InputStream in = new FileInputStream(path)) {
            return new DataDictionary(in);
        }
    }

    private void check(String name, String wire, DataDictionary session, DataDictionary application) {
        messages++;
        try {
            Message message = Engine.read(wire, session, application);
            Engine.validate(message, session, message.isAdmin() ? session : application);
            if (message.getException() != null) {
                throw message.getException();
            }
            compare(name, wire, message.toString());
        } catch (Exception e) {
            refused++;
            System.out.println("refused " + name + ": " + e);
        }
    }

    private void compare(String name, String wire, String written) {
        if (written.equals(wire)) {
            return;
        }
        String[] before = wire.split("\u0001");
        String[] after = written.split("\u0001");
        Arrays.sort(before);
        Arrays.sort(after);
        if (Arrays.equals(before, after)) {
            reordered++;
        } else {
            changed++;
            System.out.println("changed " + name + ": " + written.replace('\u0001', '|'));
        }
    }

    public static void main(String[] args) throws Exception {
        DataDictionary session = load(args[0]);
        DataDictionary application = load(args[1]);
        DictionariesForeign run = new DictionariesForeign();
        for (int i = 2; i < args.length; i++) {
            for (String line : Files.readAllLines(Path.of(args[i]), StandardCharsets.UTF_8)) {
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                String[] columns = line.split(" \\| ", 4);
                run.check(columns[0], columns[3].replace('|', '\u0001'), session, application);
            }
        }
        System.out.println("RESULT messages=" + run.messages + " refused=" + run.refused + " reordered=" + run.reordered + " changed=" + run.changed);
        System.exit(run.refused == 0 ? 0 : 1);
    }
}
