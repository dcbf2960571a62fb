package org.lamina.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.lamina.spi.BackendInfo;

/**
 * What results were made with.
 *
 * @param backends what was checked
 * @param seed what values were drawn with
 * @param version Lamina's
 * @param command what gives the same report
 */
public record Setting(List<BackendInfo> backends, long seed, String version, String command) {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    /** Copies. */
    public Setting {
        backends = List.copyOf(backends);
    }

    /** System, architecture and processors of this machine. */
    static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors" + model();
    }

    /** Linux tells it; errors in the last place depend on it, as the frameworks choose kernels by it. */
    private static String model() {
        if (!Files.isReadable(PROCESSOR)) {
            return "";
        }
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> ", " + line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    static String java() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }
}
