// QuickFIX/J without marginfix: the Logon(A) signed in toAdmin(). Java 15 or newer (Ed25519). docs/quickfix.md, "QuickFIX alone".
//   LogonAlone CFG                         logs on, says so, logs out
//   LogonAlone sign KEY.pem 52 34 49 56    RawData(96) of a Logon with these fields
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import quickfix.ApplicationAdapter;
import quickfix.FieldNotFound;
import quickfix.MemoryStoreFactory;
import quickfix.Message;
import quickfix.ScreenLogFactory;
import quickfix.SessionID;
import quickfix.SessionSettings;
import quickfix.SocketInitiator;

public class LogonAlone extends ApplicationAdapter {
    private final PrivateKey key;
    private final CountDownLatch loggedOn = new CountDownLatch(1);

    LogonAlone(PrivateKey key) {
        this.key = key;
    }

    // PKCS#8 ("BEGIN PRIVATE KEY"); from PKCS#1: openssl pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem
    static PrivateKey readKey(String file) throws Exception {
        String base64 = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----|\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (InvalidKeySpecException notRsa) {
            return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
        }
    }

    static String sign(PrivateKey key, String sendingTime, String number, String sender, String target) throws GeneralSecurityException {
        Signature signature;
        if (key.getAlgorithm().equals("RSA")) {
            signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        } else {
            signature = Signature.getInstance("Ed25519");
        }
        signature.initSign(key);
        signature.update(String.join("\001", sendingTime, "A", number, sender, target).getBytes(StandardCharsets.US_ASCII));
        return Base64.getEncoder().encodeToString(signature.sign());
    }

    @Override
    public void toAdmin(Message message, SessionID session) {
        try {
            if (!message.getHeader().getString(35).equals("A")) {
                return;
            }
            // 141=Y: the Logon is numbered 1, whatever stands here now.
            boolean reset = message.isSetField(141) && message.getBoolean(141);
            String number = reset ? "1" : message.getHeader().getString(34);
            String signature = sign(key, message.getHeader().getString(52), number, session.getSenderCompID(), session.getTargetCompID());
            message.setInt(95, signature.length());
            message.setString(96, signature);
        } catch (FieldNotFound | GeneralSecurityException problem) {
            throw new IllegalStateException(problem);
        }
    }

    @Override
    public void onLogon(SessionID session) {
        loggedOn.countDown();
    }

    static boolean logOn(String cfg) throws Exception {
        SessionSettings settings = new SessionSettings(cfg);
        LogonAlone application = new LogonAlone(readKey(settings.getString("KalshiPrivateKeyPath"))); // our name for it
        SocketInitiator initiator = new SocketInitiator(application, new MemoryStoreFactory(), settings, new ScreenLogFactory(true, true, true),
            new quickfix.DefaultMessageFactory());
        initiator.start();
        boolean done = application.loggedOn.await(15, TimeUnit.SECONDS);
        initiator.stop();
        return done;
    }

    public static void main(String[] words) throws Exception {
        if (words.length == 6 && words[0].equals("sign")) {
            System.out.println(sign(readKey(words[1]), words[2], words[3], words[4], words[5]));
            return;
        }
        boolean done = words.length == 1 && logOn(words[0]);
        System.out.println(done ? "logged on" : "no answer to the Logon");
        System.exit(done ? 0 : 1);
    }
}
