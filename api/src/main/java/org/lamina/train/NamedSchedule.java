package org.lamina.train;

/** A schedule that comes with Lamina, by a text that tells its settings. */
record NamedSchedule(String text, Schedule rule) implements Schedule {
    @Override
    public double factor(long step) {
        return rule.factor(step);
    }

    @Override
    public String toString() {
        return text;
    }
}
