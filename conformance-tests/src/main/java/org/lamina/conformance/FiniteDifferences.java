package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.graph.Graph;

/** Derivatives compared with central finite differences, both in float64 on the oracle. */
public final class FiniteDifferences {
    /** Small enough for the error of Richardson's extrapolation, of order step^4, to vanish beside that of {@link #ROUNDING}. */
    private static final double STEP = 0x1p-10;

    /** The extrapolation multiplies an error of the function, 8 units in 2^53 of it, by at most 3 / step. */
    private static final double ROUNDING = 3 * 0x1p-50 / STEP;

    private FiniteDifferences() {}

    /**
     * What is wrong with the derivatives of a scalar, one text for each element.
     *
     * @param scalar a graph with one scalar output
     * @param gradient a graph of the same inputs, whose outputs are the derivatives by each of them
     * @param point float64 inputs
     */
    public static List<String> compare(Graph scalar, Graph gradient, List<HostArray> point) {
        List<String> wrong = new ArrayList<>();
        List<OracleTensor> derivatives = Oracle.evaluate(gradient, point);
        for (int input = 0; input < point.size(); input++) {
            for (int element = 0; element < point.get(input).size(); element++) {
                Slope slope = slope(scalar, point, input, element);
                double derivative = derivatives.get(input).doubleAt(element);
                // Written so that NaN is wrong.
                if (!(Math.abs(derivative - slope.value) <= slope.error)) {
                    wrong.add(slope.mismatch("element " + element + " of input " + input, derivative));
                }
            }
        }
        return wrong;
    }

    private record Slope(double value, double error) {
        String mismatch(String index, double derivative) {
            double off = Math.abs(derivative - value);
            String ulps = Math.abs(value) > error ? String.format(", %.3g ULP", off / Math.ulp(value)) : "";
            return String.format(
                    "the derivative by %s is %s, finite differences give %s; error %.3g times the bound%s",
                    index, derivative, value, off / error, ulps);
        }
    }

    /** Richardson's extrapolation of two central differences; their disagreement bounds what is left of their error. */
    private static Slope slope(Graph scalar, List<HostArray> point, int input, int element) {
        double coarse = difference(scalar, point, input, element, STEP);
        double fine = difference(scalar, point, input, element, STEP / 2);
        double value = fine + (fine - coarse) / 3;
        double size = Math.max(1, Math.abs(evaluate(scalar, point)));
        return new Slope(value, Math.abs(fine - coarse) / 3 + ROUNDING * size);
    }

    private static double difference(Graph scalar, List<HostArray> point, int input, int element, double step) {
        double up = evaluate(scalar, moved(point, input, element, step));
        double down = evaluate(scalar, moved(point, input, element, -step));
        return (up - down) / (2 * step);
    }

    private static double evaluate(Graph scalar, List<HostArray> point) {
        return Oracle.evaluate(scalar, point).get(0).doubleAt(0);
    }

    private static List<HostArray> moved(List<HostArray> point, int input, int element, double step) {
        List<HostArray> moved = new ArrayList<>(point);
        HostArray x = point.get(input);
        moved.set(input, HostArray.generate(x.type(), i -> x.doubleAt(i) + (i == element ? step : 0)));
        return moved;
    }
}
