"""A segment-anything model of the size its weights have, made of the package's own classes.

Every size is read off the state dict, so that ViT-B, -L and -H, and models trained at other sizes, load alike;
MobileSAM brings another image encoder (`tiny_vit`) before the same decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import torch
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from torch import Tensor, nn

from ml.errors import ManifestError
from ml.inference.sam_geometry import MEAN_RGB, STD_RGB
from ml.models.tiny_vit import TinyViT

# (width, depth) of the image encoders that were published.
PUBLISHED = {(768, 12): "vit_b", (1024, 24): "vit_l", (1280, 32): "vit_h"}
# Not to be read off any shape; the same in every published model.
DECODER_HEADS = 8
FOREIGN = "This is no checkpoint of segment-anything."

State = Mapping[str, Tensor]


def sam_of(state: State) -> tuple[str, Sam]:
    """(architecture, model in evaluation mode) with these weights. Raises ManifestError for what is no such model."""
    try:
        # Built without storage: the weights are taken over, not copied into ones that were drawn at random.
        with torch.device("meta"):
            architecture, encoder, side, grid = _encoder(state)
            sam = Sam(encoder, _prompt_encoder(state, side, grid), _mask_decoder(state))
        sam.load_state_dict(dict(state), assign=True)
    except (KeyError, IndexError, ValueError, ZeroDivisionError, AssertionError, TypeError) as error:
        raise ManifestError(FOREIGN) from error
    except RuntimeError as error:
        raise ManifestError(f"{FOREIGN} Its weights do not fit together.") from error
    # Constants that checkpoints do not hold.
    sam.pixel_mean = torch.tensor(MEAN_RGB).view(-1, 1, 1)
    sam.pixel_std = torch.tensor(STD_RGB).view(-1, 1, 1)
    return architecture, sam.float().eval().requires_grad_(False)


def _encoder(state: State) -> tuple[str, nn.Module, int, int]:
    """(architecture, image encoder, side of the input, side of the embedding)."""
    prefix = "image_encoder"
    if f"{prefix}.patch_embed.seq.0.c.weight" in state:
        start = len(prefix) + 1
        tiny = TinyViT({key[start:]: value for key, value in state.items() if key.startswith(f"{prefix}.")})
        return "tiny_vit", tiny, tiny.img_size, tiny.grid
    proj = state[f"{prefix}.patch_embed.proj.weight"]
    width, patch = int(proj.shape[0]), int(proj.shape[-1])
    grid = int(state[f"{prefix}.pos_embed"].shape[1])
    depth = _count(state, f"{prefix}.blocks.")
    reach = [int(state[f"{prefix}.blocks.{k}.attn.rel_pos_h"].shape[0] + 1) // 2 for k in range(depth)]
    windows = [size for size in reach if size != grid]
    encoder = ImageEncoderViT(
        img_size=grid * patch,
        patch_size=patch,
        embed_dim=width,
        depth=depth,
        num_heads=width // int(state[f"{prefix}.blocks.0.attn.rel_pos_h"].shape[1]),
        mlp_ratio=state[f"{prefix}.blocks.0.mlp.lin1.weight"].shape[0] / width,
        out_chans=int(state[f"{prefix}.neck.0.weight"].shape[0]),
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
        use_rel_pos=True,
        window_size=windows[0] if windows else 0,
        global_attn_indexes=tuple(k for k, size in enumerate(reach) if size == grid),
    )
    return PUBLISHED.get((width, depth), f"vit_{width}x{depth}"), encoder, grid * patch, grid


def _prompt_encoder(state: State, side: int, grid: int) -> PromptEncoder:
    return PromptEncoder(
        embed_dim=int(state["prompt_encoder.no_mask_embed.weight"].shape[1]),
        image_embedding_size=(grid, grid),
        input_image_size=(side, side),
        mask_in_chans=int(state["prompt_encoder.mask_downscaling.3.weight"].shape[0]),
    )


def _mask_decoder(state: State) -> MaskDecoder:
    prefix = "mask_decoder"
    dim = int(state[f"{prefix}.iou_token.weight"].shape[1])
    return MaskDecoder(
        num_multimask_outputs=int(state[f"{prefix}.mask_tokens.weight"].shape[0]) - 1,
        transformer_dim=dim,
        transformer=TwoWayTransformer(
            depth=_count(state, f"{prefix}.transformer.layers."),
            embedding_dim=dim,
            mlp_dim=int(state[f"{prefix}.transformer.layers.0.mlp.lin1.weight"].shape[0]),
            num_heads=DECODER_HEADS,
        ),
        iou_head_depth=_count(state, f"{prefix}.iou_prediction_head.layers."),
        iou_head_hidden_dim=int(state[f"{prefix}.iou_prediction_head.layers.0.weight"].shape[0]),
    )


def _count(state: State, prefix: str) -> int:
    found: set[str] = {key[len(prefix) :].split(".")[0] for key in state if key.startswith(prefix)}
    if not found:
        raise KeyError(prefix)
    return len(found)
