"""`site-cls`: a small image classifier on the detector's backbone, one tag a picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.models.blocks import Backbone, embedding_of
from ml.models.detector import DEPTHS, WIDTHS


class Classifier(nn.Module):
    """Logits (B, classes) for square inputs (B, 3, S, S) with S a multiple of 32."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS)
        self.class_out = nn.Linear(WIDTHS[-2] + WIDTHS[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self._logits(self.backbone(x))
        return logits

    def forward_with_embedding(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, and unit embeddings (B, D)."""
        features = self.backbone(x)
        return self._logits(features), embedding_of(features)

    def _logits(self, features: tuple[Tensor, ...]) -> Tensor:
        pooled = torch.cat([f.mean(dim=(2, 3)) for f in features[-2:]], dim=1)
        logits: Tensor = self.class_out(pooled)
        return logits


class ExportedClassifier(nn.Module):
    """What goes into `model.onnx`: `scores` (B, classes) summing to 1, and `embedding`."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, embedding = self.classifier.forward_with_embedding(images)
        return logits.softmax(dim=1), embedding
