package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.port.Misfits;

/**
 * Reads a ComputationGraph of one input and one output: branches that are added become a Residual, branches that are merged become
 * Parallel and Concat, and the rest follows one another.
 */
final class Dl4jGraphReader {
    private final String source;
    private final Supplier<Dl4jCoefficients> coefficients;
    private final Misfits misfits;
    private final Dl4jSettings vertices;
    private final List<String> networkInputs;
    private final List<String> networkOutputs;
    private final List<String> order;
    private final Map<String, List<String>> inputs = new HashMap<>();
    /** For each vertex those that every way from the input to it goes through, itself among them. */
    private final Map<String, Set<String>> dominators = new HashMap<>();

    private final Map<String, Dl4jPiece> pieces = new HashMap<>();
    /** Whose outputs have a time axis. */
    private final Set<String> sequences = new HashSet<>();

    private final Set<String> taken = new HashSet<>();
    private final Map<Integer, String> ends = new LinkedHashMap<>();
    private boolean flatInput;

    Dl4jGraphReader(String source, Dl4jSettings network, Supplier<Dl4jCoefficients> coefficients, Misfits misfits) {
        this.source = source;
        this.coefficients = coefficients;
        this.misfits = misfits;
        this.vertices = network.object("vertices");
        this.networkInputs = network.texts("networkInputs");
        this.networkOutputs = network.texts("networkOutputs");
        this.order = network.texts("topologicalOrderStr");
        Dl4jSettings edges = network.object("vertexInputs");
        vertices.fields().keySet().forEach(name -> inputs.put(name, edges.texts(name)));
    }

    /** The whole, or an empty piece if there is something that has no equal. */
    Dl4jPiece read() {
        requireOrder();
        for (String name : order) {
            if (vertices.has(name)) {
                convert(name, vertices.object(name));
                visit(name);
            } else {
                dominators.put(name, Set.of(name));
            }
        }
        if (networkInputs.size() != 1 || networkOutputs.size() != 1) {
            misfits.add(
                    source,
                    "it has the inputs " + networkInputs + " and the outputs " + networkOutputs
                            + ", and a graph of one each can be ported");
        }
        return misfits.isEmpty() ? whole() : Dl4jPiece.EMPTY;
    }

    /** Every vertex stands behind what it takes: that is the order of the parameters, and no cycle is followed then. */
    private void requireOrder() {
        Set<String> before = new HashSet<>();
        for (String name : order) {
            boolean known = networkInputs.contains(name)
                    || !inputs.getOrDefault(name, List.of()).isEmpty();
            if (!known || !before.containsAll(inputs.getOrDefault(name, List.of())) || !before.add(name)) {
                throw malformed("vertex " + name + " is out of order");
            }
        }
        if (!before.containsAll(inputs.keySet()) || !before.containsAll(networkOutputs)) {
            throw malformed("topologicalOrderStr does not have all vertices");
        }
    }

