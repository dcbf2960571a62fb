package org.lamina.conformance;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lamina.Backend;
import org.lamina.Shape;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layers.MyLinear;
import org.lamina.spi.Engine;

/**
 * Something that is wrong on purpose, and what the kit says of it.
 *
 * @param kind backend, order or layer
 * @param name what is wrong
 * @param failures what the kit finds, the first of it at once
 */
record Mutant(String kind, String name, Supplier<Stream<String>> failures) {
    private static final Pattern FAILURE = Pattern.compile("^rule ([\\d.]+)(?:, ([^:]*:))?:? (.*?),? on reference ");
    private static final PrimitiveConformance CONFORMANCE = new PrimitiveConformance();
    private static final List<PrimitiveCase> CASES = PrimitiveCases.all();

    static Mutant backend(String name, Supplier<Engine> engine) {
        return new Mutant("backend", name, () -> ofEngine(engine.get()));
    }

    static Mutant layer(String name, LayerConformance layer) {
        return new Mutant("layer", name, () -> {
            try (Backend oracle = Backend.load(OracleProvider.NAME)) {
                return layer.failures(List.of(oracle)).stream();
            }
        });
    }

    /** What the kit for adapters finds. */
    static Stream<String> ofEngine(Engine engine) {
        Stream<String> primitives = CASES.stream().flatMap(primitive -> CONFORMANCE.run(engine, primitive).stream()
                .map(Failure::toString));
        Stream<String> engines =
                EngineConformance.all().stream().flatMap(check -> check.run(engine).map(Failure::toString).stream());
        Stream<String> layers = Stream.of(LayerConformance.of(new MyLinear(4, 3), Shape.of(5, 4)))
                .flatMap(layer -> layer.results(List.of(Backend.of(engine))).stream())
                .filter(result -> !result.passed())
                .map(LayerResult::toString);
        return Stream.of(primitives, engines, layers).flatMap(failures -> failures);
    }

    /**
     * What the first failure says.
     *
     * @param rule the rule it is about
     * @param subject what was run
     */
    record Found(String rule, String subject) {
        private static Found of(String failure) {
            Matcher matcher = FAILURE.matcher(failure);
            if (!matcher.find()) {
                throw new AssertionError("a failure without rule, subject and backend: " + failure);
            }
            String check = matcher.group(2) == null ? "" : matcher.group(2) + " ";
            return new Found(matcher.group(1), check + matcher.group(3));
        }
    }

    /** The first failure, if there is one. */
    Optional<Found> found() {
        return failures.get().findFirst().map(Found::of);
    }

    @Override
    public String toString() {
        return kind + ": " + name;
    }
}
