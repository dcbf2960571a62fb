package org.lamina.cli;

import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;

/** Asks a backend for more memory than its process may have, then for more than the heap has, and then for what it has. */
final class ShortMemory {
    /** An array of 8.5 GB, and of fewer than 2^31 elements, which would be too many in any memory. */
    private static final int BEYOND_THE_PROCESS = 46_000;
    /** One of 196 MB. */
    private static final int BEYOND_THE_HEAP = 7_000;

    private ShortMemory() {}

    /** Prints what became of each, on the backend of a name. */
    public static void main(String... arguments) {
        HostArray x = HostArray.uniform(Shape.of(2, 3), 1);
        try (Backend backend = Backend.load(arguments[0]);
                Model small = backend.model(new Dense(4)).initialize(x.shape(), 1)) {
            HostArray y = small.predict(x);
            for (int time = 0; time < 2; time++) {
                System.out.println("of the process: " + square(backend, BEYOND_THE_PROCESS));
                System.out.println("of the heap: " + square(backend, BEYOND_THE_HEAP));
                System.out.println("afterwards: " + (small.predict(x).equals(y) ? "the same" : "something else"));
            }
        }
    }

    /** The products of all pairs of a column's elements. */
    private static String square(Backend backend, int rows) {
        Layer layer = (scope, x) -> x.matmul(x.transpose());
        HostArray x = HostArray.uniform(Shape.of(rows, 1), 1);
        try (Model model = backend.model(layer).initialize(x.shape(), 1)) {
            return "enough for " + model.predict(x).type();
        } catch (LaminaException e) {
            return e.code() == ErrorCode.BACKEND_FAILURE ? "refused" : e.toString();
        } catch (OutOfMemoryError e) {
            return "used up";
        }
    }
}
