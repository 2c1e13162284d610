// How a message is read and validated at the defaults of QuickFIX/J from 3.0 on: what is validated is an argument.
package quickfix;

final class Engine {
    private Engine() {}

    static Message read(String wire, DataDictionary session, DataDictionary application) throws Exception {
        return new Message(wire, session, application, new ValidationSettings(), true);
    }

    static void validate(Message message, DataDictionary session, DataDictionary application) throws Exception {
        DataDictionary.validate(message, session, application, new ValidationSettings());
    }
}
