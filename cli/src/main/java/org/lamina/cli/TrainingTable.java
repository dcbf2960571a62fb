package org.lamina.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Model;
import org.lamina.train.LossCurves;

/** What training came to on each backend, as a table. */
final class TrainingTable {
    private final @Nullable TrainingData test;
    private final Table table = new Table();
    private final List<String> outside = new ArrayList<>();

    /** @param test samples with integer labels to count right answers on, or null */
    TrainingTable(@Nullable TrainingData test) {
        this.test = test == null ? null : test.requireLabels();
        List<String> heading = new ArrayList<>(List.of("backend", "first loss", "last loss"));
        if (test != null) {
            heading.add("accuracy on " + test.target().size() + " test samples");
        }
        table.row(heading);
    }

    void add(String backend, double[] losses, Model model) {
        List<String> row = new ArrayList<>(List.of(backend, number(losses[0]), number(losses[losses.length - 1])));
        if (test != null) {
            row.add(String.format(
                    Locale.ROOT,
                    "%.2f %%",
                    100 * test.accuracy(model.predict(test.file().values()).get(0))));
        }
        table.row(row);
    }

    private static String number(double loss) {
        return String.format(Locale.ROOT, "%.6g", loss);
    }

    /** Notes each run that leaves the band; true if none does. */
    boolean check(LossCurves.Band band, Map<String, double[]> curves) {
        curves.forEach((name, losses) -> {
            for (int step = 0; step < losses.length; step++) {
                if (!(losses[step] >= band.low()[step] && losses[step] <= band.high()[step])) {
                    outside.add(name + ": the loss of step " + step + " is " + losses[step]
                            + ", outside its tolerance, " + band.low()[step] + " to " + band.high()[step] + ".");
                    return;
                }
            }
        });
        return outside.isEmpty();
    }

    void print(PrintWriter out) {
        table.print(out);
        outside.forEach(out::println);
        out.flush();
    }
}
