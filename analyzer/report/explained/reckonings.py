"""How each kind of number on a page comes about, in words."""

from __future__ import annotations

from analyzer.language import _
from analyzer.report.view.explained import Reckoning


def reckonings() -> tuple[Reckoning, ...]:
    """All of them, in the order in which a page shows the numbers."""
    howard = "Howard et al. 2017"
    operators = _("equations of the operators: see Formulas used")
    first = _("each tensor at its first use: see Parameters under Conventions")
    alive = _("in the file's order of operators; a tensor lives from its maker to its last reader")
    recounted = _("every layer recounted at other sizes, where a polynomial fits all of them")
    maker = _("the maker's figures: see Devices")
    evidence = _("the weights in the file")
    rows = (
        ("macs", _("Multiply-accumulates (MACs) of the model"),
         _("Σ runs · MACs of each operator, by kind of layer"), operators),
        ("flops", _("FLOPs of the model"),
         _("2 · MACs + Σ all other additions, multiplications, comparisons and functions"),
         operators),
        ("params", _("Parameters of the model"), _("Σ values of the weights"), first),
        ("bytes", _("Bytes of weights and buffers"), _("Σ values · bytes of their type"),
         _("types of the tensors in the file")),
        ("peak", _("Peak activation memory"),
         _("largest Σ bytes of the tensors that exist while one operator runs"), alive),
        ("peak.in_place", _("Peak activation memory in place"),
         _("largest Σ bytes of the tensors that exist while one operator runs, without results "
           "that are written over an operand that nobody reads again"), alive),
        ("peak.fused", _("Peak activation memory with integer kernels"),
         _("largest Σ bytes of the tensors that exist while one operator runs, those between "
           "DequantizeLinear and QuantizeLinear in the type they are stored in"), alive),
        ("peak.folded", _("Peak activation memory once constants are folded"),
         _("largest Σ bytes of the tensors that exist while one operator runs, without those that "
           "are computed from constants alone"), alive),
        ("saving", _("Possible saving"),
         _("Σ largest saving of each operator with a finding, by rule"),
         _("the finding of each place has its own saving")),
        ("finding", _("MACs that acting on a finding saves"), _("Σ MACs saved at each place"),
         _("the rule of the finding")),
        ("finding.params", _("Parameters that acting on a finding saves"),
         _("Σ parameters saved at each place"), _("the rule of the finding")),
        ("finding.bytes", _("Bytes that acting on a finding saves"),
         _("Σ bytes saved at each place"), _("the rule of the finding")),
        ("kind.macs", _("MACs of a kind of layer"),
         _("Σ runs · MACs of the operators of that kind"), operators),
        ("kind.params", _("Parameters of a kind of layer"),
         _("Σ parameters of the operators of that kind"), first),
        ("share.macs", _("Share of the model's MACs"), _("MACs ÷ those of the model"),
         _("arithmetic")),
        ("share.params", _("Share of the model's parameters"),
         _("parameters ÷ those of the model"), _("arithmetic")),
        ("share.operators", _("Share of the operators that a target runs"),
         _("operators that it certainly runs ÷ operators"), _("the target's table")),
        ("sum", _("Running sum of shares"),
         _("Σ MACs of this and all larger shapes ÷ those of the model"), _("arithmetic")),
        ("time", _("Least time of one inference"),
         _("Σ MACs of each precision ÷ multiply-accumulates a second at the device's peak in it"),
         maker),
        ("time.reading", _("Least time of one inference"),
         _("bytes of the weights that are multiplied ÷ bytes a second of the device's memory at "
           "its peak"), maker),
        ("time.part", _("Least time of the part that runs on the device"),
         _("share of the MACs that runs there · MACs ÷ multiply-accumulates a second at the "
           "device's peak"), maker),
        ("rate", _("Inferences a second, at most"), _("1 ÷ least time"), maker),
        ("room", _("Share of a device's memory"),
         _("weights, at the peak with activations, ÷ memory; beside flash weights ÷ flash, and "
           "activations ÷ memory"), maker),
        ("now", _("MACs of a standard convolution"), _("D_G² · K² · M · N of each image"),
         f"{howard}, eq. 2"),
        ("after", _("MACs of its depthwise separable form"), _("D_G² · M · (K² + N) of each image"),
         f"{howard}, eq. 5"),
        ("ratio", _("Share that the separable form needs"), "1/N + 1/ΠK", f"{howard}, § 3.1"),
        ("saved", _("MACs saved in all"), _("layers · (MACs now − MACs after)"), _("arithmetic")),
        ("left", _("The model after conversion"),
         _("now − Σ what each converted convolution saves"), f"{howard}, eq. 2, 5"),
        ("shape.params", _("Parameters of a layer shape"), _("Σ parameters of the layers"), first),
        ("block", _("MACs of blocks"), _("Σ runs · MACs of the operators in them"),
         operators),
        ("block.params", _("Parameters of blocks"),
         _("Σ parameters of the operators in them"), first),
        ("module", _("MACs of a module"),
         _("Σ MACs of its sub-modules and of its own operators"), operators),
        ("module.params", _("Parameters of a module"),
         _("Σ parameters of its sub-modules and of its own operators"), first),
        ("form", _("MACs of a smaller form"), _("MACs now − what the form saves"),
         _("what each form rests on stands below their table")),
        ("form.bytes", _("Bytes of a smaller form"), _("bytes now − what the form saves"),
         _("what each form rests on stands below their table")),
        ("energy", _("Energy that one separable term keeps"),
         _("Σ largest squared singular value of each channel's kernels ÷ Σ all of them"),
         evidence),
        ("energy.noise", _("Energy that one term keeps of noise"),
         _("the same share as expected of Gaussian noise of this shape"),
         "Guo et al. 2018 (arXiv 1808.05517)"),
        ("terms", _("MACs of the separable terms"),
         _("terms · MACs of a depthwise separable convolution"), f"{howard}, eq. 5"),
        ("snr", _("Signal to noise of rounded weights"),
         _("10 · log₁₀(Σ w² ÷ Σ (w − rounded w)²) dB"), evidence),
        ("underflow", _("Share of weights that become 0 in float16"),
         _("weights that are not 0 and round to 0 ÷ weights that are not 0"), evidence),
        ("intensity", _("Share of MACs that memory limits"),
         _("Σ MACs of layers whose FLOPs ÷ bytes moved are below the ridge ÷ Σ MACs"),
         "Williams et al. 2009"),
        ("layer.intensity", _("Arithmetic intensity of a layer"),
         _("FLOPs ÷ bytes of the tensors that it reads and writes"), "Williams et al. 2009"),
        ("per", _("Rate at which MACs grow"),
         _("(MACs − those that no size changes) ÷ size"), recounted),
        ("square", _("Share that grows with the square"),
         _("MACs that grow with the square of the size ÷ MACs"),
         recounted),
        ("scaled", _("MACs at another width and resolution"),
         _("Σ MACs of every layer with ⌊α · channels⌋ channels and sides of ρ · side pixels"),
         f"{howard}, eq. 7"),
        ("scaled.params", _("Parameters at another width or depth"),
         _("Σ parameters of every layer with ⌊α · channels⌋ channels, of added blocks those of "
           "the last"), f"{howard}, § 3.3"),
        ("deeper", _("MACs at another depth"),
         _("Σ MACs of the layers that are left, and of each added block those of the last"),
         _("blocks of each stage repeated or taken away, the last first")),
        ("tensor", _("Bytes of a tensor"), _("Π sides · bytes of its type"),
         _("shape and type of the tensor")),
        ("role", _("Values in a role"), _("Σ values of the tensors in that role"),
         _("what the operators that read a tensor do with it")),
    )  # fmt: skip
    return tuple(Reckoning(*row) for row in rows)
