package android.view;

import asked.Calls;

public class View {
    public void setBackgroundColor(int colour) {
        Calls.note("colour " + Integer.toHexString(colour));
    }

    public void setFitsSystemWindows(boolean fits) {
        Calls.note("fits " + fits);
    }

    public void requestApplyInsets() {
        Calls.note("insets");
    }
}
