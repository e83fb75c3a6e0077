"""What a batch takes for footage, what it calls whom, and what it refuses before anything starts."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screentest.client.batch.item import Item
from screentest.client.batch.sources.expand import PassedOver, files_in
from screentest.client.batch.sources.items import items, problems
from screentest.client.batch.sources.manifest import WrittenManifest, items_of, write_manifest
from screentest.client.batch.sources.rows import COLUMNS
from screentest.client.batch.sources.spool import ItemSpool
from screentest.client.characters.choosing.decided import said_in
from screentest.client.characters.order import Order
from screentest.client.errors import ConfigError, InvalidName
from screentest.client.registry.identity import folded
from screentest.client.worker.fetch import fetched
from screentest.client.worker.job import Place
from screentest.prep.core.errors import NotFound, OutputExists, ScreentestError
from screentest.prep.core.wishes import Wishes


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def manifest(folder: Path, text: str, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def test_a_folder_gives_its_videos_and_counts_what_it_passes_over(tmp_path: Path) -> None:
    touch(
        tmp_path, "b/2.MOV", "b/1.mp4", "a.mkv", ".hidden.mp4", ".git/x.mp4", "notes.txt", "b/.DS_Store"
    )
    (tmp_path / "b" / "round").symlink_to(tmp_path)
    passed_over = PassedOver()
    found = [str(file.relative_to(tmp_path)) for file in files_in([str(tmp_path)], passed_over)]
    assert found == ["a.mkv", "b/1.mp4", "b/2.MOV"]
    assert (passed_over.hidden, passed_over.foreign, passed_over.linked) == (3, 1, 1)


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    touch(tmp_path, "take.raw")
    assert list(files_in([str(tmp_path / "take.raw")], PassedOver())) == [tmp_path / "take.raw"]
    with pytest.raises(NotFound, match="nowhere"):
        list(files_in(["nowhere"], PassedOver()))


def names(*files: Path, manifest: Path | None = None) -> dict[str, str]:
    """What each file is called, by its path."""
    found = items([str(file) for file in files], manifest, Order(), PassedOver())
    return {item.footage[0]: item.name for item in found}


def test_names_that_collide_get_their_folders_too(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("mon/joe.mp4", "tue/Joe.mov", "tue/ann_lee.mp4")]
    touch(tmp_path, *map(str, files))
    assert list(names(*files).values()) == ["mon joe", "tue Joe", "ann lee"]


def test_what_no_folder_tells_apart_is_numbered(tmp_path: Path) -> None:
    touch(tmp_path, "x/joe.mp4", "x/joe.mov", "x/joe 1.mp4", "y/ann.mp4")
    assert sorted(names(tmp_path).values()) == ["ann", "joe 1", "joe 2", "joe 3"]


def test_a_name_that_was_given_stays_and_no_file_is_called_so_too(tmp_path: Path) -> None:
    touch(tmp_path, "x/joe.mp4", "y/1.mp4")
    path = manifest(tmp_path, "footage,name\ny/1.mp4,Joe\n")
    assert list(names(tmp_path, manifest=path).values()) == ["Joe", "x joe"]


def test_a_file_comes_once_however_it_is_spelled(tmp_path: Path) -> None:
    touch(tmp_path, "x/joe.mp4", "ann.mp4")
    path = manifest(tmp_path, "footage,start\nx/../x/joe.mp4,2\nx/joe.mp4,5\nx/joe.mp4,5\n")
    found = items([str(tmp_path), str(tmp_path / "x")], path, Order(), PassedOver())
    told = [(item.name, item.order.wishes.start_s) for item in found]
    assert told == [("joe 1", 2.0), ("joe 2", 5.0), ("ann", None)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("aB_. é-/", min_size=1, max_size=6), max_size=8))
def test_every_file_has_a_name_of_its_own_in_any_order(tmp_path: Path, paths: list[str]) -> None:
    files = [str(tmp_path / f"{path}.mp4".lstrip("/")) for path in paths]

    def named(files: list[str]) -> dict[str, str]:
        listing = ItemSpool(Order())
        for file in files:
            listing.add(Item(Order(file), (file,)))
        listing.call()
        return {item.footage[0]: item.name for item in listing}

    forward, backward = named(files), named(files[::-1])
    assert len({folded(name) for name in forward.values()}) == len(forward)
    assert len(forward) == len({os.path.realpath(file) for file in files})
    assert {os.path.realpath(file): name for file, name in forward.items()} == {
        os.path.realpath(file): name for file, name in backward.items()
    }


def test_a_manifest_says_what_is_wanted_of_each(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "\ufefffootage;name;start;person;fit;consent\r\n"
        "joe.mp4;Joe;;2;crop;\r\n"
        "sub/ann.mp4;Ann, Lee;1:02.5;;;signed\r\n",
    )
    joe, ann = items_of(path, Order(consent="all asked"))
    assert (joe.name, joe.footage) == ("Joe", (str(tmp_path / "joe.mp4"),))
    assert (joe.order.wishes.person, joe.order.wishes.fit, joe.order.consent) == (
        2,
        "crop",
        "all asked",
    )
    assert (ann.name, ann.order.wishes.start_s, ann.order.consent) == ("Ann, Lee", 62.5, "signed")


def test_rows_of_one_name_are_files_of_one_person(tmp_path: Path) -> None:
    rows = [
        {"footage": "1.mp4", "name": "Joe"},
        {"footage": "2.mp4", "name": "Joe"},
        {"footage": "3.mp4"},
    ]
    path = manifest(tmp_path, "\n".join(map(json.dumps, rows)) + "\n\n", "m.jsonl")
    joe, other = items((), path, Order(), PassedOver())
    assert [Path(file).name for file in joe.footage] == ["1.mp4", "2.mp4"]
    assert other.name == "3"
    path = manifest(tmp_path, "footage,name,fit\n1.mp4,Joe,crop\n2.mp4,Joe,pad\n")
    with pytest.raises(ConfigError, match="lines 2 and 3"):
        items((), path, Order(), PassedOver())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("footage,nmae\n1.mp4,Joe\n", "is name meant"),
        ("name\nJoe\n", "no column footage"),
        ("footage,name\n,Joe\n", "line 2: it names no footage"),
        ("footage,start\n1.mp4,soon\n", "line 2: start is not a time"),
        ("footage,start\n1.mp4,nan\n", "line 2: start is not a time"),
        ("footage,person\n1.mp4,-1\n", "line 2: person"),
        ("footage,fit\n1.mp4,squash\n", "pad or crop or auto"),
        ("footage,name\n1.mp4\n", "line 2: it has more or fewer cells"),
        ("footage,name\n1.mp4,a,b\n", "line 2: it has more or fewer cells"),
        ("footage,footage\n1,2\n", "given twice"),
        ("footage\n.\n", "folder: name files"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        list(items_of(manifest(tmp_path, text), Order()))
    assert "m.csv" in caught.value.message
    assert caught.value.hint


@given(text=st.text(max_size=200), is_json=st.booleans())
def test_no_manifest_ends_in_anything_but_items_or_one_error_of_ours(
    text: str, is_json: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("m") / ("m.jsonl" if is_json else "m.csv")
    path.write_bytes(("footage,name\n" + text).encode("utf-8", "surrogatepass"))
    with suppress(ScreentestError):
        assert all(item.footage for item in items_of(path, Order()))


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_a_manifest_that_was_written_reads_as_the_same_items(tmp_path: Path, name: str) -> None:
    touch(tmp_path, "joe.mp4", 'an "odd", name.mp4')
    wishes = Wishes(start_s=3.0, fit="crop")
    before = items([str(tmp_path)], None, Order(wishes=wishes, consent="signed"), PassedOver())
    assert write_manifest(tmp_path / name, before) == WrittenManifest(2)
    after = items((), tmp_path / name, Order(), PassedOver())
    assert [(item.name, item.footage) for item in after] == [(i.name, i.footage) for i in before]
    assert {(item.order.wishes, item.order.consent) for item in after} == {(wishes, "signed")}
    with pytest.raises(OutputExists):
        write_manifest(tmp_path / name, before)


def test_a_default_that_nobody_said_stays_unsaid_in_a_manifest(tmp_path: Path) -> None:
    touch(tmp_path, "joe.mp4")
    for number, said in enumerate((frozenset[str](), frozenset({"fit"}))):
        order = Order(said=said)
        write_manifest(tmp_path / f"{number}.csv", items([str(tmp_path)], None, order, PassedOver()))
        (item,) = items((), tmp_path / f"{number}.csv", Order(), PassedOver())
        assert ("fit" in said_in(item.order)) == bool(said), "else a decision would never count"
        assert "name" in said_in(item.order)
    (found,) = items([str(tmp_path / "joe.mp4")], None, Order(), PassedOver())
    assert "name" not in said_in(found.order), "it is the file's: a decided name wins"


def test_all_that_a_model_refuses_is_told_before_anything_starts() -> None:
    good, long = Item(Order("1.mp4", "Joe"), ("1.mp4",)), Item(Order("2.mp4", "J" * 500), ("2.mp4",))
    assert [problem.number for problem in problems([good, long, good, long])] == [2, 4]


def test_what_a_file_s_name_or_no_description_makes_impossible_is_told_before_anything_starts(
    tmp_path: Path,
) -> None:
    touch(tmp_path, "ann.mp4", f"{'j' * 200}.mp4")
    found = items([str(tmp_path)], None, Order(said=frozenset()), PassedOver())
    assert [(one.number, type(one.error)) for one in problems(found)] == [(2, InvalidName)]
    kling = Order(model="kwaivgi/kling-elements-advanced", said=frozenset({"model"}))
    undescribed = items([str(tmp_path / "ann.mp4")], None, kling, PassedOver())
    (problem,) = problems(undescribed)
    assert "description" in problem.error.message


def test_the_columns_are_those_that_are_documented() -> None:
    assert ",".join(COLUMNS) == (
        "footage,name,model,description,start,length,person,match,subject,fit,orientation,consent"
    )


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_whatever_a_file_is_called_a_written_manifest_names_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "odd"
    touch(folder, " edge .mp4", "c\rr.mp4", "n\nl.mp4", "u\u2028.mp4", "=1+1.mp4", 'q".mp4', "a.mp4 ")
    (folder / os.fsdecode(b"caf\xe9.mp4")).touch()
    before = items([str(folder), str(folder / "a.mp4 ")], None, Order(), PassedOver())
    written = write_manifest(tmp_path / name, before)
    assert (written.rows, len(written.left_out)) == (7, 1)
    assert "caf\\udce9.mp4" in written.left_out[0]
    after = {item.footage[0] for item in items((), tmp_path / name, Order(), PassedOver())}
    assert after == {str(file) for file in folder.iterdir() if "caf" not in file.name}


def test_spaces_around_a_path_are_a_slip_unless_a_file_is_called_so(tmp_path: Path) -> None:
    touch(tmp_path, " a.mp4", "b.mp4")
    path = manifest(tmp_path, "footage, name\n a.mp4, Ann\n b.mp4 ,\n c.mp4,\n")
    found = [Path(item.footage[0]).name for item in items_of(path, Order())]
    assert found == [" a.mp4", "b.mp4", "c.mp4"]


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_every_row_that_cannot_be_is_told_at_once(tmp_path: Path, name: str) -> None:
    rows: list[dict[str, object]] = [
        {"footage": "1.mp4", "name": "Joe", "fit": "crop"},
        {"footage": "2.mp4", "start": "soon"},
        {"name": "Ann"},
        {"footage": "3.mp4", "name": "Joe", "fit": "pad"},
    ]
    rows += [{"footage": f"{number}.mp4", "person": "none"} for number in range(60)]
    cells = ["footage,name,start,person,fit"] + [
        ",".join(str(row.get(column, "")) for column in ("footage", "name", "start", "person", "fit"))
        for row in rows
    ]
    lines = cells if name == "m.csv" else list(map(json.dumps, rows))
    path = manifest(tmp_path, "\n".join(lines), name)
    with pytest.raises(ConfigError) as caught:
        items((), path, Order(), PassedOver())
    message = caught.value.message
    first = 2 if name == "m.csv" else 1
    assert "63 rows cannot be taken" in message
    assert f"line {first + 1}: start is not a time" in message
    assert f"line {first + 2}: it names no footage" in message
    assert f"lines {first} and {first + 3}: rows of 'Joe' want different things" in message
    assert "and 13 more" in message
    assert message.count("\n") == 51


def test_a_manifest_names_addresses_and_they_stay_as_they_are(tmp_path: Path) -> None:
    url = "https://a.test/takes/joe.mp4?X-Amz-Signature=5ec7e7"
    path = manifest(tmp_path, f"footage,name\n{url},Joe\ns3://rushes/mon/ann.mp4,\n")
    joe, ann = items((), path, Order(), PassedOver())
    assert (joe.footage, joe.shown) == ((url,), ("https://a.test/takes/joe.mp4",))
    assert (ann.name, ann.footage) == ("ann", ("s3://rushes/mon/ann.mp4",))
    written = write_manifest(tmp_path / "again.csv", [joe, ann])
    assert written == WrittenManifest(2, unsigned=("https://a.test/takes/joe.mp4",))
    assert "5ec7e7" not in (tmp_path / "again.csv").read_text()


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"footage": "s3://rushes/takes/"}, "a whole prefix: name files"),
        ({"footage": "s3://rushes"}, "a whole prefix: name files"),
        ({"footage": "s3://!/x.mp4"}, "names no bucket"),
        ({"footage": "a.mp4", "start": True}, "neither text nor a number"),
    ],
)
def test_a_row_of_json_that_cannot_be_is_refused(
    tmp_path: Path, row: dict[str, object], what: str
) -> None:
    with pytest.raises(ConfigError, match=what):
        list(items_of(manifest(tmp_path, json.dumps(row), "m.jsonl"), Order()))


def test_a_key_that_json_gives_twice_is_named(tmp_path: Path) -> None:
    path = manifest(tmp_path, '{"footage": "a.mp4", "footage": "b.mp4"}\n', "m.jsonl")
    with pytest.raises(ConfigError, match="line 1: it gives footage twice"):
        list(items_of(path, Order()))


def test_a_path_that_is_too_long_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = manifest(tmp_path, f"footage,match\n{'x' * 300}.mp4,{'y' * 300}.jpg\n")
    (item,) = items((), path, Order(), PassedOver())
    assert item.footage[0].endswith("x.mp4")
    with pytest.raises(NotFound):
        items(["x" * 300], None, Order(), PassedOver())
    with pytest.raises(NotFound):
        fetched(Place("x", path=item.footage[0]), tmp_path)
    (problem,) = problems([item])
    assert problem.error.message


def test_a_photo_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    touch(tmp_path, "joe.jpg")
    path = manifest(tmp_path, "footage,name,match\n1.mp4,A,joe.jpg\n2.mp4,B,ann.jpg\n3.mp4,C,ann.jpg\n")
    found = items((), path, Order(), PassedOver())
    assert [problem.number for problem in problems(found)] == [2, 3]


def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "mon/joe.mp4", "tue/ann.mp4")
    scandir = os.scandir

    def broken(path: str | Path) -> object:
        if Path(path).name == "mon":
            raise OSError(errno.EIO, "Input/output error")
        return scandir(path)

    monkeypatch.setattr("os.scandir", broken)
    passed_over = PassedOver()
    found = [file.name for file in files_in([str(tmp_path)], passed_over)]
    assert found == ["ann.mp4"]
    assert passed_over.unreadable == [f"{tmp_path}/mon: input/output error"]
    with pytest.raises(NotFound):
        list(files_in([str(tmp_path / "mon")], PassedOver()))


def test_a_manifest_that_may_not_be_read_is_not_called_a_wrong_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        list(items_of(tmp_path, Order()))


def test_a_list_of_items_may_be_let_go_of_by_any_thread(tmp_path: Path) -> None:
    # The thread whose turn it is to collect garbage closes what was forgotten.
    found = items([str(tmp_path)], None, Order(), PassedOver())
    with ThreadPoolExecutor(1) as pool:
        pool.submit(found.close).result()
