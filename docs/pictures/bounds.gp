# Draws bounds-constant.svg and bounds-uniform.svg from ../bounds.tsv: gnuplot bounds.gp
set datafile separator "\t"
set terminal svg size 1200,720 font "sans-serif,13" background "#ffffff"
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set grid xtics ytics lc rgb "#dddddd"
set key outside samplen 1 spacing 1.2 font ",11"
set xrange [1:5e6]
set yrange [0.1:1e5]

kernels = "'sum of all' 'sum of each row' 'sum of each column' 'sum along a middle axis' 'product 1 x n x 1' 'product 4 x n x 4' 'product 64 x n x 64' 'running sum' 'scatter-add' 'convolution by weight'"
colours = "#1b6ca8 #2ca58d #7fb800 #b3a200 #f08a24 #d1495b #8e3b46 #7b4fa3 #5c6784 #000000"
backends = "djl djl-mxnet dl4j tf"

k(n) = 1 + log(n) / (8 * log(2)) + (n < 256 ? n - 1 : 255) / 2. + n / 2048. \
    + ((n < 256 ? n - 1 : 255) * 0.6 + 2 * sqrt(n < 256 ? n - 1 : 255)) / sqrt(n)

do for [data in "constant uniform"] {
    set output "bounds-".data.".svg"
    set multiplot layout 2,2 margins 0.05,0.82,0.06,0.88 spacing 0.05,0.12 title sprintf("Error in u {/Symbol S}|t| of sums of n terms, %s, both widths", \
        data eq "constant" ? "all 1.1" : "from U[0, 1)") font ",16"
    do for [backend in backends] {
        set title backend font ",14"
        if (backend eq "djl") { set key at screen 0.99,0.85 } else { unset key }
        plot for [i=1:words(kernels)] "../bounds.tsv" \
            using (strcol(1) eq backend && strcol(3) eq word(kernels, i) && strcol(4) eq data && $6 > 0 ? $5 : NaN):6 \
            with points pt (i == 10 ? 2 : 7) ps 0.55 lc rgb word(colours, i) title word(kernels, i), \
            k(x) with lines lw 2 lc rgb "#000000" title "bound"
    }
    unset multiplot
}
