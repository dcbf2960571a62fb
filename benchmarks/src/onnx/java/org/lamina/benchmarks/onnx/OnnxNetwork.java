package org.lamina.benchmarks.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.Network;

/** A network as a model of ONNX: the operators that fit a layer best, weights inside, any batch size. */
final class OnnxNetwork {
    private static final int OPERATORS = 20;
    private static final int FORMAT = 9;
    private static final int FLOAT = 1;
    private static final String INPUT = "x";

    private final Message graph = new Message().with(2, "network");
    private final Iterator<HostArray> weights;
    private final Network network;
    private int names;

    OnnxNetwork(Network network, Map<String, HostArray> weights) {
        this.network = network;
        this.weights = weights.values().iterator();
    }

    byte[] toBytes() {
        graph.with(11, value(INPUT, network.inputs(1).toArray()));
        graph.with(12, value(outputs(), 1, network.outputs()));
        return new Message()
                .with(1, FORMAT)
                .with(8, new Message().with(1, "").with(2, OPERATORS))
                .with(7, graph)
                .toBytes();
    }

    private String outputs() {
        return switch (network) {
            case MY_LINEAR -> node("Relu", dense(node("Relu", dense(INPUT))));
            case MLP_256, MLP_1024 -> dense(node("Relu", dense(INPUT)));
            case NORM_GELU -> node("Gelu", dense(norm()));
            case CONVOLUTION -> dense(node(
                    "Flatten",
                    node("GlobalAveragePool", convolution(convolution(convolution(INPUT, 1), 2), 1))));
        };
    }

    private String dense(String x) {
        return add(operator("Gemm", x, weight(), weight()));
    }

    private String norm() {
        return add(operator("LayerNormalization", INPUT, weight(), weight())
                .with(5, new Message().with(1, "epsilon").with(2, (float) Network.EPSILON).with(20, 1)));
    }

    private String convolution(String x, long stride) {
        return node(
                "Relu",
                add(operator("Conv", x, weight(), weight())
                        .with(5, integers("strides", stride, stride))
                        .with(5, integers("pads", 1, 1, 1, 1))));
    }

    private String node(String operator, String x) {
        return add(operator(operator, x));
    }

    private static Message operator(String operator, String... inputs) {
        Message node = new Message().with(4, operator);
        List.of(inputs).forEach(input -> node.with(1, input));
        return node;
    }

    private static Message integers(String name, long... values) {
        Message attribute = new Message().with(1, name).with(20, 7);
        for (long value : values) {
            attribute.with(8, value);
        }
        return attribute;
    }

    private String add(Message node) {
        String name = "value" + names++;
        graph.with(1, node.with(2, name));
        return name;
    }

    private String weight() {
        HostArray value = weights.next();
        String name = "weight" + names++;
        Message tensor = new Message().with(2, FLOAT).with(8, name);
        for (long size : value.shape().toArray()) {
            tensor.with(1, size);
        }
        float[] floats = value.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * floats.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        graph.with(5, tensor.with(9, bytes.array()));
        return name;
    }

    /** What a graph takes or gives: floats of any number of examples. */
    private static Message value(String name, long... sizes) {
        Message shape = new Message().with(1, new Message().with(2, "N"));
        for (int axis = 1; axis < sizes.length; axis++) {
            shape.with(1, new Message().with(1, sizes[axis]));
        }
        Message tensor = new Message().with(1, FLOAT).with(2, shape);
        return new Message().with(1, name).with(2, new Message().with(1, tensor));
    }
}
