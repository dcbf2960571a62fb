package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.graph.Binary;
import org.lamina.graph.Unary;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.layers.Tanh;
import org.lamina.spi.Engine;

/** What is told of numbers that are wrong: everything, and the first node that makes them so. */
class DivergenceTest {
    private static final Layer SINE = (scope, x) -> x.add(1).sin();

    private static String failure(Engine engine, Layer layer, LayerCheck check) {
        try (Backend backend = Backend.of(engine)) {
            return LayerConformance.of("net", () -> layer)
                    .on(Shape.of(4, 5))
                    .seed(11)
                    .results(List.of(backend))
                    .stream()
                    .filter(result -> result.check() == check && !result.passed())
                    .map(LayerResult::toString)
                    .findFirst()
                    .orElse("no failure");
        }
    }

    private static Engine oracle() {
        return new OracleProvider().open();
    }

    @Test
    @Rule("12.6")
    void theNodeIsNamedWithItsPlaceInTheLayers() {
        Layer net = Sequential.of(new Dense(3, new Tanh()), new Dense(2));
        Engine wrong = new SwappedOp(oracle(), Unary.TANH, Unary.SIN);
        assertThat(failure(wrong, net, LayerCheck.FORWARD))
                .contains("y: element [")
                .containsPattern(
                        "the first node that differs is 3 of 5, tanh\\(the result of add\\) float32 \\(4, 3\\) "
                                + "in layer 0[^:]*: element \\[\\d, \\d\\] is -?\\d");
        Layer later = Sequential.of(new Dense(3), new Dense(2, new Tanh()));
        assertThat(failure(wrong, later, LayerCheck.FORWARD))
                .containsPattern("the first node that differs is 5 of 5, tanh\\(.*\\) float32 \\(4, 2\\) in layer 1");
    }

    @Test
    @Rule("12.6")
    void aNodeOfADerivativeIsNamedByWhatItIsTheDerivativeOf() {
        Engine wrong = new SwappedOp(oracle(), Unary.COS, Unary.SIN);
        assertThat(failure(wrong, SINE, LayerCheck.FORWARD)).isEqualTo("no failure");
        assertThat(failure(wrong, SINE, LayerCheck.GRADIENT))
                .contains("grad.x: element [")
                .containsPattern(
                        "the first node that differs is 3 of 4, cos\\(.*\\) float32 \\(4, 5\\) in the derivative "
                                + "of sin in ");
    }

    @Test
    @Rule("12.6")
    void whereEveryNodeIsRightTheRunIsWrong() {
        AtomicInteger runs = new AtomicInteger();
        Engine wrongOnce = new MutantEngine(
                oracle(), array -> runs.getAndIncrement() == 0 ? HostArray.full(array.type(), 3) : array);
        assertThat(failure(wrongOnce, SINE, LayerCheck.FORWARD))
                .contains("each node of the graph is right when it is asked for");
    }

    @Test
    @Rule("12.6")
    void functionsMadeOfOpsNameTheirStep() {
        PrimitiveCase softmax = CompositeFunctions.all().stream()
                .filter(composite -> composite.op().equals("softmax"))
                .findFirst()
                .orElseThrow();
        List<Failure> failures =
                new PrimitiveConformance().run(new SwappedOp(oracle(), Binary.SUB, Binary.ADD), softmax);
        assertThat(failures).isNotEmpty();
        assertThat(failures.get(0).toString())
                .contains(
                        "rule 4.9: softmax float32",
                        "the first node that differs is 3 of 6, sub(x0, the result of stop_gradient) float32 (4, 5): ");
    }

    @Test
    @Rule("12.5")
    void aFailureTellsAll() {
        Engine wrong = new SwappedOp(oracle(), Unary.TANH, Unary.SIN);
        String text = failure(wrong, (scope, x) -> x.tanh(), LayerCheck.FORWARD);
        assertThat(text)
                .startsWith(
                        "rule 7.1, forward, inputs from N(0, 1): net on reference in float32: on reference (plain Java loops in float64 ")
                .contains(System.getProperty("java.version"))
                .containsPattern(
                        "y: element \\[\\d, \\d\\] is -?[\\d.]+, expected -?[\\d.]+; error \\S+ times the bound, "
                                + "\\S+ ULP; \\d+ elements are wrong")
                .contains("seed 11")
                .endsWith("The rule is there because: " + Specification.load().intent("7.1"));
    }
}
