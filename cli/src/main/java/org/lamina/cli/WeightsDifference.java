package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.lamina.HostArray;
import org.lamina.Shape;

/** Two sets of arrays, name by name: how many elements have other bits, and how far apart they are at most. */
final class WeightsDifference {
    private final Table table = new Table();
    private final int names;
    private int differing;
    private double largest;
    private String where = "";

    WeightsDifference(Map<String, HostArray> first, Map<String, HostArray> second) {
        Set<String> all = new LinkedHashSet<>(first.keySet());
        all.addAll(second.keySet());
        names = all.size();
        table.row("array", "first", "second", "differing", "largest difference");
        for (String name : all) {
            HostArray one = first.get(name);
            HostArray other = second.get(name);
            if (one != null && other != null) {
                compare(name, one, other);
            } else {
                differing++;
                table.row(name, one == null ? "-" : type(one), other == null ? "-" : type(other), "all");
            }
        }
    }

    private static String type(HostArray array) {
        return array.type().toString();
    }

    private void compare(String name, HostArray one, HostArray other) {
        if (!one.type().equals(other.type())) {
            differing++;
            table.row(name, type(one), type(other), "all");
            return;
        }
        int count = 0;
        int worst = 0;
        for (int i = 0; i < one.size(); i++) {
            if (!bits(one, i).equals(bits(other, i))) {
                worst = count++ == 0 || isLarger(gap(one, other, i), gap(one, other, worst)) ? i : worst;
            }
        }
        String found = count == 0 ? "none" : count + " of " + one.size();
        table.row(name, type(one), type(other), found, count == 0 ? "" : told(one, other, worst));
        if (count > 0) {
            differing++;
            remember(name, gap(one, other, worst));
        }
    }

    /** The elements' bits, so that NaN equals itself and -0 is not 0. */
    private static ByteBuffer bits(HostArray array, int index) {
        int width = array.dtype().bytes();
        return array.buffer().slice(index * width, width);
    }

    private static double gap(HostArray one, HostArray other, int index) {
        return Math.abs(one.doubleAt(index) - other.doubleAt(index));
    }

    /** NaN, a gap to what is no number, is larger than any. */
    private static boolean isLarger(double gap, double than) {
        return Double.compare(gap, than) > 0;
    }

    private void remember(String name, double gap) {
        if (where.isEmpty() || isLarger(gap, largest)) {
            largest = gap;
            where = name;
        }
    }

    private static String told(HostArray one, HostArray other, int index) {
        return String.format(
                Locale.ROOT,
                "%.3g at %s: %s and %s",
                gap(one, other, index),
                place(one.shape(), index),
                one.doubleAt(index),
                other.doubleAt(index));
    }

    private static String place(Shape shape, int index) {
        String[] indices = new String[shape.rank()];
        long rest = index;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            indices[axis] = Long.toString(rest % shape.extent(axis));
            rest /= shape.extent(axis);
        }
        return "[" + String.join(", ", indices) + "]";
    }

    /** True if all is equal, to the last bit. */
    boolean none() {
        return differing == 0;
    }

    void print(PrintWriter out) {
        table.print(out);
        String count = names + (names == 1 ? " array" : " arrays");
        if (none()) {
            out.println("all " + count + " are equal, to the last bit");
        } else {
            out.println(differing + " of " + count + (differing == 1 ? " differs" : " differ")
                    + (where.isEmpty()
                            ? ""
                            : String.format(Locale.ROOT, "; the largest difference is %.3g, in %s", largest, where)));
        }
        out.flush();
    }
}
