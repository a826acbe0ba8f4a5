package org.tensorflow.lite;

/** The part of LiteRT's class that the engine uses. */
public final class Tensor {
    private final String name;
    final int width;
    int rows = 1;

    Tensor(String name, int width) {
        this.name = name;
        this.width = width;
    }

    public String name() {
        return name;
    }

    public int[] shape() {
        return new int[] {rows, width};
    }

    int numBytes() {
        return 4 * rows * width;
    }
}
