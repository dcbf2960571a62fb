package org.lamina.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.LayerResult;

/**
 * One cell of a conformance report.
 *
 * @param column forward, derivative, batch or save/load
 * @param state pass, fail, unsupported, skipped or untested
 * @param figure the worst error in ULPs, or the state if there is none
 * @param heat 0 to 4 by the share of the tolerance that the worst error takes
 * @param title what was measured, or why nothing was
 */
record ReportCell(
        String layer, DType dtype, String backend, String column, String state, String figure, int heat, String title) {
    private static final int HOTTEST = 4;

    /** A cell of a column, from all results of the row; {@code supported} says whether the backend takes the dtype. */
    static ReportCell of(
            String layer, DType dtype, String backend, ReportColumn column, List<LayerResult> row, boolean supported) {
        List<LayerResult> results =
                row.stream().filter(result -> column.holds(result.check())).toList();
        if (results.isEmpty()) {
            String state = supported ? missing(column, row) : "unsupported";
            return new ReportCell(layer, dtype, backend, column.toString(), state, state, 0, reason(state));
        }
        boolean passed = results.stream().allMatch(LayerResult::passed);
        double ulps = results.stream().mapToDouble(LayerResult::ulps).max().orElse(0);
        double units = results.stream().mapToDouble(LayerResult::units).max().orElse(0);
        String figure = Double.isInfinite(ulps) ? "wrong" : String.format(Locale.ROOT, "%.2f", ulps);
        int heat = (int) Math.min(HOTTEST, Math.ceil(units * HOTTEST));
        return new ReportCell(
                layer,
                dtype,
                backend,
                column.toString(),
                passed ? "pass" : "fail",
                figure,
                heat,
                title(results, units));
    }

    /** A layer that ran but is no batch has no other batch; what follows a failed run was not tested. */
    private static String missing(ReportColumn column, List<LayerResult> row) {
        boolean ran = row.stream().anyMatch(result -> ReportColumn.SAVE_LOAD.holds(result.check()));
        return column == ReportColumn.BATCH && ran ? "skipped" : "untested";
    }

    private static String reason(String state) {
        return switch (state) {
            case "unsupported" -> "the backend does not take this dtype";
            case "skipped" -> "the input is no batch that can be made smaller";
            default -> "the layer did not get so far";
        };
    }

    private static String title(List<LayerResult> results, double units) {
        String checks = results.stream()
                .map(result -> result.check() + " (rule " + result.check().rule() + ")")
                .collect(Collectors.joining(", "));
        return checks + ": "
                + (Double.isInfinite(units) ? "beyond any" : String.format(Locale.ROOT, "%.0f %% of the", 100 * units))
                + " tolerance";
    }
}
