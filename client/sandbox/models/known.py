"""Every model that is served, by id."""

from __future__ import annotations

from screentest.client.sandbox.models.kling import KLING
from screentest.client.sandbox.models.model import Model
from screentest.client.sandbox.models.sora import SORA
from screentest.client.sandbox.models.wan import WAN

MODELS: dict[str, Model] = {model.id: model for model in (*SORA, *KLING, *WAN)}
