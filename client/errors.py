"""Everything that can go wrong between a clip and its recorded character.

    ScreentestError (prep.core.errors)
    ├── NotFetched               footage elsewhere: not there, not allowed, too large, not a video
    │   └── FetchBroken          the network or the server failed on the way (retryable)
    └── ClientError
        ├── StorageError         the S3 side
        │   ├── BucketUnusable   no such bucket, or no right to use it
        │   ├── StorageUnreachable  no connection, or the server failed (retryable)
        │   └── UrlNotServed     the presigned URL does not give the clip back
        ├── ServiceError         the remote API said no; carries status, code and task id
        │   ├── Unauthorized     401
        │   ├── NoBalance        402, or 400 about the balance
        │   ├── Rejected         any other definite no: the same request will fail again
        │   ├── RateLimited      429 (retryable)
        │   ├── ServiceUnreachable  nothing can have been sent (retryable)
        │   ├── ReplyLost        it may or may not have been accepted: never sent again
        │   ├── BadReply         an answer that the contract does not know
        │   ├── TaskFailed       the service accepted the task and then failed it
        │   │   └── NoLongerKept  it was paid for, and fetched too late
        │   ├── BadWebhook       a webhook that the service did not send, or not now
        │   └── WaitTimeout      the task did not end before the deadline (retryable)
        ├── RegistryError        the local record
        │   ├── RegistryDamaged  the database cannot be read
        │   ├── UnknownCharacter no such name or id
        │   ├── SeveralMeant     several characters have the name
        │   ├── HeldElsewhere    another process works on the same character (retryable)
        │   └── UnsettledSubmit  an earlier submit may have been accepted: reconcile first
        ├── SandboxError         a local server did not start or died
        └── WorkerFailed         a worker of a batch died, hung, or gave no answer (retryable)

    ConfigError (prep.core.errors)  a setting is missing or wrong
    ├── NoCredentials            no API key and no sandbox
    ├── InvalidName              a character name outside the model's limits
    ├── NameTaken                another character has the name
    ├── SkipDecided              somebody decided that the footage is to be skipped
    ├── SubjectRefused           the model refuses what the footage shows
    ├── CostTooHigh              it costs more than was allowed
    └── PromptProblem            a prompt that would not show its characters

The first two live in ``client.worker``, which knows nothing of the rest.

Foreign exceptions are mapped here once: httpx in ``http.py``, botocore in ``storage_errors.py``,
sqlite3 in ``database.py``. No message, hint or ``repr`` ever holds a key, a signature or a presigned
query.
"""

from __future__ import annotations

from screentest.client.worker.not_fetched import FetchBroken as FetchBroken
from screentest.client.worker.not_fetched import NotFetched as NotFetched
from screentest.prep.core.errors import ConfigError as ConfigError
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import Remedy


class ClientError(ScreentestError):
    """Anything the network side reports."""


class NoCredentials(ConfigError):
    """No API key and no sandbox."""


class InvalidName(ConfigError):
    """A character name outside the model's limits."""


class NameTaken(ConfigError):
    """Another character has the name, and nobody said that both are to have it; nothing was spent."""


class SkipDecided(ConfigError):
    """Somebody decided that the footage is not to be registered; nothing was spent."""


class SubjectRefused(ConfigError):
    """The model refuses what the footage shows, or what its owner says it shows; nothing was spent."""


class CostTooHigh(ConfigError):
    """It costs more than was allowed; nothing was spent."""


class PromptProblem(ConfigError):
    """A prompt that would not show its characters."""


class StorageError(ClientError):
    """The S3 side failed."""


class BucketUnusable(StorageError):
    """No such bucket, or no right to use it."""


class StorageUnreachable(StorageError):
    """No connection to the S3 server, or it failed."""

    retryable = True


class UrlNotServed(StorageError):
    """The presigned URL does not give the clip back."""


class ServiceError(ClientError):
    """The remote API's no.

    ``status``: HTTP status, None where there was no reply. ``code``: the service's own code.
    ``task_id``: the task it is about, where one is known.
    """

    def __init__(
        self,
        message: str,
        *ways: str | Remedy,
        status: int | None = None,
        code: int | None = None,
        task_id: str | None = None,
    ) -> None:
        super().__init__(message, *ways)
        self.status = status
        self.code = code
        self.task_id = task_id

    def __reduce__(self) -> tuple[object, ...]:
        state = {"status": self.status, "code": self.code, "task_id": self.task_id}
        return (type(self), (self.message, *self.remedies), state)


class Unauthorized(ServiceError):
    """The key is wrong, or its account was never topped up."""


class NoBalance(ServiceError):
    """The account has no money left."""


class Rejected(ServiceError):
    """A definite no: nothing was created, and the same request will fail again."""


class RateLimited(ServiceError):
    """Too many requests for this account's tier."""

    retryable = True


class ServiceUnreachable(ServiceError):
    """No connection: nothing can have been sent."""

    retryable = True


class ReplyLost(ServiceError):
    """The request may or may not have been accepted; it is never sent again by itself."""


class BadReply(ServiceError):
    """An answer that the contract does not know."""


class TaskFailed(ServiceError):
    """The service accepted the task and then failed it."""


class NoLongerKept(TaskFailed):
    """What the task made was paid for, and is not kept any more."""


class BadWebhook(ServiceError):
    """A webhook that the service did not send, or not now."""


class WaitTimeout(ServiceError):
    """The task did not end before the deadline; it goes on at the service."""

    retryable = True


class RegistryError(ClientError):
    """The local record failed."""


class RegistryDamaged(RegistryError):
    """The database file cannot be read."""


class UnknownCharacter(RegistryError):
    """No such name or id in the registry."""


class SeveralMeant(RegistryError):
    """Several characters have the name: an id tells which."""


class HeldElsewhere(RegistryError):
    """Another process works on the same character."""

    retryable = True


class UnsettledSubmit(RegistryError):
    """An earlier submit may have been accepted; it has to be settled before another."""


class SandboxError(ClientError):
    """A local server did not start, or died."""


class WorkerFailed(ClientError):
    """A worker of a batch died, hung, or gave an answer that is none."""

    retryable = True
