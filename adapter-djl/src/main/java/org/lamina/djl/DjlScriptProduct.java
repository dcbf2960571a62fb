package org.lamina.djl;

import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import org.lamina.DType;
import org.lamina.Shape;

/**
 * A product of matrices, of which x may have axes before. PyTorch's own goes to MKL, which uses half of what some processors have;
 * large ones of float32 go to oneDNN by the op that PyTorch's compiler has for it, which wants a matrix without gaps.
 */
record DjlScriptProduct(DjlScriptTerm x, DjlScriptTerm y) {
    /** So many multiplications make up for oneDNN's longer start; of nothing it makes no product. */
    private static final long LARGE = 1 << 21;

    private static final boolean HAS_ONEDNN = JniUtils.getFeatures().contains(StandardCapabilities.MKLDNN);

    /** True if large products of a dtype are oneDNN's. */
    static boolean isFast(DType dtype) {
        return HAS_ONEDNN && dtype == DType.FLOAT32;
    }

    /** The product. */
    String value(DjlScriptBody body) {
        return isFast(x.dtype()) && x.rank() >= 2 && y.rank() == 2 && mayBeLarge()
                ? choice(body, oneDnn("None"), plain())
                : plain();
    }

    /** The product and a row, which is added last, as by an op of its own. */
    String plus(DjlScriptBody body, DjlScriptTerm row) {
        String sum = "torch.add_(" + plain() + ", " + row.text() + ")";
        return mayBeLarge() ? choice(body, oneDnn("torch.contiguous(" + row.text() + ")"), sum) : sum;
    }

    private boolean mayBeLarge() {
        Shape multiplied = multiplied();
        long size = multiplied.closedSize();
        return size > 0 && (multiplied.isOpen() || size >= LARGE);
    }

    private Shape multiplied() {
        return x.shape().concat(y.shape().slice(1, 2));
    }

    private String choice(DjlScriptBody body, String large, String small) {
        String result = body.name();
        body.line("if " + DjlScriptTerm.product(multiplied()) + " >= " + LARGE + " and (torch.is_contiguous(" + y.text()
                + ") or torch.is_contiguous(" + transposed() + ")):");
        body.line("  " + result + " = " + large);
        body.line("else:");
        body.line("  " + result + " = " + small);
        return result;
    }

    private String oneDnn(String row) {
        return "ops.mkldnn._linear_pointwise(" + x.text() + ", " + transposed() + ", " + row
                + ", \"none\", annotate(List[Optional[number]], []), \"\")";
    }

    private String transposed() {
        return "torch.transpose(" + y.text() + ", 0, 1)";
    }

    private String plain() {
        String name = x.rank() == 2 && y.rank() == 2 ? "mm" : "matmul";
        return "torch." + name + "(" + x.text() + ", " + y.text() + ")";
    }
}
