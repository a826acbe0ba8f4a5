package android.app;

import asked.Calls;

public class NotificationManager {
    public static final int IMPORTANCE_DEFAULT = 3;
    public static final NotificationManager ONLY = new NotificationManager();

    public boolean areNotificationsEnabled() {
        return !Boolean.getBoolean("forbidden");
    }

    public void createNotificationChannel(NotificationChannel channel) {
        Calls.note("channel " + channel.id);
    }

    public void notify(int id, Notification notification) {
        throw new IllegalStateException("without a tag");
    }

    public void notify(String tag, int id, Notification notification) {
        Calls.note("notified " + tag + " " + id + " " + notification.text);
    }
}
