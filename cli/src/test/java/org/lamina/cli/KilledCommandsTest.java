package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that ports, runs and trains is killed at random moments; each file and folder is the old or the new one, whole. For a
 * longer run give {@code -Dlamina.kills=200}.
 */
class KilledCommandsTest {
    private static final int KILLS = Integer.getInteger("lamina.kills", 4);
    private static final int LONGEST_MILLISECONDS = 100;
    /** From so many kills on some must have met a write, or the moments are badly chosen. */
    private static final int ENOUGH = 50;

    @TempDir
    private Path folder;

    private final Random random = new Random();

    @Test
    void whatIsThereIsWhole() throws Exception {
        List<String> kinds = WorkInFlight.kinds(random);
        int unfinished = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            unfinished += killAndCheck(kinds.get(kill % kinds.size()));
        }
        if (KILLS >= ENOUGH) {
            assertThat(unfinished).as("temporary files that kills left").isPositive();
        }
    }

    private int killAndCheck(String kind) throws Exception {
        WorkInFlight work = WorkInFlight.in(folder, kind);
        ChildJvm child = work.start(random.nextInt(LONGEST_MILLISECONDS));
        child.process().destroyForcibly().waitFor();
        work.assertWhole();
        return work.deleteUnfinished();
    }
}
