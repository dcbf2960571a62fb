package org.lamina.djl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Convolution;

/**
 * A convolution and its derivative by the weight as PyTorch's kernels. In float32 those put channels into blocks as long as a
 * vector of the processor and leave what they find in memory in the rest of the last block, which is then added up: the results
 * are wrong, and others at every call. Convolution itself is given channels of zeros here to fill the block.
 */
record DjlScriptConvolution(Convolution settings, DType dtype) {
    /** So many channels or less are not put into blocks; it is also the length of the shortest block, that of AVX2. */
    private static final int LOOSE = 8;
    /** The length of the longest block, that of AVX-512. */
    private static final int BLOCK = 16;

    /** Uneven padding is done before. */
    String value(DjlScriptTerm x, DjlScriptTerm weight) {
        long channels = weight.shape().extent(1);
        long missing = dtype == DType.FLOAT32 && channels > LOOSE ? Math.floorMod(-channels, BLOCK) : 0;
        String given = padded(filled(x, settings.groups(), missing)).text();
        return "torch.convolution(" + given + ", " + filled(weight, 1, missing).text() + ", None, " + settings.stride()
                + ", " + evenPadding() + ", " + settings.dilation() + ", False, " + zeros() + ", " + settings.groups()
                + ")";
    }

    /** Channels of zeros after those of each group. */
    private static DjlScriptTerm filled(DjlScriptTerm x, long groups, long missing) {
        if (missing == 0) {
            return x;
        }
        Shape shape = x.shape();
        Shape spatial = shape.slice(2, shape.rank());
        long channels = shape.extent(1) / groups;
        List<List<Long>> widths = new ArrayList<>(List.of(List.of(0L, missing)));
        widths.addAll(Collections.nCopies(spatial.rank(), List.of(0L, 0L)));
        Shape grouped = shape.slice(0, 1).concat(Shape.of(groups, channels)).concat(spatial);
        return groups == 1
                ? x.pad(widths)
                : x.reshape(grouped).pad(widths).reshape(shape.with(1, groups * (channels + missing)));
    }

    /** Of the weight PyTorch looks at the shape and the layout alone. */
    String byWeight(DjlScriptBody body, Shape weight, DjlScriptTerm x, String cotangent) {
        String byWeight = body.name();
        String empty = "torch.empty(" + DjlScriptTerm.list(weight) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")";
        body.line(String.join(", ", body.name(), byWeight, body.name()) + ", = torch.convolution_backward(" + cotangent
                + ", " + padded(x).text() + ", " + empty + ", None, " + settings.stride() + ", " + evenPadding() + ", "
                + settings.dilation() + ", False, " + zeros() + ", " + settings.groups() + ", [False, True, False])");
        return byWeight;
    }

    private List<Long> zeros() {
        return Collections.nCopies(settings.stride().size(), 0L);
    }

    private boolean padsItself() {
        return settings.isPaddedEvenly() && settings.padding().stream().allMatch(widths -> widths.get(0) >= 0);
    }

    /** What PyTorch pads by. */
    private List<Long> evenPadding() {
        return padsItself()
                ? settings.padding().stream().map(widths -> widths.get(0)).toList()
                : zeros();
    }

    private DjlScriptTerm padded(DjlScriptTerm x) {
        return padsItself() ? x : x.pad(settings.padding());
    }
}
