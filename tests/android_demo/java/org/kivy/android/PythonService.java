package org.kivy.android;

import android.content.Context;

public class PythonService extends Context {
    public static PythonService mService = new PythonService();
}
