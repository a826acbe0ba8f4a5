package android.content;

import android.app.NotificationManager;
import android.content.pm.PackageManager;
import android.content.res.Resources;
import asked.Calls;

public abstract class Context {
    public Object getSystemService(String name) {
        return name.equals("notification") ? NotificationManager.ONLY : null;
    }

    public <T> T getSystemService(Class<T> kind) {
        throw new IllegalStateException("asked by class");
    }

    public Resources getResources() {
        return new Resources();
    }

    public PackageManager getPackageManager() {
        return new PackageManager();
    }

    public void startActivity(Intent intent) {
        if (Boolean.getBoolean("alone")) {
            throw new RuntimeException("ActivityNotFoundException");
        }
        Calls.note("started " + intent);
    }

    public void startActivity(Intent intent, android.os.Bundle options) {
        throw new IllegalStateException("with options");
    }
}
