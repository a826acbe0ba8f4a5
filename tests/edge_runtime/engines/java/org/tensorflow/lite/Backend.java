package org.tensorflow.lite;

import java.nio.ByteBuffer;

/** What computes in the double; the tests implement it in Python. */
public interface Backend {
    /** A line for each tensor, inputs first: "input NAME WIDTH" or "output NAME WIDTH"; nothing for no model. */
    String describe(byte[] model);

    /** Puts rows of all outputs, one output after the other, for rows of all inputs. */
    void compute(byte[] model, byte[] inputs, int rows, ByteBuffer outputs);
}
