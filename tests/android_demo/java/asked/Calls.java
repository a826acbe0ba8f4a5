package asked;

/** What Android was asked, one line each, for the test to read. */
public final class Calls {
    private static final java.util.List<String> LINES = new java.util.ArrayList<>();

    public static void note(String line) {
        LINES.add(line);
    }

    public static String taken() {
        String all = String.join("\n", LINES);
        LINES.clear();
        return all;
    }
}
