package org.lamina.conformance.report;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lamina.conformance.KnownErrors;
import org.lamina.conformance.LayerResult;
import org.lamina.conformance.PrimitiveResult;
import org.lamina.train.LossCurves;

/** Collects what checks give, from any thread, for one report. */
public final class Collector {
    private final Queue<Check> checks = new ConcurrentLinkedQueue<>();
    private final Queue<LossPicture> losses = new ConcurrentLinkedQueue<>();

    /** A collector without anything in it. */
    public Collector() {}

    /** Adds checks of a layer. @return the same */
    public <T extends Collection<LayerResult>> T add(T results) {
        results.forEach(result -> checks.add(Check.of(result)));
        return results;
    }

    /** Adds a case of a primitive or of what is made of primitives. @return the same */
    public PrimitiveResult add(Section section, PrimitiveResult result) {
        checks.add(Check.of(section, result));
        return result;
    }

    /** Adds a check. */
    public void add(Check check) {
        checks.add(check);
    }

    /**
     * Adds training runs, whose losses are drawn one on the other.
     *
     * @param title what was trained
     * @param runs losses by backend
     * @param band where the losses of a correct run lie, if that is known
     */
    public void losses(String title, Map<String, double[]> runs, LossCurves.@Nullable Band band) {
        losses.add(new LossPicture(title, LossCurves.svg(new LinkedHashMap<>(runs), band)));
    }

    /**
     * The report of all that was collected so far.
     *
     * @param subjects what it has cells for
     */
    public ConformanceReport report(List<Subject> subjects, Setting setting) {
        return new ConformanceReport(subjects, List.copyOf(checks), List.copyOf(losses), setting, KnownErrors.load());
    }
}
