"""Raw footage to a conforming clip, and to a character that a video model knows.

    from screentest import probe, scan, pick, clip, check

    source = probe("raw.mov")
    segment = pick(scan(source))
    made = clip(source, segment, out="joe.mp4")
    assert check(made.path).ok

``prepare`` does all of it in one call. ``register`` goes on to a recorded character, with what
``settings_from`` reads from the environment; ``rehearse`` tells what that would do. Every error is a
``ScreentestError``. Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.characters.register import Registered, register
    from screentest.client.characters.rehearse import Forecast, rehearse
    from screentest.client.config import Settings, default_home, settings_from
    from screentest.client.errors import (
        BadReply,
        BadWebhook,
        BucketUnusable,
        ClientError,
        CostTooHigh,
        FetchBroken,
        HeldElsewhere,
        InvalidName,
        NameTaken,
        NoBalance,
        NoCredentials,
        NoLongerKept,
        NotFetched,
        PromptProblem,
        RateLimited,
        RegistryDamaged,
        RegistryError,
        Rejected,
        ReplyLost,
        SandboxError,
        ServiceError,
        ServiceUnreachable,
        SeveralMeant,
        SkipDecided,
        StorageError,
        StorageUnreachable,
        SubjectRefused,
        TaskFailed,
        Unauthorized,
        UnknownCharacter,
        UnsettledSubmit,
        UrlNotServed,
        WaitTimeout,
        WorkerFailed,
    )
    from screentest.client.registry.records import Registration
    from screentest.client.remote.webhooks import verify_webhook
    from screentest.prep.clipping.check import check
    from screentest.prep.clipping.clip import clip
    from screentest.prep.comparing.compare import compare
    from screentest.prep.comparing.reference import FaceReference, reference_in_clip, reference_in_photo
    from screentest.prep.comparing.verdict import Likeness
    from screentest.prep.core.errors import (
        Cancelled,
        ClipError,
        ConfigError,
        DiskFull,
        EncodeFailed,
        EncodeTimeout,
        FootageError,
        ImpossibleWish,
        MissingAngle,
        NobodyMatches,
        NoSuchPerson,
        NotAFile,
        NotAVideo,
        NotFound,
        NoUsableSegment,
        OutputExists,
        OutputNotWritable,
        PickError,
        RuleBroken,
        ScoreTooLow,
        ScreentestError,
        SetupError,
        TooShort,
        Unreadable,
    )
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.remedy import Remedy
    from screentest.prep.core.spec import KLING_ELEMENTS, KLING_STILLS, SORA_2, ClipSpec, StillSpec
    from screentest.prep.core.values import (
        Candidate,
        CheckReport,
        Choice,
        Clip,
        RuleResult,
        Scan,
        Segment,
        Source,
    )
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.media.probe import probe
    from screentest.prep.picking.pick import pick, segment_at
    from screentest.prep.picking.scans import scan
    from screentest.prep.pipeline import Prepared, choose, prepare
    from screentest.prep.stills.sheet import stills
    from screentest.prep.stills.values import Still

    __version__: str

# Where each name lives; several in one string.
_NAMES = {
    "client.characters.order": "Order",
    "client.characters.register": "Registered register",
    "client.characters.rehearse": "Forecast rehearse",
    "client.config": "Settings default_home settings_from",
    "client.errors": (
        "BadReply BadWebhook BucketUnusable ClientError CostTooHigh FetchBroken HeldElsewhere "
        "InvalidName NameTaken NoBalance NoCredentials NoLongerKept NotFetched PromptProblem "
        "RateLimited RegistryDamaged RegistryError Rejected ReplyLost SandboxError ServiceError "
        "ServiceUnreachable SeveralMeant SkipDecided StorageError StorageUnreachable SubjectRefused "
        "TaskFailed Unauthorized UnknownCharacter UnsettledSubmit UrlNotServed WaitTimeout WorkerFailed"
    ),
    "client.registry.records": "Registration",
    "client.remote.webhooks": "verify_webhook",
    "prep.clipping.check": "check",
    "prep.clipping.clip": "clip",
    "prep.comparing.compare": "compare",
    "prep.comparing.reference": "FaceReference reference_in_clip reference_in_photo",
    "prep.comparing.verdict": "Likeness",
    "prep.core.errors": (
        "Cancelled ClipError ConfigError DiskFull EncodeFailed EncodeTimeout FootageError "
        "ImpossibleWish MissingAngle NoSuchPerson NoUsableSegment NobodyMatches NotAFile NotAVideo "
        "NotFound OutputExists OutputNotWritable PickError RuleBroken ScoreTooLow ScreentestError "
        "SetupError TooShort Unreadable"
    ),
    "prep.core.progress": "Watcher",
    "prep.core.remedy": "Remedy",
    "prep.core.spec": "ClipSpec KLING_ELEMENTS KLING_STILLS SORA_2 StillSpec",
    "prep.core.values": "Candidate CheckReport Choice Clip RuleResult Scan Segment Source",
    "prep.core.wishes": "Wishes",
    "prep.media.probe": "probe",
    "prep.picking.pick": "pick segment_at",
    "prep.picking.scans": "scan",
    "prep.pipeline": "Prepared choose prepare",
    "prep.stills.sheet": "stills",
    "prep.stills.values": "Still",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "KLING_ELEMENTS",
    "KLING_STILLS",
    "SORA_2",
    "BadReply",
    "BadWebhook",
    "BucketUnusable",
    "Cancelled",
    "Candidate",
    "CheckReport",
    "Choice",
    "ClientError",
    "Clip",
    "ClipError",
    "ClipSpec",
    "ConfigError",
    "CostTooHigh",
    "DiskFull",
    "EncodeFailed",
    "EncodeTimeout",
    "FaceReference",
    "FetchBroken",
    "FootageError",
    "Forecast",
    "HeldElsewhere",
    "ImpossibleWish",
    "InvalidName",
    "Likeness",
    "MissingAngle",
    "NameTaken",
    "NoBalance",
    "NoCredentials",
    "NoLongerKept",
    "NoSuchPerson",
    "NoUsableSegment",
    "NobodyMatches",
    "NotAFile",
    "NotAVideo",
    "NotFetched",
    "NotFound",
    "Order",
    "OutputExists",
    "OutputNotWritable",
    "PickError",
    "Prepared",
    "PromptProblem",
    "RateLimited",
    "Registered",
    "Registration",
    "RegistryDamaged",
    "RegistryError",
    "Rejected",
    "Remedy",
    "ReplyLost",
    "RuleBroken",
    "RuleResult",
    "SandboxError",
    "Scan",
    "ScoreTooLow",
    "ScreentestError",
    "Segment",
    "ServiceError",
    "ServiceUnreachable",
    "Settings",
    "SetupError",
    "SeveralMeant",
    "SkipDecided",
    "Source",
    "Still",
    "StillSpec",
    "StorageError",
    "StorageUnreachable",
    "SubjectRefused",
    "TaskFailed",
    "TooShort",
    "Unauthorized",
    "UnknownCharacter",
    "Unreadable",
    "UnsettledSubmit",
    "UrlNotServed",
    "WaitTimeout",
    "Watcher",
    "Wishes",
    "WorkerFailed",
    "check",
    "choose",
    "clip",
    "compare",
    "default_home",
    "pick",
    "prepare",
    "probe",
    "reference_in_clip",
    "reference_in_photo",
    "register",
    "rehearse",
    "scan",
    "segment_at",
    "settings_from",
    "stills",
    "verify_webhook",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("screentest")
    if name not in _HOMES:
        raise AttributeError(f"module 'screentest' has no attribute {name!r}")
    return getattr(import_module(f"screentest.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
