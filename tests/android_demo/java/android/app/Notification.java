package android.app;

import android.content.Context;

public class Notification {
    public String text = "";

    public abstract static class Style {}

    public static class BigTextStyle extends Style {
        public BigTextStyle bigText(CharSequence text) {
            return this;
        }
    }

    public static class Builder {
        private final Notification made = new Notification();

        public Builder(Context context) {
            made.text += "no channel";
        }

        public Builder(Context context, String channel) {
            made.text += "on " + channel;
        }

        public Builder setContentTitle(CharSequence title) {
            made.text += ", " + title;
            return this;
        }

        public Builder setContentText(CharSequence text) {
            made.text += ", " + text;
            return this;
        }

        public Builder setStyle(Style style) {
            made.text += ", " + style.getClass().getSimpleName();
            return this;
        }

        public Builder setSmallIcon(int icon) {
            made.text += ", icon " + icon;
            return this;
        }

        public Builder setSmallIcon(int icon, int level) {
            throw new IllegalStateException("with a level");
        }

        public Builder setAutoCancel(boolean goes) {
            return this;
        }

        public Builder setContentIntent(PendingIntent intent) {
            made.text += ", to " + intent.text;
            return this;
        }

        public Notification build() {
            return made;
        }
    }
}