    private LaminaException malformed(String fact) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                source + ", entry " + Dl4jFormat.CONFIGURATION + ": " + fact
                        + "; nothing was loaded. The file is damaged, or of a version before 1.0.0-M2: save it with that one.");
    }

    private List<String> inputs(String name) {
        return Objects.requireNonNull(inputs.get(name), name);
    }

    private void visit(String name) {
        Set<String> common = common(inputs(name));
        common.add(name);
        dominators.put(name, common);
    }

    private Set<String> common(List<String> names) {
        Set<String> common = new HashSet<>(Objects.requireNonNull(dominators.get(names.get(0))));
        names.forEach(name -> common.retainAll(Objects.requireNonNull(dominators.get(name))));
        return common;
    }

    private void convert(String name, Dl4jSettings vertex) {
        try {
            switch (vertex.type()) {
                case "LayerVertex" -> convertLayer(name, vertex);
                case "ElementWiseVertex" -> {
                    if (!vertex.text("op").equals("Add") || inputs(name).size() != 2) {
                        throw Misfits.unsupported("its op is " + vertex.text("op") + " of "
                                + inputs(name).size() + " inputs, and Add of two is known");
                    }
                    follow(name);
                }
                case "MergeVertex" -> {
                    if (vertex.number("mergeAxis") != 1) {
                        throw Misfits.unsupported("its mergeAxis is " + vertex.number("mergeAxis"));
                    }
                    follow(name);
                }
                default -> throw Misfits.unsupported("there is no equal of " + vertex.named());
            }
        } catch (LaminaException e) {
            if (e.code() == ErrorCode.FILE_FORMAT) {
                throw e;
            }
            String type = vertex.object("layerConf").object("layer").shortName();
            misfits.add(
                    "vertex " + name + " (" + (vertex.has("layerConf") ? type : vertex.shortName()) + ")",
                    String.valueOf(e.getMessage()));
        }
    }

    private void follow(String name) {
        if (inputs(name).stream().anyMatch(sequences::contains)) {
            sequences.add(name);
        }
    }

    private void convertLayer(String name, Dl4jSettings vertex) {
        Dl4jSettings layer = vertex.object("layerConf").object("layer");
        Dl4jLayerReader reader = new Dl4jLayerReader(
                coefficients, sequences.contains(inputs(name).get(0)));
        String input = inputs(name).get(0);
        boolean isFirst = networkInputs.contains(input) && Collections.frequency(consumed(), input) == 1;
        reader.preprocess(vertex.object("preProcessor"), isFirst);
        reader.add(layer);
        flatInput |= reader.flatInput();
        pieces.put(name, reader.piece());
        if (reader.isSequence()) {
            sequences.add(name);
        }
    }

    private List<String> consumed() {
        List<String> all = new ArrayList<>();
        inputs.values().forEach(all::addAll);
        return all;
    }

    private Dl4jPiece whole() {
        Dl4jPiece piece = build(networkOutputs.get(0), networkInputs.get(0), true);
        for (String name : order) {
            if (vertices.has(name) && !taken.contains(name)) {
                misfits.add("vertex " + name, "its output goes nowhere");
            }
        }
        return piece;
    }

    /**
     * What computes a vertex's output from another's.
     *
     * @param from a dominator of it
     * @param outermost true for what becomes layers of the model itself
     */
    private Dl4jPiece build(String name, String from, boolean outermost) {
        if (name.equals(from)) {
            return Dl4jPiece.EMPTY;
        }
        if (!taken.add(name)) {
            misfits.add("vertex " + name, "branches that share it are not joined again in one place");
            return Dl4jPiece.EMPTY;
        }
        Dl4jPiece own = pieces.get(name);
        String fork = own == null ? fork(name) : inputs(name).get(0);
        Dl4jPiece before = build(fork, from, outermost);
        Dl4jPiece whole = before.then(own == null ? join(name, fork) : own);
        if (outermost) {
            ends.put(whole.layers().size() - 1, name);
        }
        return whole;
    }

    /** The last vertex that every way to a vertex goes through before it. */
    private String fork(String name) {
        Set<String> common = common(inputs(name));
        return order.stream().filter(common::contains).reduce(name, (first, last) -> last);
    }

    private Dl4jPiece join(String name, String fork) {
        List<Dl4jPiece> branches =
                inputs(name).stream().map(input -> build(input, fork, false)).toList();
        if (vertices.object(name).type().equals("MergeVertex")) {
            return Dl4jPiece.joined(branches, sequences.contains(name) ? -1 : 1);
        }
        if (branches.stream().allMatch(branch -> branch.layers().isEmpty())) {
            misfits.add("vertex " + name, "it adds " + fork + " to itself");
            return Dl4jPiece.EMPTY;
        }
        return Dl4jPiece.sum(branches.get(0), branches.get(1));
    }

    /** For each outermost layer the vertex that gives its output, where there is one. */
    Map<Integer, String> ends() {
        return ends;
    }

    /** True if the network takes rows and makes images of them first. */
    boolean flatInput() {
        return flatInput;
    }
}
