package org.lamina.train;

/** The learning rate of each step, as a factor of the optimizer's. */
@FunctionalInterface
public interface Schedule {
    /** The factor of a step counted from 1. */
    double factor(long step);

    /** Always 1. */
    static Schedule constant() {
        return new NamedSchedule("constant", step -> 1);
    }

    /** Multiplied by {@code factor} after every {@code period} steps. */
    static Schedule steps(long period, double factor) {
        Settings.require("schedule", "period", (double) period, period > 0, "above 0");
        Settings.requireNotNegative("schedule", "factor", factor);
        return new NamedSchedule(
                "steps:period=" + period + ",factor=" + factor,
                step -> StrictMath.pow(factor, (double) Math.floorDiv(step - 1, period)));
    }

    /** Multiplied by {@code factor} after every step. */
    static Schedule exponential(double factor) {
        Settings.requireNotNegative("schedule", "factor", factor);
        return new NamedSchedule("exponential:factor=" + factor, step -> StrictMath.pow(factor, (double) (step - 1)));
    }

    /** From 1 to 0 along half a cosine over {@code total} steps (Loshchilov and Hutter 2017), then 0. */
    static Schedule cosine(long total) {
        Settings.require("schedule", "total", (double) total, total > 0, "above 0");
        return new NamedSchedule(
                "cosine:total=" + total,
                step -> step > total ? 0 : 0.5 * (1 + StrictMath.cos(Math.PI * (double) (step - 1) / (double) total)));
    }

    /** This schedule after a straight rise over the first {@code steps} steps. */
    default Schedule afterWarmUp(long steps) {
        Settings.require("schedule", "warm-up", (double) steps, steps > 0, "above 0");
        Schedule rule = step -> step <= steps ? (double) step / (double) steps : factor(step - steps);
        return TrainingText.isOwn(this) ? rule : new NamedSchedule(this + " after warm-up:steps=" + steps, rule);
    }
}
