package org.lamina.conformance.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One cell of a report.
 *
 * @param place which one
 * @param state what became of it
 * @param reason why nothing was checked, empty if something was
 * @param checks what was checked
 */
public record Cell(Place place, State state, String reason, List<Check> checks) {
    private static final int HOTTEST = 4;

    static Cell of(Place place, List<Check> checks) {
        boolean passed = checks.stream().allMatch(Check::passed);
        return new Cell(place, passed ? State.PASS : State.FAIL, "", List.copyOf(checks));
    }

    static Cell without(Place place, State state, String reason) {
        return new Cell(place, state, reason, List.of());
    }

    /** The worst error in units of the derived tolerance. */
    public double units() {
        return checks.stream().mapToDouble(Check::units).max().orElse(0);
    }

    /** The worst error in units in the last place. */
    public double ulps() {
        return checks.stream().mapToDouble(Check::ulps).max().orElse(0);
    }

    boolean ran() {
        return !checks.isEmpty();
    }

    boolean failed() {
        return state == State.FAIL;
    }

    boolean measured() {
        return checks.stream().anyMatch(Check::measured);
    }

    /** True for the first of a backend's cells in a row. */
    boolean starts() {
        return place.column() == Column.FORWARD;
    }

    /** The class of the cell on the page: how much of the tolerance is used, or the state if that says more. */
    String look() {
        return state == State.PASS ? "heat" + heat() : state.toString();
    }

    /** 0 if every number is the truth rounded once, then 1 to 4 by the quarter of the tolerance that the worst error is in. */
    int heat() {
        return (int) Math.min(HOTTEST, Math.ceil(units() * HOTTEST));
    }

    /** The first line: the worst error in ULPs, or the sign of the state where nothing was measured. */
    String figure() {
        if (!ran() || (state == State.PASS && !measured())) {
            return state.sign();
        }
        if (failed()) {
            return state.sign() + " " + Figures.ulps(units(), ulps());
        }
        return units() == 0 ? "0" : Figures.ulps(units(), ulps());
    }

    /** The second line: the share of the tolerance, or the state where there is none. */
    String share() {
        return state == State.PASS && measured() ? Figures.percent(units()) : state.toString();
    }

    /** What was measured, or why nothing was. */
    String title() {
        if (!ran()) {
            return state + ": " + reason;
        }
        Check worst =
                checks.stream().max(Comparator.comparingDouble(Check::units)).orElseThrow();
        String rules = checks.size() == 1 ? worst.label() + ", rule " + worst.rule() : worst(worst);
        if (!measured()) {
            return state + ": " + rules;
        }
        String ulps = units() > 0 && ulps() == 0 ? "no ULPs, as the truth is 0" : Figures.ulps(ulps()) + " ULP";
        return state + ": " + ulps + ", " + Figures.share(units()) + "; " + rules;
    }

    private String worst(Check worst) {
        return String.format(
                Locale.ROOT, "%,d checks, the worst %s (rule %s)", checks.size(), worst.label(), worst.rule());
    }
}
