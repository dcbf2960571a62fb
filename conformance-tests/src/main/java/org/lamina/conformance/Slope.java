package org.lamina.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.conformance.oracle.Spread;
import org.lamina.graph.Graph;
import org.lamina.graph.StopGradient;

/**
 * Compares a layer's derivative with the slope of f(t), the sum of (output times cotangent) at a distance t along a random
 * direction, by central differences on the oracle. It knows nothing of how derivatives are made.
 *
 * <p>With D(h) = (f(h) - f(-h)) / 2h and E(h) = f(h) - 2 f(0) + f(-h), the error of D(h) is at most |D(2h) - D(h)| +
 * |E(h) - E(2h) / 4| / h: the first term for a smooth f, both together for one with a kink within h of 0, where E is not
 * quadratic. It is doubled for several kinks, and what rounding makes of f comes to it.
 */
final class Slope {
    private static final double STEP = 0x1p-14;

    private static final List<Double> SHORTER = List.of(0x1p-22, 0x1p-30, 0x1p-38);

    /** A direction of few bits, so that a step from a start of up to 2^30 is exact too, and the shorter ones from up to 2^6. */
    private static final double GRID = 256;

    private final LayerGraph layer;
    private final Graph outputs;
    private final long seed;
    private final List<HostArray> start = new ArrayList<>();
    /** By position among the operands. */
    private final Map<Integer, HostArray> directions = new HashMap<>();

    Slope(LayerCase subject) {
        layer = new LayerGraph(subject, DType.FLOAT64);
        outputs = layer.outputs();
        seed = subject.seed();
        // A start and a direction of 24 bits, so that steps along the direction are exact in float64.
        layer.operands()
                .forEach(value -> start.add(
                        value.dtype().isFloating() ? value.cast(DType.FLOAT32).cast(DType.FLOAT64) : value));
    }

    /**
     * What is wrong. Empty if there is no derivative to compare, or a layer cuts it on purpose.
     */
    Optional<LayerErrors> errors() {
        boolean cut = outputs.nodes().stream().anyMatch(node -> node.op() instanceof StopGradient);
        if (cut || layer.differentiated().isEmpty()) {
            return Optional.empty();
        }
        Sum derivative = derivative();
        List<OracleTensor> here = at(0);
        Estimate coarse = estimate(here, STEP, derivative);
        if (coarse.agrees(derivative)) {
            return Optional.of(new LayerErrors());
        }
        // Where f bends within a step, the error of the difference is underestimated too, and a shorter one tells more.
        Estimate best = SHORTER.stream()
                .map(step -> estimate(here, step, derivative))
                .filter(estimate -> Double.isFinite(estimate.allowed()))
                .reduce(coarse, (known, next) -> next.allowed() < known.allowed() ? next : known);
        return Optional.of(best.agrees(derivative) ? new LayerErrors() : new LayerErrors().add(best.says(derivative)));
    }

    private Estimate estimate(List<OracleTensor> here, double step, Sum derivative) {
        double up = change(here, step);
        double down = change(here, -step);
        double upTwice = change(here, 2 * step);
        double downTwice = change(here, -2 * step);
        double slope = (up - down) / (2 * step);
        double coarse = (upTwice - downTwice) / (4 * step);
        double bend = Math.abs(up + down - (upTwice + downTwice) / 4) / step;
        return new Estimate(slope, 2 * (Math.abs(coarse - slope) + bend) + rounding(step) / step + derivative.error());
    }

    /** A slope, give or take what is allowed. */
    private record Estimate(double slope, double allowed) {
        boolean agrees(Sum derivative) {
            return !Double.isFinite(allowed) || Math.abs(derivative.value() - slope) <= allowed;
        }

        String says(Sum derivative) {
            return "the derivative along a direction is " + derivative.value() + " and the outputs' slope is " + slope
                    + ", give or take " + allowed;
        }
    }

    /** f at a distance, less f at 0: output by output, so that little is lost. */
    private double change(List<OracleTensor> here, double distance) {
        return change(here, at(distance));
    }

    private double change(List<OracleTensor> here, List<OracleTensor> there) {
        double sum = 0;
        int floating = 0;
        for (int output = 0; output < here.size(); output++) {
            if (here.get(output).type().dtype().isFloating()) {
                HostArray cotangent = cotangents().get(floating++);
                for (int i = 0; i < cotangent.size(); i++) {
                    double difference =
                            there.get(output).doubleAt(i) - here.get(output).doubleAt(i);
                    sum += difference * cotangent.doubleAt(i);
                }
            }
        }
        return sum;
    }

    private List<HostArray> cotangents() {
        return start.subList(start.size() - layer.cotangents().size(), start.size());
    }

    /** How much rounding moves f, a step away from where values may happen to be exact. */
    private double rounding(double step) {
        return Tolerance.FACTOR * Spread.ofWeightedSum(outputs, moved(step), cotangents(), seed);
    }

    private List<OracleTensor> at(double distance) {
        return Oracle.evaluate(outputs, moved(distance));
    }

    private List<HostArray> moved(double distance) {
        List<HostArray> moved = new ArrayList<>(start);
        for (int position : layer.differentiated()) {
            HostArray from = start.get(position);
            HostArray direction = direction(position);
            moved.set(
                    position,
                    HostArray.generate(from.type(), i -> from.doubleAt(i) + distance * direction.doubleAt(i)));
        }
        return moved;
    }

    private Sum derivative() {
        List<OracleTensor> results = Oracle.evaluate(layer.graph(), start);
        int first = results.size() - layer.differentiated().size();
        double sum = 0;
        double size = 0;
        int count = 0;
        for (int i = 0; i < layer.differentiated().size(); i++) {
            OracleTensor gradient = results.get(first + i);
            HostArray direction = direction(layer.differentiated().get(i));
            for (int j = 0; j < direction.size(); j++) {
                double term = gradient.doubleAt(j) * direction.doubleAt(j);
                sum += term;
                size += Math.abs(term);
                count++;
            }
        }
        return new Sum(sum, size, count);
    }

    /** A sum of products in float64. The slope is one of as many terms of about the same size. */
    private record Sum(double value, double size, int count) {
        double error() {
            return 2 * count * size * 0x1p-53;
        }
    }

    private HostArray direction(int position) {
        return directions.computeIfAbsent(position, operand -> {
            Generator generator = Generator.of(seed).split("direction").split(operand);
            return HostArray.generate(start.get(operand).type(), i -> Math.rint(generator.normal(i) * GRID) / GRID);
        });
    }
}
