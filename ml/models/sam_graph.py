"""segment-anything's mask decoder as a graph of the same answers and fewer steps.

A prompt is a handful of tokens, a picture thousands. The package projects every place of the picture to queries, keys
and values; here what would be projected is worked into the tokens first (matrix products may be bracketed as one
likes), and places stay rows of channels to the end, where the package's transposed convolutions are products too.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch
from segment_anything.utils.onnx import SamOnnxModel
from torch import Tensor, nn
from torch.nn.functional import layer_norm


class SamDecoderGraph(SamOnnxModel):  # type: ignore[misc]
    """The package's own exportable model, up to the low-res masks: whoever shows them enlarges them."""

    def __init__(self, sam: Any) -> None:
        super().__init__(sam, return_single_mask=False)
        self.register_buffer("places", _rows(sam.prompt_encoder.get_dense_pe()).clone())
        self.places: Tensor

    def forward(
        self,
        image_embeddings: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """All four masks (1, 4, 4h, 4w) as logits and their estimated IoU (1, 4); inputs as in `sam_decoder`."""
        prompt = self._embed_points(point_coords, point_labels)
        decoder = self.mask_decoder
        own = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        tokens = torch.cat([own, prompt[0]])
        picture = _rows(image_embeddings + self._embed_masks(mask_input, has_mask_input))
        answers, picture = self._transformed(tokens, picture)
        found = answers[1 : 1 + decoder.num_mask_tokens]
        kernels = torch.cat([net(found[k][None]) for k, net in enumerate(decoder.output_hypernetworks_mlps)])
        height, width = (int(side) for side in image_embeddings.shape[-2:])
        masks = _enlarged(decoder.output_upscaling, picture, kernels, height, width)
        return masks[None], decoder.iou_prediction_head(answers[:1])

    def _transformed(self, tokens: Tensor, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens (T, C) and places (N, C) after they have looked at each other."""
        transformer = self.mask_decoder.transformer
        asking = tokens
        for layer in transformer.layers:
            if layer.skip_first_layer_pe:
                asking = _among(layer.self_attn, asking, asking)
            else:
                asking = asking + _among(layer.self_attn, asking + tokens, asking)
            asking = layer.norm1(asking)
            placed = picture + self.places
            looked = _tokens_look(layer.cross_attn_token_to_image, asking + tokens, placed, picture)
            asking = layer.norm2(asking + looked)
            asking = layer.norm3(asking + layer.mlp(asking))
            looked = _places_look(layer.cross_attn_image_to_token, placed, asking + tokens, asking)
            picture = layer.norm4(picture + looked)
        placed = picture + self.places
        last = _tokens_look(transformer.final_attn_token_to_image, asking + tokens, placed, picture)
        return transformer.norm_final_attn(asking + last), picture


def _rows(picture: Tensor) -> Tensor:
    """(1, C, h, w) -> (h * w, C)."""
    return picture[0].flatten(1).transpose(0, 1)


def _heads(layer: nn.Linear, count: int, x: Tensor) -> Tensor:
    """(T, C) projected -> (heads, T, D)."""
    projected: Tensor = layer(x)
    return projected.reshape(x.shape[0], count, -1).transpose(0, 1)


def _by_head(weight: Tensor, count: int) -> Tensor:
    """The rows of a weight or bias (heads * D, ...) -> (heads, D, ...)."""
    return weight.reshape(count, len(weight) // count, *weight.shape[1:])


def _among(attention: Any, x: Tensor, values: Tensor) -> Tensor:
    """Tokens (T, C) look at each other; as the package does it."""
    return attention(x[None], x[None], values[None])[0]  # type: ignore[no-any-return]


def _tokens_look(attention: Any, x: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Tokens x (T, C) look at places keys, values (N, C): (T, C).

    The bias of the keys is the same for every place, which a softmax does not see.
    """
    count = attention.num_heads
    asked = _heads(attention.q_proj, count, x)
    keyed = _by_head(attention.k_proj.weight, count)
    asked = (asked @ keyed).flatten(0, 1) / sqrt(asked.shape[-1])
    seen: Tensor = (asked @ keys.transpose(0, 1)).softmax(dim=-1) @ values
    valued = _by_head(attention.v_proj.weight, count).transpose(1, 2)
    found = seen.reshape(count, -1, seen.shape[1]) @ valued + _by_head(attention.v_proj.bias, count)[:, None]
    return attention.out_proj(found.transpose(0, 1).flatten(1))  # type: ignore[no-any-return]


def _places_look(attention: Any, x: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Places x (N, C) look at tokens keys, values (T, C): (N, C)."""
    count = attention.num_heads
    keyed = _heads(attention.k_proj, count, keys)
    scale = 1.0 / sqrt(keyed.shape[-1])
    asked = (keyed @ _by_head(attention.q_proj.weight, count)).flatten(0, 1) * scale
    offset = (keyed @ _by_head(attention.q_proj.bias, count)[:, :, None]).flatten() * scale
    shares = (x @ asked.transpose(0, 1) + offset).reshape(x.shape[0], count, -1).softmax(dim=-1).flatten(1)
    outward = _by_head(attention.out_proj.weight.transpose(0, 1), count)
    valued = (_heads(attention.v_proj, count, values) @ outward).flatten(0, 1)
    return shares @ valued + attention.out_proj.bias  # type: ignore[no-any-return]


def _enlarged(layers: Any, picture: Tensor, kernels: Tensor, height: int, width: int) -> Tensor:
    """Places (h * w, C) and a kernel a mask (M, C / 8) -> masks (M, 4h, 4w)."""
    first, norm, gelu, second, _ = layers
    fine = _quartered(first, picture)
    fine = gelu(layer_norm(fine, (fine.shape[-1],), norm.weight, norm.bias, norm.eps))
    fine = gelu(_quartered(second, fine))
    masks: Tensor = (fine @ kernels.transpose(0, 1)).reshape(height, width, 2, 2, 2, 2, -1)
    # Row, its half, its quarter; the same of the column.
    return masks.permute(6, 0, 2, 4, 1, 3, 5).reshape(-1, 4 * height, 4 * width)


def _quartered(layer: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """Rows (N, C) -> (4 N, D): the four pixels that a transposed convolution of stride 2 makes of each."""
    weight = layer.weight.permute(0, 2, 3, 1)
    channels = weight.shape[-1]
    assert layer.bias is not None
    return (x @ weight.flatten(1) + layer.bias.repeat(4)).reshape(-1, channels)
