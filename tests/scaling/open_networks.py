"""Small networks that leave a size open, in ONNX's text syntax."""

from __future__ import annotations

WIDE, HEADS = 16, 2


def weight(name: str, *sizes: int) -> str:
    return (
        f"s_{name} = Constant <value_ints = [{', '.join(map(str, sizes))}]> ()  "
        f"{name} = ConstantOfShape (s_{name})  "
    )


def layer(n: int, entry: str, leave: str, *, cache: bool = False) -> str:
    """One layer of a transformer; with ``cache``, past keys and values come first."""
    text = "".join(weight(f"{w}{n}", WIDE, WIDE) for w in ("q", "k", "v", "o"))
    text += weight(f"u{n}", WIDE, 4 * WIDE) + weight(f"d{n}", 4 * WIDE, WIDE)
    for w in ("q", "k", "v"):
        text += f"{w}a{n} = MatMul ({entry}, {w}{n})  {w}b{n} = Reshape ({w}a{n}, heads)"
        text += f"  {w}c{n} = Transpose <perm = [0, 2, 1, 3]> ({w}b{n})\n"
    for w in ("k", "v"):
        new = f"Concat <axis = 2> (past_{w}, {w}c{n})" if cache else f"Identity ({w}c{n})"
        text += f"{w}e{n} = {new}\n"
    return (
        text
        + f"""
      kt{n} = Transpose <perm = [0, 1, 3, 2]> (ke{n})
      sc{n} = MatMul (qc{n}, kt{n})  pr{n} = Softmax <axis = -1> (sc{n})
      at{n} = MatMul (pr{n}, ve{n})  am{n} = Transpose <perm = [0, 2, 1, 3]> (at{n})
      ar{n} = Reshape (am{n}, flat)  ao{n} = MatMul (ar{n}, o{n})  r{n} = Add ({entry}, ao{n})
      up{n} = MatMul (r{n}, u{n})  re{n} = Relu (up{n})  dn{n} = MatMul (re{n}, d{n})
      {leave} = Add (r{n}, dn{n})
    """
    )


def transformer(inputs: str, layers: str) -> str:
    sizes = WIDE // HEADS
    return f"""g (int64[N,S] ids{inputs}) => (float[N,S,50] y) {{
      heads = Constant <value_ints = [0, 0, {HEADS}, {sizes}]> ()
      flat = Constant <value_ints = [0, 0, {WIDE}]> ()
      {weight("table", 50, WIDE)} {weight("head", WIDE, 50)}
      x0 = Gather (table, ids)
      {layers}
      y = MatMul (x2, head) }}"""


BERT = transformer("", layer(0, "x0", "x1") + layer(1, "x1", "x2"))
CACHE = f", float[N,{HEADS},P,{WIDE // HEADS}] past_k, float[N,{HEADS},P,{WIDE // HEADS}] past_v"
GPT = transformer(CACHE, layer(0, "x0", "x1", cache=True) + layer(1, "x1", "x2", cache=True))
PIXELS = f"""g (float[N,3,H,W] x) => (float[N,8,A,B] y) {{
  {weight("w", 16, 3, 3, 3)} {weight("v", 16, 16, 3, 3)} {weight("u", 8, 16, 1, 1)}
  a = Conv <pads = [1,1,1,1], strides = [2,2]> (x, w)  b = Relu (a)
  c = Conv <pads = [1,1,1,1], strides = [2,2]> (b, v)  d = Relu (c)
  y = Conv (d, u) }}"""

FRAMES = f"""g (float[N,T,8] x) => (float[T,A,5] y) {{
  {weight("w", 1, 48, 8)} {weight("r", 1, 48, 12)} {weight("v", 12, 5)}
  t = Transpose <perm = [1, 0, 2]> (x)  h, last, cell = LSTM <hidden_size = 12> (t, w, r)
  flat = Constant <value_ints = [0, 1, -1]> ()  f = Reshape (h, flat)  y = MatMul (f, v) }}"""
