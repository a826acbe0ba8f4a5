package org.edgenews.edgenews;

import android.content.Context;
import asked.Calls;

/** With the two forms that python-for-android writes. */
public class ServiceSync {
    public static void start(Context context, String argument) {
        throw new IllegalStateException("without an icon");
    }

    public static void start(Context context, String icon, String title, String text, String argument) {
        Calls.note("service " + icon + ", " + title + ", " + text);
    }

    public static void stop(Context context) {
        Calls.note("no service");
    }
}
