package org.lamina.cli;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Backend;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.PrimitiveConformance;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.conformance.report.Collector;
import org.lamina.conformance.report.ConformanceReport;
import org.lamina.conformance.report.Section;
import org.lamina.conformance.report.Setting;
import org.lamina.conformance.report.Subject;

/** The checks of one run of conform. */
final class ConformRun {
    private static final long MILLISECONDS = 1000;
    /** Of one case of an op, on all backends. */
    private static final long CASE = 30;

    private final Collector collector = new Collector();
    private final List<LayerConformance> layers;
    private final List<PrimitiveCase> composites;
    private final List<PrimitiveCase> primitives;

    /** @param ops true for primitives and what is made of them too */
    ConformRun(List<LayerConformance> layers, boolean ops) {
        this.layers = layers;
        this.composites = ops ? CompositeFunctions.all() : List.of();
        this.primitives = ops ? PrimitiveCases.all() : List.of();
    }

    /** About how many milliseconds of one processor there is to do. */
    long milliseconds() {
        double layered = layers.stream().mapToDouble(LayerConformance::seconds).sum();
        return Math.round(MILLISECONDS * layered) + CASE * (composites.size() + primitives.size());
    }

    long seed() {
        return layers.get(0).seed();
    }

    void check(List<Backend> backends, Progress progress) {
        for (LayerConformance layer : layers) {
            progress.begin(layer.name());
            collector.add(layer.watched(seconds -> progress.advance(Math.round(MILLISECONDS * seconds)))
                    .results(backends));
        }
        PrimitiveConformance conformance = new PrimitiveConformance();
        check(Section.COMPOSITES, composites, conformance, backends, progress);
        check(Section.PRIMITIVES, primitives, conformance, backends, progress);
    }

    private void check(
            Section section,
            List<PrimitiveCase> cases,
            PrimitiveConformance conformance,
            List<Backend> backends,
            Progress progress) {
        for (PrimitiveCase given : cases) {
            progress.begin(given.toString());
            progress.advance(CASE);
            backends.forEach(backend -> collector.add(section, conformance.result(backend.engine(), given)));
        }
    }

    ConformanceReport report(Setting setting) {
        List<Subject> subjects = new ArrayList<>(Subject.layers(layers));
        if (!primitives.isEmpty()) {
            subjects.addAll(Subject.composites());
            subjects.addAll(Subject.primitives());
        }
        return collector.report(subjects, setting);
    }
}
