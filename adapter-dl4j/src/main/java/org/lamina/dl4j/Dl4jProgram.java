package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.spi.NativeArray;

/**
 * What a graph does to inputs of certain types: ND4J's ops one after another, set up once on arrays that move into other memory for
 * each run. A run makes no objects but its outputs. For one thread at a time.
 *
 * @param inputs null where an input is not needed
 */
record Dl4jProgram(
        Dl4jPool pool,
        List<@Nullable Dl4jSlot> inputs,
        List<Dl4jSlot> temporary,
        List<Dl4jSlot> outputs,
        List<Dl4jSlot> constants,
        List<Dl4jStep> steps)
        implements AutoCloseable {

    /** True if the program is for inputs of these types. */
    boolean fits(List<NativeArray> given) {
        for (int i = 0; i < inputs.size(); i++) {
            Dl4jSlot slot = inputs.get(i);
            if (slot != null && !slot.type().equals(given.get(i).type())) {
                return false;
            }
        }
        return true;
    }

    /** The outputs, which the caller closes, for inputs that stay the caller's. */
    List<NativeArray> run(List<NativeArray> given) {
        try {
            enter(given);
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).run();
            }
            List<NativeArray> results = new ArrayList<>(outputs.size());
            for (int i = 0; i < outputs.size(); i++) {
                results.add(outputs.get(i).own(pool));
            }
            return results;
        } finally {
            giveBack(temporary);
            giveBack(outputs);
        }
    }

    private void enter(List<NativeArray> given) {
        for (int i = 0; i < inputs.size(); i++) {
            Dl4jSlot slot = inputs.get(i);
            if (slot != null) {
                slot.move(((Dl4jArray) given.get(i)).array());
            }
        }
        for (int i = 0; i < temporary.size(); i++) {
            temporary.get(i).move(pool);
        }
        for (int i = 0; i < outputs.size(); i++) {
            outputs.get(i).move(pool);
        }
    }

    private void giveBack(List<Dl4jSlot> slots) {
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).giveBack(pool);
        }
    }

    @Override
    public void close() {
        steps.forEach(Dl4jStep::close);
        giveBack(constants);
    }
}
