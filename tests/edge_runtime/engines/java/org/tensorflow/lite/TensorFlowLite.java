package org.tensorflow.lite;

/** The part of LiteRT's class that the engine uses. */
public final class TensorFlowLite {
    private TensorFlowLite() {}

    public static String runtimeVersion() {
        return "1.4.2";
    }
}
