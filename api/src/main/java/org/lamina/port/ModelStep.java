package org.lamina.port;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One layer's call in a model, in Lamina's terms, whichever side tells of it.
 *
 * @param place for messages
 * @param kind the simple name of the layer's class, such as {@code Dense}
 * @param stored what the file of weights calls the layer; empty if it has none there
 * @param settings its settings that both sides can have, as text by Lamina's names
 * @param doubts what it says besides and no layer of this kind has here
 * @param inputs the calls whose outputs it takes
 */
record ModelStep(
        String place,
        String kind,
        String stored,
        Map<String, String> settings,
        List<String> doubts,
        List<ModelStep> inputs) {
    static final String INPUT = "Input";
    static final String ADD = "Add";

    ModelStep {
        settings = Map.copyOf(settings);
        doubts = List.copyOf(doubts);
        inputs = List.copyOf(inputs);
    }

    /** A call that only its kind tells of. */
    static ModelStep of(String place, String kind, List<ModelStep> inputs) {
        return new ModelStep(place, kind, "", Map.of(), List.of(), inputs);
    }

    /** The inputs of a model, each told from the others by its number. */
    static List<ModelStep> inputs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new ModelStep(
                        count == 1 ? "the input" : "input " + i,
                        INPUT,
                        "",
                        Map.of("number", Integer.toString(i)),
                        List.of(),
                        List.of()))
                .toList();
    }

    /** A number as both sides write it. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** What it and the calls before it are, as far as each has one input; equal for equal chains. */
    String chain() {
        StringBuilder chain = new StringBuilder();
        for (ModelStep step = this; ; step = step.inputs.get(0)) {
            chain.append(step.kind).append(new java.util.TreeMap<>(step.settings));
            if (step.inputs.size() != 1) {
                return chain.toString();
            }
        }
    }

    /** By identity: two calls of equal layers are two. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
