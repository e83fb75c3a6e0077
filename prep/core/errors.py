"""Everything that can go wrong while footage becomes a clip.

    ScreentestError
    ├── ConfigError             a setting or a wish that is missing or wrong
    │   └── ImpossibleWish      wishes that make no sense, alone, together or for the model
    ├── Cancelled               the caller cancelled the work
    ├── FootageError            the raw file
    │   ├── NotFound            no such file
    │   ├── NotAFile            a folder, a device, a pipe
    │   ├── NotAVideo           no format, no stream or no codec that can be read
    │   └── Unreadable          it opens, but its pictures cannot be decoded
    ├── PickError               the choice of the segment
    │   ├── TooShort            less picture than a model accepts
    │   ├── NoUsableSegment     nothing that meets the requirements
    │   ├── ScoreTooLow         the best window scores less than was asked for
    │   ├── MissingAngle        fewer sides of a character than a model wants
    │   ├── NoSuchPerson        no person of that number
    │   └── NobodyMatches       nobody is like the photo
    ├── ClipError               the making of the clip
    │   ├── EncodeFailed        ffmpeg failed
    │   ├── EncodeTimeout       ffmpeg took too long
    │   ├── DiskFull            no room for the output
    │   ├── OutputNotWritable   the output's folder is missing or read-only
    │   └── OutputExists        another file has the output's name
    ├── RuleBroken              a clip that breaks its model's rules
    └── SetupError              this installation: ffmpeg or weights missing or damaged

Every error says what is wrong, where, and what to do: ``message`` is one sentence that names the
thing, ``remedies`` are what can be done, and ``hint`` says them in words. Foreign exceptions (PyAV,
OpenCV, ffmpeg-python, OSError) are mapped to these at the boundary that calls them and never pass it.
"""

from __future__ import annotations

from typing import ClassVar

from screentest.prep.core.remedy import Remedy, in_words, remedies_of


class ScreentestError(Exception):
    """What is wrong in one sentence, and what to do about it.

    ``message``: names the thing and where it is. ``ways``: remedies, or plain sentences.
    ``retryable``: whether the same call may succeed later with nothing changed. The error survives
    pickling, so that a worker process can hand it back.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *ways: str | Remedy) -> None:
        super().__init__(message, *ways)
        self.message = message
        self.remedies = remedies_of(*ways)

    @property
    def hint(self) -> str:
        """The remedies in plain words, on one line; "" where there is none."""
        return in_words(self.remedies)

    def __str__(self) -> str:
        return self.message


class ConfigError(ScreentestError):
    """A setting or a wish is missing or wrong."""


class ImpossibleWish(ConfigError):
    """Wishes that make no sense, alone, together or for the model."""


class Cancelled(ScreentestError):
    """The caller cancelled the work; nothing half-made was left."""


class FootageError(ScreentestError):
    """The raw file cannot be used."""


class NotFound(FootageError):
    """No such file."""


class NotAFile(FootageError):
    """A folder, a device, a pipe or a socket where a file was wanted."""


class NotAVideo(FootageError):
    """No known format, no video stream, or a codec that cannot be decoded here."""


class Unreadable(FootageError):
    """The file opens as a video, but its pictures cannot be decoded."""


class PickError(ScreentestError):
    """No segment could be chosen."""


class TooShort(PickError):
    """Less continuous picture than the model accepts."""


class NoUsableSegment(PickError):
    """No stretch meets the requirements; the message names the best one and the rule it failed."""


class ScoreTooLow(PickError):
    """The best window scores less than was asked for; the message tells the score."""


class MissingAngle(PickError):
    """The footage shows fewer sides of a character than the model wants, or not its face."""


class NoSuchPerson(PickError):
    """No person of that number was found."""


class NobodyMatches(PickError):
    """Nobody in the footage is like the photo; the message names the best similarity."""


class ClipError(ScreentestError):
    """The clip could not be made."""


class EncodeFailed(ClipError):
    """ffmpeg ended with an error; the message carries its last words."""


class EncodeTimeout(ClipError):
    """ffmpeg did not end in the time allowed."""


class DiskFull(ClipError):
    """No room left where the output goes."""


class OutputNotWritable(ClipError):
    """The output's folder does not exist or cannot be written to."""


class OutputExists(ClipError):
    """Another file already has the output's name and is not to be replaced."""


class RuleBroken(ScreentestError):
    """The clip breaks at least one rule of its model."""


class SetupError(ScreentestError):
    """This installation lacks ffmpeg or a weight file, or one is damaged."""
