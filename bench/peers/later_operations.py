"""Operations of PyTorch 2 for an exporting PyTorch that is older than the one that will run.

A TorchScript program names operations; only the library that runs it needs to have them. But the
exporting library must know their signatures. Where it does not, they are declared here, with a
plain body for tracing where one is needed.
"""

import math

import torch

_DECLARATIONS = {
    "scaled_dot_product_attention": "(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None,"
    " float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
    "_fused_adamw_": "(Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] exp_avgs, Tensor(d!)[] exp_avg_sqs,"
    " Tensor(e!)[] max_exp_avg_sqs, Tensor[] state_steps, *, float lr, float beta1, float beta2,"
    " float weight_decay, float eps, bool amsgrad, bool maximize, Tensor? grad_scale=None,"
    " Tensor? found_inf=None) -> ()",
}


def _attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
    logits = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(query.shape[-1])
    return torch.matmul(torch.softmax(logits, dim=-1), value)


def declare():
    """Makes the operations known as torch.ops.aten.NAME. Returns what must live until the export is done."""
    missing = [name for name in _DECLARATIONS if not hasattr(torch.ops.aten, name)]
    if not missing:
        return []
    # torch.library of old versions has no fragments yet; what it is made of has.
    library = torch._C._dispatch_library("FRAGMENT", "aten", "", __file__, 1)
    for name in missing:
        library.define(name + _DECLARATIONS[name], "FROM_SCHEMA")
    body = torch.library.Library("aten", "IMPL")
    if "scaled_dot_product_attention" in missing:
        body.impl("scaled_dot_product_attention", _attention, "CompositeImplicitAutograd")
    return [library, body]
