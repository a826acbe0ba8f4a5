package android.view;

import asked.Calls;

public class Window {
    /** Android's own class of it is hidden too, so pyjnius sees the interface alone. */
    private static class Hidden implements WindowInsetsController {
        @Override
        public void setSystemBarsAppearance(int appearance, int mask) {
            Calls.note("appearance " + appearance + " of " + mask);
        }
    }

    public WindowInsetsController getInsetsController() {
        return new Hidden();
    }
}
