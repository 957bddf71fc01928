"""A small segment-anything model of random weights, made of the package's own classes, saved as its authors save."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

SIDE, PATCH, DIM = 128, 16, 32


def tiny_sam(seed: int = 0) -> Any:
    """Input 128 pixels, embedding (32, 8, 8); windowed attention in the first block, global in the second."""
    import torch
    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
    from torch import nn

    torch.manual_seed(seed)
    grid = SIDE // PATCH
    return Sam(
        ImageEncoderViT(
            img_size=SIDE,
            patch_size=PATCH,
            embed_dim=32,
            depth=2,
            num_heads=2,
            out_chans=DIM,
            norm_layer=partial(nn.LayerNorm, eps=1e-6),
            use_rel_pos=True,
            window_size=3,
            global_attn_indexes=(1,),
        ),
        PromptEncoder(
            embed_dim=DIM, image_embedding_size=(grid, grid), input_image_size=(SIDE, SIDE), mask_in_chans=16
        ),
        MaskDecoder(
            transformer_dim=DIM,
            transformer=TwoWayTransformer(depth=2, embedding_dim=DIM, mlp_dim=64, num_heads=8),
            iou_head_hidden_dim=32,
        ),
    ).eval()


def saved(content: object, path: Path) -> tuple[Path, str]:
    """The file and its SHA-256."""
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()
