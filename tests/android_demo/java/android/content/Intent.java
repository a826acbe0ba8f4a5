package android.content;

import android.net.Uri;
import java.util.TreeMap;

/** With the forms of the constructor and of putExtra among which pyjnius has to pick. */
public class Intent {
    public static final String ACTION_VIEW = "android.intent.action.VIEW";
    public static final String ACTION_SEND = "android.intent.action.SEND";
    public static final String EXTRA_SUBJECT = "android.intent.extra.SUBJECT";
    public static final String EXTRA_TEXT = "android.intent.extra.TEXT";
    public final TreeMap<String, Object> extras = new TreeMap<>();
    public final String action;
    public final Uri data;
    public String type = "";

    public Intent() {
        this("", (Uri) null);
    }

    public Intent(String action) {
        this(action, (Uri) null);
    }

    public Intent(String action, Uri data) {
        this.action = action;
        this.data = data;
    }

    public Intent(Context context, Class<?> target) {
        this(target.getName(), (Uri) null);
    }

    public Intent(Intent other) {
        this(other.action, other.data);
    }

    public Intent setType(String type) {
        this.type = type;
        return this;
    }

    public Intent putExtra(String name, String value) {
        extras.put(name, value);
        return this;
    }

    public Intent putExtra(String name, CharSequence value) {
        extras.put(name, "a CharSequence: " + value);
        return this;
    }

    public Intent putExtra(String name, int value) {
        extras.put(name, value);
        return this;
    }

    public Intent putExtra(String name, boolean value) {
        extras.put(name, value);
        return this;
    }

    public static Intent createChooser(Intent target, CharSequence title) {
        Intent chooser = new Intent("CHOOSER");
        chooser.extras.put("target", target);
        return chooser;
    }

    @Override
    public String toString() {
        return action + " " + data + " " + type + " " + extras;
    }
}
