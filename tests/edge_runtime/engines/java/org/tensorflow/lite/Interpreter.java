package org.tensorflow.lite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** As strict as LiteRT's class about what the engine gives it, but computes in a `Backend`. */
public final class Interpreter {
    public static Backend backend;
    public static int runs;

    public static class Options {
        int threads = -1;

        public Options setNumThreads(int threads) {
            this.threads = threads;
            return this;
        }
    }

    private final byte[] model;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();

    public Interpreter(ByteBuffer content, Options options) {
        if (!content.isDirect() || content.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("Model ByteBuffer should be a direct ByteBuffer using nativeOrder()");
        }
        if (options.threads != 1) {
            throw new IllegalArgumentException("not on one thread");
        }
        model = new byte[content.capacity()];
        ((ByteBuffer) content.duplicate().rewind()).get(model);
        String found = backend.describe(model);
        if (found.isEmpty()) {
            throw new IllegalArgumentException("ByteBuffer is not a valid TensorFlow Lite model flatbuffer");
        }
        for (String line : found.split("\n")) {
            String[] words = line.split(" ");
            (words[0].equals("input") ? inputs : outputs).add(new Tensor(words[1], Integer.parseInt(words[2])));
        }
    }

    public int getInputTensorCount() {
        return inputs.size();
    }

    public Tensor getInputTensor(int number) {
        return inputs.get(number);
    }

    public int getOutputTensorCount() {
        return outputs.size();
    }

    public Tensor getOutputTensor(int number) {
        return outputs.get(number);
    }

    public void resizeInput(int number, int[] shape) {
        if (shape.length != 2 || shape[1] != inputs.get(number).width) {
            throw new IllegalArgumentException("ResizeInputTensorStrict of a dimension that is not dynamic");
        }
        inputs.get(number).rows = shape[0];
    }

    public void allocateTensors() {
        for (Tensor output : outputs) {
            output.rows = inputs.get(0).rows;
        }
    }

    public void runForMultipleInputsOutputs(Object[] given, Map<Integer, Object> wanted) {
        runs++;
        ByteBuffer all = ByteBuffer.allocate(inputs.stream().mapToInt(Tensor::numBytes).sum());
        for (int number = 0; number < inputs.size(); number++) {
            ByteBuffer buffer = (ByteBuffer) given[number];
            if (buffer.capacity() != inputs.get(number).numBytes()) {
                throw new IllegalArgumentException(
                        "Cannot copy to a TensorFlowLite tensor with " + inputs.get(number).numBytes()
                                + " bytes from a Java Buffer with " + buffer.capacity() + " bytes.");
            }
            all.put(buffer);
        }
        ByteBuffer computed = ByteBuffer.allocate(outputs.stream().mapToInt(Tensor::numBytes).sum());
        backend.compute(model, all.array(), inputs.get(0).rows, computed);
        for (Map.Entry<Integer, Object> entry : wanted.entrySet()) {
            int at = 0;
            for (int number = 0; number < entry.getKey(); number++) {
                at += outputs.get(number).numBytes();
            }
            // As in LiteRT, it goes where the buffer stands: one that was not rewound overflows.
            ((ByteBuffer) entry.getValue()).put(computed.array(), at, outputs.get(entry.getKey()).numBytes());
        }
    }
}
