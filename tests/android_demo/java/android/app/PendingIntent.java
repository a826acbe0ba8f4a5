package android.app;

import android.content.Context;
import android.content.Intent;
import android.os.Bundle;

public class PendingIntent {
    public static final int FLAG_IMMUTABLE = 1 << 26;
    public static final int FLAG_UPDATE_CURRENT = 1 << 27;
    public final String text;

    private PendingIntent(String text) {
        this.text = text;
    }

    public static PendingIntent getActivity(Context context, int code, Intent intent, int flags) {
        return new PendingIntent(intent.action + " " + (flags >> 26));
    }

    public static PendingIntent getActivity(Context context, int code, Intent intent, int flags, Bundle options) {
        throw new IllegalStateException("with options");
    }
}
