package org.lamina.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.TensorType;

/**
 * Writes a program of MXNet's, node by node, in the JSON in which MXNet keeps graphs. The same op on the same operands is the same
 * node: MXNet would look for such nodes, and go through the whole program for each that it finds.
 */
final class DjlSymbolWriter {
    private final StringJoiner nodes = new StringJoiner(",");
    private final List<Integer> inputs = new ArrayList<>();
    private final Set<Integer> given = new HashSet<>();
    private final Map<Op, Integer> ops = new HashMap<>();
    private final Map<Integer, String> arrays = new HashMap<>();
    private final Map<Integer, DjlSymbol> batches = new HashMap<>();
    private final Map<HostArray, DjlSymbol> constants = new HashMap<>();
    private final List<HostArray> values = new ArrayList<>();
    private int count;

    /** An op with all that its value depends on. */
    private record Op(String name, Map<String, ?> settings, String operands) {}

    /** How the names of inputs start that are an array of a call, and of those that are one as a batch of one. */
    static final String INPUT = "input.";

    static final String BATCH = "batch.";

    /** An input that is an array of a call. */
    DjlSymbol input(int number, TensorType type) {
        arrays.put(count, BATCH + number);
        return input(INPUT + number, type);
    }

    /** An array of a call with an axis of size 1 before its others, null for other values. */
    @Nullable
    DjlSymbol batch(DjlSymbol value) {
        String name = arrays.get(value.node());
        return name == null
                ? null
                : batches.computeIfAbsent(
                        value.node(), node -> input(name, value.type().with(DjlSymbol.batchOfOne(value.shape()))));
    }

    /** An input by name. */
    DjlSymbol input(String name, TensorType type) {
        inputs.add(count);
        given.add(count);
        return new DjlSymbol(node("null", name, Map.of(), "[]", List.of()), type);
    }

    /** A constant, which is an input that is the same at every run; one of one element is not written before it is needed. */
    DjlSymbol constant(HostArray value) {
        return value.size() == 1
                ? new DjlSymbol(DjlSymbol.UNWRITTEN, value.type(), value, null)
                : constants.computeIfAbsent(value, this::written);
    }

    private DjlSymbol written(HostArray value) {
        values.add(value);
        return input(CONSTANT + (values.size() - 1), value.type());
    }

    /** The values of the inputs that are constants, by the number in their names. */
    List<HostArray> constants() {
        return values;
    }

    /** How the names of such inputs start. */
    static final String CONSTANT = "constant.";

    /** True for what has the memory of an array that is given to the program. */
    boolean isGiven(DjlSymbol value) {
        return value.constant() != null || given.contains(value.node());
    }

    /** An op of MXNet's applied to operands. */
    DjlSymbol op(String op, TensorType type, Map<String, ?> settings, List<DjlSymbol> operands) {
        String entries = entries(operands);
        int node = ops.computeIfAbsent(
                new Op(op, settings, entries), same -> node(op, "node" + count, settings, entries, List.of()));
        return new DjlSymbol(node, type);
    }

    private int node(String op, String name, Map<String, ?> settings, String operands, List<Integer> after) {
        StringJoiner attributes = new StringJoiner(",", "{", "}");
        settings.forEach((key, value) -> attributes.add('"' + key + "\":\"" + value + '"'));
        nodes.add("{\"op\":\"" + op + "\",\"name\":\"" + name + "\",\"attrs\":" + attributes + ",\"inputs\":" + operands
                + ",\"control_deps\":" + after + "}");
        return count++;
    }

    private String entries(List<DjlSymbol> values) {
        StringJoiner entries = new StringJoiner(",", "[", "]");
        for (DjlSymbol value : values) {
            HostArray constant = value.constant();
            int node = constant == null
                    ? value.node()
                    : constants.computeIfAbsent(constant, this::written).node();
            entries.add("[" + node + ",0,0]");
        }
        return entries.toString();
    }

    /**
     * An op that computes the derivatives of another. MXNet would differentiate it as it makes a program, which it cannot, so its
     * results are kept from that: each, even where one alone is used, goes through an op that has a derivative of zeros.
     *
     * @param of the result of the other op
     * @param types of the derivatives
     */
    List<DjlSymbol> derivatives(
            String op, Map<String, ?> settings, List<DjlSymbol> operands, DjlSymbol of, List<TensorType> types) {
        int all = node(op, "node" + count, settings, entries(operands), List.of(of.node()));
        List<Integer> stopped = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            stopped.add(node("BlockGrad", "node" + count, Map.of(), "[[" + all + "," + i + ",0]]", List.of()));
        }
        List<DjlSymbol> derivatives = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            String one = "[[" + stopped.get(i) + ",0,0]]";
            derivatives.add(new DjlSymbol(node("BlockGrad", "node" + count, Map.of(), one, stopped), types.get(i)));
        }
        return derivatives;
    }

    /** All of it. */
    String json(List<DjlSymbol> outputs) {
        String heads = entries(outputs);
        return "{\"nodes\":[" + nodes + "],\"arg_nodes\":" + inputs + ",\"heads\":" + heads
                + ",\"attrs\":{\"mxnet_version\":[\"int\",10900]}}";
    }
}
