package org.kivy.android;

import android.content.Context;
import android.view.View;
import android.view.Window;

public class PythonActivity extends Context {
    public static PythonActivity mActivity = Boolean.getBoolean("service") ? null : new PythonActivity();

    public static View getContentView() {
        return new View();
    }

    public Window getWindow() {
        return new Window();
    }
}
