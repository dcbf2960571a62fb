package org.lamina.port;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Compares two tellings of one model, from its outputs to its input, and lists all in which they differ. */
final class StepComparison {
    private final String source;
    private final Misfits misfits;
    private final Set<List<ModelStep>> seen = new HashSet<>();

    private StepComparison(String source, Misfits misfits) {
        this.source = source;
        this.misfits = misfits;
    }

    /**
     * Compares.
     *
     * @param source what tells the second, for messages
     */
    static void compare(List<ModelStep> own, List<ModelStep> told, String source, Misfits misfits) {
        new StepComparison(source, misfits).all("the model", own, told);
    }

    private void all(String place, List<ModelStep> own, List<ModelStep> told) {
        if (own.size() != told.size()) {
            misfits.add(place, "has " + own.size() + " of what is " + told.size() + " in " + source);
            return;
        }
        for (int i = 0; i < own.size(); i++) {
            chain(own.get(i), told.get(i));
        }
    }

    private void chain(ModelStep first, ModelStep second) {
        ModelStep own = first;
        ModelStep told = second;
        while (seen.add(List.of(own, told))) {
            if (own.kind().equals(told.kind())) {
                pair(own, told);
            } else if (follows(own, told)) {
                misfits.add(own.place(), "is not in " + source + ", where " + told.place() + " stands");
                own = own.inputs().get(0);
                continue;
            } else if (follows(told, own)) {
                doubts(told);
                misfits.add(
                        told.place(),
                        "is in " + source + " and not in the architecture, where " + own.place() + " stands");
                told = told.inputs().get(0);
                continue;
            } else {
                doubts(told);
                misfits.add(
                        own.place(),
                        "is a " + own.kind() + ", and " + told.place() + " in " + source + " is a " + told.kind());
            }
            if (own.inputs().size() != 1 || told.inputs().size() != 1) {
                all(own.place(), own.inputs(), inOrder(own.inputs(), told));
                return;
            }
            own = own.inputs().get(0);
            told = told.inputs().get(0);
        }
    }

    /** True if the first is one more than the other side has: what it takes is the second. */
    private static boolean follows(ModelStep one, ModelStep other) {
        return one.inputs().size() == 1
                && (other.kind().equals(ModelStep.INPUT)
                        || one.inputs().get(0).kind().equals(other.kind()));
    }

    private void pair(ModelStep own, ModelStep told) {
        if (own.kind().equals(ModelStep.INPUT)) {
            if (!own.settings().equals(told.settings())) {
                misfits.add(
                        "the inputs",
                        "the architecture takes " + own.place() + " where " + source + " takes " + told.place());
            }
            return;
        }
        String place = own.place() + " and " + told.place() + " in " + source;
        told.doubts().forEach(doubt -> misfits.add(place, doubt));
        told.settings().forEach((name, value) -> {
            String here = own.settings().get(name);
            if (here != null && !here.equals(value)) {
                misfits.add(place, name + " is " + here + " in the architecture and " + value + " in " + source);
            }
        });
        if (!own.stored().isEmpty() && !told.stored().isEmpty() && !own.stored().equals(told.stored())) {
            misfits.add(
                    place,
                    "the architecture takes the weights " + own.stored() + ", and those of this layer are "
                            + told.stored());
        }
    }

    private void doubts(ModelStep told) {
        told.doubts().forEach(doubt -> misfits.add(told.place() + " in " + source, doubt));
    }

    /** The terms of a sum in the other order, if they are told so. */
    private static List<ModelStep> inOrder(List<ModelStep> own, ModelStep told) {
        List<ModelStep> inputs = told.inputs();
        if (!told.kind().equals(ModelStep.ADD) || inputs.size() != 2 || own.size() != 2) {
            return inputs;
        }
        List<String> here = own.stream().map(ModelStep::chain).toList();
        List<String> there = inputs.stream().map(ModelStep::chain).toList();
        boolean straight = Objects.equals(here.get(0), there.get(0)) || Objects.equals(here.get(1), there.get(1));
        boolean turned = Objects.equals(here.get(0), there.get(1)) || Objects.equals(here.get(1), there.get(0));
        List<ModelStep> swapped = new ArrayList<>(List.of(inputs.get(1), inputs.get(0)));
        return turned && !straight ? swapped : inputs;
    }
}
