"""D-FINE (Peng 2024) in its published sizes, behind the interface of our detector: layers and loss are those of `transformers`.

Imported by a training or an export alone: the library takes seconds to load, and scoring needs neither it nor torch.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

# Before the library is loaded: it looks nothing up in the net, and its checks of shapes stay out of the exported graph.
for _name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "TRANSFORMERS_DISABLE_TORCH_CHECK"):
    os.environ[_name] = "1"

from transformers.loss.loss_d_fine import DFineForObjectDetectionLoss  # noqa: E402
from transformers.models.d_fine import DFineConfig, DFineForObjectDetection, modeling_d_fine  # noqa: E402
from transformers.models.hgnet_v2 import HGNetV2Config  # noqa: E402

from ml.inference.preprocess import MEAN, STD  # noqa: E402
from ml.models.blocks import embedding_of  # noqa: E402
from ml.models.detector import START_SCORE, HeadOutput  # noqa: E402


def _length(value: Any) -> Any:
    return value.shape[0] if isinstance(value, Tensor) else len(value)


# `len` of a tensor is one number to whoever traces it: the exported graph would take that batch size alone.
modeling_d_fine.len = _length  # type: ignore[attr-defined]

QUERIES = 300
# Parts of the loss that are shown: whose name begins so belongs to it.
LOSS_PARTS = {"class": ("loss_vfl",), "box": ("loss_bbox", "loss_giou"), "fine": ("loss_fgl", "loss_ddf")}


@dataclass(frozen=True, slots=True)
class Trunk:
    """A published HGNetV2: channels of its stem and of each stage, blocks a stage, convolutions a block."""

    stem: tuple[int, int]
    mid: tuple[int, ...]
    out: tuple[int, ...]
    blocks: tuple[int, ...]
    layers: int
    affine: bool


B0 = Trunk((16, 16), (16, 32, 64, 128), (64, 256, 512, 1024), (1, 1, 2, 1), 3, True)
B2 = Trunk((24, 32), (32, 64, 128, 256), (96, 384, 768, 1536), (1, 1, 3, 1), 4, True)
B4 = Trunk((32, 48), (48, 96, 192, 384), (128, 512, 1024, 2048), (1, 1, 3, 1), 6, False)


@dataclass(frozen=True, slots=True)
class Size:
    """One published size: trunk, coarsest feature maps used, channels, depth of encoder and decoder."""

    trunk: Trunk
    levels: int
    width: int
    expansion: float
    depth: float
    decoder_layers: int
    points: tuple[int, ...]


SIZES = {
    "n": Size(B0, 2, 128, 0.34, 0.5, 3, (6, 6)),
    "s": Size(B0, 3, 256, 0.5, 0.34, 3, (3, 6, 3)),
    "m": Size(B2, 3, 256, 1.0, 0.67, 4, (3, 6, 3)),
    "l": Size(B4, 3, 256, 1.0, 1.0, 6, (3, 6, 3)),
}


class DFine(nn.Module):
    """Detector for square inputs (B, 3, S, S), S a multiple of 32 with at least 300 cells in all (256 pixels and more).

    Gives 300 boxes a picture, each object once: nothing is to be suppressed afterwards.
    """

    def __init__(self, size: str, classes: int) -> None:
        super().__init__()
        self.config = config_of(SIZES[size], classes)
        # The outer module holds the decoder's heads under second names; a file of weights holds each tensor once.
        self.model = DFineForObjectDetection(self.config).model

    def forward(self, images: Tensor) -> HeadOutput:
        return self.forward_with_embedding(images)[0]

    def forward_with_embedding(self, images: Tensor) -> tuple[HeadOutput, Tensor]:
        """Boxes and logits of the 300 queries, and unit embeddings (B, D) of the encoder's last two maps."""
        out = self.model(_as_published(images))
        centre, side = out.intermediate_reference_points[:, -1].float().split(2, dim=-1)
        boxes = torch.cat([centre - side / 2, centre + side / 2], dim=-1) * images.shape[-1]
        logits = out.intermediate_logits[:, -1].float()
        return HeadOutput(logits, boxes), embedding_of(tuple(out.encoder_last_hidden_state)).float()

    def losses(
        self, images: Tensor, truth: Sequence[Mapping[str, Tensor]], mixed: torch.autocast
    ) -> dict[str, Tensor]:
        """Parts of the published loss, weighted: `class`, `box` and `fine` (where in a bin an edge lies, and what earlier
        layers learn from the last). `truth` has `class_labels` (n,) and `boxes` (n, 4), centre and size in shares of the
        picture. Draws random numbers (denoising)."""
        with mixed:
            out = self.model(_as_published(images), labels=[dict(t) for t in truth])
        logits, boxes = out.intermediate_logits.float(), out.intermediate_reference_points.float()
        first_logits, first_boxes = out.enc_topk_logits.float(), out.enc_topk_bboxes.float()
        if not all(bool(torch.isfinite(each).all()) for each in (logits, boxes, first_logits, first_boxes)):
            # Nothing can be matched to them: the published loss would end in an error that names no cause.
            return dict.fromkeys(LOSS_PARTS, logits.sum() * torch.nan)
        _, parts, _ = DFineForObjectDetectionLoss(  # type: ignore[no-untyped-call]
            logits[:, -1],
            [dict(t) for t in truth],
            images.device,
            boxes[:, -1],
            self.config,
            logits,
            boxes,
            enc_topk_logits=first_logits,
            enc_topk_bboxes=first_boxes,
            denoising_meta_values=out.denoising_meta_values,
            predicted_corners=out.intermediate_predicted_corners.float(),
            initial_reference_points=out.initial_reference_points.float(),
        )
        return {
            name: torch.stack([v.reshape(()) for k, v in parts.items() if k.startswith(begins)]).sum()
            for name, begins in LOSS_PARTS.items()
        }


def _as_published(images: Tensor) -> Tensor:
    """Published weights know pixels in 0..1; ours are centred."""
    return images * STD + MEAN


def config_of(size: Size, classes: int) -> Any:
    """The library's configuration of a published size with so many classes."""
    trunk, width, levels = size.trunk, size.width, size.levels
    stages_in = [trunk.stem[1], *trunk.out[:-1]]
    backbone = HGNetV2Config(  # type: ignore[call-arg]
        embedding_size=trunk.stem[0],
        hidden_sizes=list(trunk.out),
        stem_channels=[3, *trunk.stem],
        stage_in_channels=stages_in,
        stage_mid_channels=list(trunk.mid),
        stage_out_channels=list(trunk.out),
        stage_num_blocks=list(trunk.blocks),
        stage_numb_of_layers=[trunk.layers] * len(trunk.out),
        out_indices=[2, 3, 4][-levels:],
        use_learnable_affine_block=trunk.affine,
    )
    return DFineConfig(  # type: ignore[call-arg]
        backbone_config=backbone,
        num_labels=classes,
        initializer_bias_prior_prob=START_SCORE,
        num_queries=QUERIES,
        num_feature_levels=levels,
        feat_strides=[8, 16, 32][-levels:],
        encode_proj_layers=[levels - 1],
        encoder_in_channels=list(trunk.out[-levels:]),
        encoder_hidden_dim=width,
        encoder_ffn_dim=4 * width,
        hidden_expansion=size.expansion,
        depth_mult=size.depth,
        d_model=width,
        decoder_in_channels=[width] * levels,
        decoder_ffn_dim=4 * width,
        decoder_layers=size.decoder_layers,
        decoder_n_points=list(size.points),
    )
