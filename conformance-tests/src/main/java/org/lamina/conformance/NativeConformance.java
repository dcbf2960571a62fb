package org.lamina.conformance;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.conformance.KnownDeviation.Kind;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeDerivatives;

/**
 * Compares the derivatives that frameworks find by their own means with the oracle's. What is listed as a known deviation must
 * deviate, and nothing else may. For one thread.
 */
public final class NativeConformance {
    private final Specification specification = Specification.load();
    private final IdentityHashMap<NativeCase, List<Expected>> expectations = new IdentityHashMap<>();
    private final KnownDeviations known;

    /** @param known what is expected to deviate */
    public NativeConformance(KnownDeviations known) {
        this.known = known;
    }

    private record Deviation(Kind kind, String what) {}

    /** Runs a case on a backend that differentiates. @return what is wrong, if anything is */
    public Optional<Failure> run(Engine engine, NativeCase given) {
        Optional<KnownDeviation> listed = known.of(engine.info().name(), given);
        if (listed.filter(deviation -> deviation.kind() == Kind.CRASHES).isPresent()) {
            return Optional.empty();
        }
        Optional<Deviation> found = deviation(engine.nativeDerivatives().orElseThrow(), given);
        if (found.map(Deviation::kind).equals(listed.map(KnownDeviation::kind))) {
            return Optional.empty();
        }
        String what = found.map(deviation -> deviation.kind() + ", " + deviation.what())
                .orElse("agrees");
        String expected = listed.map(deviation -> "known-deviations.tsv says that it is " + deviation.kind())
                .orElse("known-deviations.tsv does not list it");
        return Optional.of(failure(engine, given, what + "; but " + expected));
    }

    private Optional<Deviation> deviation(NativeDerivatives derivatives, NativeCase given) {
        try {
            List<HostArray> got = derivatives.pullback(given.graph(), given.inputs(), given.cotangents(), given.by());
            List<Expected> expected = expectations.computeIfAbsent(given, NativeCase::expected);
            return IntStream.range(0, expected.size())
                    .mapToObj(i -> Measurement.of(expected.get(i), got.get(i)).mismatch().stream()
                            .map(mismatch -> "by input " + given.by().get(i) + ": " + mismatch))
                    .flatMap(mismatches -> mismatches)
                    .findFirst()
                    .map(what -> new Deviation(Kind.WRONG, what));
        } catch (LaminaException e) {
            return Optional.of(new Deviation(Kind.REFUSES, String.valueOf(e.getMessage())));
        }
    }

    private Failure failure(Engine engine, NativeCase given, String what) {
        return Failure.of(
                specification,
                given.rule(),
                engine.info(),
                given.toString(),
                "its own derivative",
                what,
                "",
                given.seed());
    }
}
