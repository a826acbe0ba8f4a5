package android.view;

public interface WindowInsetsController {
    int APPEARANCE_LIGHT_STATUS_BARS = 1 << 3;

    void setSystemBarsAppearance(int appearance, int mask);
}
