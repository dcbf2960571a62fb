package org.lamina.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a training is told apart from another one, as text for a checkpoint. */
final class TrainingText {
    static final String SCHEDULE = "schedule";
    static final String FACTORS = "schedule.factors";
    private static final String OWN = "one of your own";
    private static final long FARTHEST = 1_000_000;
    private static final long NEAREST = 16;
    private static final double CLOSE = 1e-12;

    private TrainingText() {}

    /** True if a setting does not say what it is: neither a record nor a constant of an enum. */
    static boolean isOwn(Object setting) {
        return !(setting instanceof Record) && !(setting instanceof Enum);
    }

    private static String text(Object setting) {
        return isOwn(setting) ? OWN : setting.toString();
    }

    /** What a checkpoint says of loss, clipping and schedule, by key. */
    static Map<String, String> of(Training training, long step) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("loss", text(training.loss()));
        settings.put("clipping", text(training.clipping()));
        settings.put(SCHEDULE, text(training.schedule()));
        settings.put(FACTORS, factors(training.schedule(), step));
        return settings;
    }

    /** The factors at the next steps and at some later ones, which tell two schedules apart that have no text. */
    private static String factors(Schedule schedule, long step) {
        SortedSet<Long> steps = new TreeSet<>();
        for (long ahead = 1; ahead <= FARTHEST; ahead = ahead < NEAREST ? ahead + 1 : 2 * ahead) {
            steps.add(step + ahead);
            steps.add(ahead);
        }
        return steps.stream().map(at -> factor(schedule, at)).collect(Collectors.joining(" "));
    }

    /** A schedule of one's own may end, as one that is a table. */
    private static String factor(Schedule schedule, long step) {
        try {
            return Double.toString(schedule.factor(step));
        } catch (RuntimeException e) {
            return "none";
        }
    }

    /** True if two texts of factors are the same but for the last digits, in which other machines may differ. */
    static boolean areFactorsEqual(String some, String others) {
        String[] left = some.split(" ", -1);
        String[] right = others.split(" ", -1);
        return left.length == right.length
                && IntStream.range(0, left.length)
                        .allMatch(i -> left[i].equals(right[i]) || areClose(left[i], right[i]));
    }

    private static boolean areClose(String some, String other) {
        try {
            double left = Double.parseDouble(some);
            double right = Double.parseDouble(other);
            return Math.abs(left - right) <= CLOSE * Math.max(Math.abs(left), Math.abs(right));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
