package org.lamina.djl;

import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import org.lamina.DType;
import org.lamina.Shape;

/**
 * A product of matrices, of which x may have axes before. PyTorch's own goes to MKL, which uses half of what some processors have
 * and wakes all threads for a product that takes a microsecond: large ones of float32 go to oneDNN by the op that PyTorch's
 * compiler has for it, which wants a matrix without gaps, and small ones are sums of elements.
 */
record DjlScriptProduct(DjlScriptTerm x, DjlScriptTerm y) {
    /** So many multiplications make up for oneDNN's longer start; of nothing it makes no product. */
    private static final long LARGE = 1 << 21;
    /** Of a product of fewer for each example, no usual batch makes a large one, nor of one of more a small one. */
    private static final long LARGE_FOR_EACH = 1 << 12;
    /** The most multiplications that are quicker element by element. */
    private static final long SMALL = 1 << 14;
    /** MKL takes one thread for fewer, or for one row. */
    private static final long SMALL_FOR_EACH = 1 << 7;

    private static final boolean HAS_ONEDNN = JniUtils.getFeatures().contains(StandardCapabilities.MKLDNN);

    /** True if large products of a dtype are oneDNN's. */
    static boolean isFast(DType dtype) {
        return HAS_ONEDNN && dtype == DType.FLOAT32;
    }

    /** The product. */
    String value(DjlScriptBody body) {
        return chosen(body, oneDnn("None"), bySum(), plain());
    }

    /** The product and a row, which is added last, as by an op of its own. */
    String plus(DjlScriptBody body, DjlScriptTerm row) {
        String more = ", " + row.text() + ")";
        String large = oneDnn("torch.contiguous(" + row.text() + ")");
        return chosen(body, large, "torch.add_(" + bySum() + more, "torch.add_(" + plain() + more);
    }

    private String chosen(DjlScriptBody body, String large, String small, String plain) {
        Shape multiplied = x.shape().concat(y.shape().slice(y.rank() - 1, y.rank()));
        String size = DjlScriptTerm.product(multiplied);
        if (isLarge(multiplied)) {
            String dense = "torch.is_contiguous(" + y.text() + ") or torch.is_contiguous(" + transposed() + ")";
            return body.either(size + " >= " + LARGE + " and (" + dense + ")", large, plain);
        }
        if (isSmall(multiplied)) {
            String rows = DjlScriptTerm.sizes(x.shape()).get(0);
            return body.either(rows + " > 1 and " + size + " <= " + SMALL, small, plain);
        }
        return plain;
    }

    private boolean isLarge(Shape multiplied) {
        boolean matrix = x.rank() >= 2 && y.rank() == 2;
        long least = multiplied.isOpen() ? LARGE_FOR_EACH : LARGE;
        return matrix && isFast(x.dtype()) && multiplied.closedSize() >= least;
    }

    private boolean isSmall(Shape multiplied) {
        boolean matrices = x.rank() == 2 && y.rank() == 2 && !y.shape().isOpen();
        long most = multiplied.isOpen() ? LARGE_FOR_EACH : SMALL;
        return matrices && multiplied.closedSize() >= SMALL_FOR_EACH && multiplied.closedSize() <= most;
    }

    private String oneDnn(String row) {
        return "ops.mkldnn._linear_pointwise(" + x.text() + ", " + transposed() + ", " + row
                + ", \"none\", annotate(List[Optional[number]], []), \"\")";
    }

    private String transposed() {
        return "torch.transpose(" + y.text() + ", 0, 1)";
    }

    private String bySum() {
        return "torch.sum(torch.mul(torch.unsqueeze(" + x.text() + ", 2), " + y.text() + "), [1], False)";
    }

    private String plain() {
        String name = x.rank() == 2 && y.rank() == 2 ? "mm" : "matmul";
        return "torch." + name + "(" + x.text() + ", " + y.text() + ")";
    }
}
