package org.lamina.conformance.report;

import java.util.List;

/** The tables of a report. */
public enum Section {
    /** What has weights and state. */
    LAYERS(
            "Layers",
            "layer",
            "Outputs and gradients by inputs and weights, on inputs of several kinds; a batch of another size and in pieces, a copy, and "
                    + "weights saved and loaded.",
            List.of(Column.FORWARD, Column.DERIVATIVE, Column.BATCH, Column.SAVE_LOAD)),
    /** What is made of primitives. */
    COMPOSITES(
            "Composite functions",
            "composite",
            "What is made of primitives (SPEC.md 4), on normal, special and large values. A function has no weights to save.",
            List.of(Column.FORWARD, Column.DERIVATIVE)),
    /** What adapters lower. */
    PRIMITIVES(
            "Primitive ops",
            "primitive",
            "What adapters lower (SPEC.md 3), in every dtype that they take. An op has no weights to save.",
            List.of(Column.FORWARD, Column.DERIVATIVE));

    private final String title;
    private final String kind;
    private final String about;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Column> columns;

    Section(String title, String kind, String about, List<Column> columns) {
        this.title = title;
        this.kind = kind;
        this.about = about;
        this.columns = columns;
    }

    /** The heading. */
    public String title() {
        return title;
    }

    /** What one of its rows is called. */
    public String kind() {
        return kind;
    }

    /** True if rules of SPEC.md define its rows one by one. */
    boolean ruled() {
        return this != LAYERS;
    }

    /** What is checked, in a sentence. */
    public String about() {
        return about;
    }

    /** The columns under each backend. */
    public List<Column> columns() {
        return columns;
    }
}
