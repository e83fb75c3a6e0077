"""What a press of *Register* does: one order, as long as it still means what the page showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.characters.choosing.called import as_called_before
from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.order import Order, wish_at
from screentest.client.characters.register import register
from screentest.client.config import Settings
from screentest.client.errors import UnsettledSubmit
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.prices import named_usd
from screentest.client.studio.shelf.aim import making_of
from screentest.client.studio.shelf.film import Film, Registering
from screentest.client.tasks.session import Clocks, service_of
from screentest.prep.core.errors import ConfigError, NotFound, ScreentestError
from screentest.prep.core.values import Source
from screentest.prep.pipeline import probed

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from screentest.client.fetching.fetch import Fetching
    from screentest.client.registry.registry import Registry
    from screentest.client.remote.models.inline import Registrable
    from screentest.client.remote.models.reference import Way
    from screentest.client.studio.shelf.looker import Looker
    from screentest.client.studio.shelf.shelf import Shelf


class Counter(Protocol):
    """What a press needs of its studio."""

    shelf: Shelf
    looker: Looker
    fetching: Fetching

    def film(self, key: str) -> Film: ...
    def known(self, film: Film) -> Film: ...
    def plain_order(self, film: Film) -> Order: ...
    def order_for(self, film: Film) -> Order: ...
    def model_of(self, film: Film) -> Registrable: ...
    def way_of(self, film: Film) -> Way: ...
    def require_services(self) -> Settings: ...
    def registry(self) -> AbstractContextManager[Registry]: ...
    def pause(self, pause_s: float) -> None: ...
    def ended(self, key: str, refusal: Reason | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Press:
    """What the page showed when the button was pressed; see ``Studio.register``."""

    key: str
    model: str
    again_of: str
    shares_name: bool
    max_cost_usd: float | None
    agreed_usd: float | None
    approved_only: bool


def asked_usd(studio: Counter, films: Iterable[Film]) -> Mapping[str, float | None]:
    """What the service itself asks for registering each film as it stands, by its key; None where it
    names no price. It may be another one than the list's.

    Each model is asked about once, as a name changes no price. Raises what forbids to register, and
    what ``named_usd`` raises.
    """
    known: dict[tuple[str, Way], float | None] = {}
    found: dict[str, float | None] = {}
    with service_of(studio.require_services(), Clocks(sleep=studio.pause)) as service:
        for film in films:
            model, way = studio.model_of(film), studio.way_of(film)
            if not isinstance(model, CharacterModel):
                found[film.key] = model.price_usd_by(way)  # nothing is submitted
                continue
            if (film.model, way) not in known:
                order = studio.order_for(film)
                inputs = model.example(way, name=order.name, description=order.description)
                known[film.model, way] = named_usd(service, film.model, inputs=inputs)
            found[film.key] = known[film.model, way]
    return found


def agreed_usd(studio: Counter, film: Film, each_usd: Mapping[str, float | None]) -> float | None:
    """What was agreed to for a film: what the service asks, or the list's price, which the question
    named where the service asked for none; None where nobody was to be asked.
    """
    if film.key not in each_usd:
        return None
    usd = each_usd[film.key]
    return studio.model_of(film).price_usd_by(studio.way_of(film)) if usd is None else usd


def pressed(studio: Counter, press: Press, settings: Settings) -> None:
    """In a thread: the registration; whatever ends it is told by the film."""
    refusal = None
    try:
        _ordered(studio, press, settings)
    except ScreentestError as error:
        refusal = reason_of(error)
    except Exception as error:  # a bug must not leave the film under way for ever
        refusal = Reason(type(error).__name__, "Something went wrong inside the studio.")
    finally:
        studio.ended(press.key, refusal)


def _ordered(studio: Counter, press: Press, settings: Settings) -> None:
    """What was pressed, as long as it still means what the page showed. Raises what refuses it."""
    film = studio.known(studio.film(press.key))
    with _lent(studio, film) as path:
        _ordered_of(studio, film, path, press, settings)


def _ordered_of(studio: Counter, film: Film, path: str, press: Press, settings: Settings) -> None:
    source = _unchanged(studio, film, path)
    if film.model != press.model:
        raise ConfigError("The model was changed meanwhile.", "Look at the price, and press again.")
    if press.approved_only and not film.is_approved:
        raise ConfigError(
            "It was changed since it was approved; nothing was spent.",
            "Look at it, and approve it again.",
        )
    again = film.row is not None and press.again_of == str(film.row.row_id)
    if film.is_registered and not again:  # by another name in the order, it would be paid for
        return
    order = replace(
        studio.plain_order(film),
        footage=path,
        addresses=((path, film.address),) if film.url else (),
        again=again,
        shares_name=press.shares_name,
        max_cost_usd=press.max_cost_usd,
        agreed_usd=press.agreed_usd,
    )
    _require_not_open(studio, film, order, source, settings)
    register(
        order,
        settings,
        watcher=_Told(studio, film.key),
        sleep=studio.pause,
        source=source,
        making=making_of(film.made, film.aim) if film.made and film.aim else None,
    )


@contextmanager
def _lent(studio: Counter, film: Film) -> Iterator[str]:
    """Where its file lies on this machine, for a block; fetched where it has to be."""
    if not film.url:
        yield film.address
        return
    told = _Told(studio, film.key)
    told.started("fetch")
    goes_on = partial(studio.pause, 0.0)
    coming = studio.fetching.fetched(
        film.url, progress=partial(told.advanced, "fetch"), goes_on=goes_on
    )
    with coming as found:
        yield str(found.path)


def _unchanged(studio: Counter, film: Film, path: str) -> Source:
    """The film's footage. Raises NotFound where another file lies there than was looked at."""
    source = probed(path)
    if film.source is None or source.fingerprint != film.source.fingerprint:
        studio.looker.arrivals.let_go(film.key)
        studio.shelf.change(film.key, source=None, made=None, aim=None, is_looking=True)
        studio.looker.look(film.key, first=True)
        raise NotFound("Another file lies there now.", "Wait until it was looked at.")
    return replace(film.source, path=source.path)


def _require_not_open(
    studio: Counter, film: Film, order: Order, source: Source, settings: Settings
) -> None:
    """Raises UnsettledSubmit where an order of this footage is open that this one is not."""
    row = film.row
    if row is None or row.state not in MAY_BE_PAID:
        return
    service, account = settings.service, settings.account
    with studio.registry() as registry:
        order = as_called_before(order, source, registry, service=service, account=account)
    wish = wish_at(service, account, decided(order, film.decision), source)
    if wish.identity != row.identity:
        raise UnsettledSubmit(
            f"An order of this footage as {row.name} is open.",
            "Look at the service first: that costs nothing.",
        )


class _Told:
    """A watcher that tells the film's page how far its registration is, and stops when the studio does.

    Nothing is stopped between a submit and what is recorded of its reply.
    """

    def __init__(self, studio: Counter, key: str) -> None:
        self._studio, self._key = studio, key

    def started(self, stage: str) -> None:
        self._studio.pause(0.0)
        self._studio.shelf.change(self._key, registering=Registering(stage))

    def advanced(self, stage: str, fraction: float) -> None:
        self._studio.pause(0.0)
        self._studio.shelf.change(self._key, registering=Registering(stage, fraction))

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None: ...
