package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests on PyTorch, if it is there, which leave nothing open. */
abstract class WithPyTorch {
    @SuppressWarnings("NullAway.Init")
    DjlEngine engine;

    long open;

    @BeforeEach
    void open() {
        DjlProvider provider = new DjlProvider.PyTorch();
        assumeTrue(provider.isPresent(), "the profile leaves this engine out");
        engine = (DjlEngine) provider.open();
        open = engine.openHandles();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            assertThat(engine.openHandles()).isEqualTo(open);
            engine.close();
        }
    }
}
