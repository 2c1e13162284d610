// How a message is read and validated at the defaults of QuickFIX/J before 3.0: what is validated is a property of the dictionaries.
package quickfix;

final class Engine {
    private Engine() {}

    static Message read(String wire, DataDictionary session, DataDictionary application) throws Exception {
        return new Message(wire, session, application, true);
    }

    static void validate(Message message, DataDictionary session, DataDictionary application) throws Exception {
        DataDictionary.validate(message, session, application);
    }
}
