"""Ports: the same ones at each run, so that presigned URLs stay valid."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from pathlib import Path

import pytest

from screentest.client.sandbox.ports import GRPC_OFFSET, LOOPBACK, choose_ports, is_free


def test_ports_are_remembered_and_lie_below_the_ephemeral_ones(tmp_path: Path) -> None:
    ports = choose_ports(tmp_path / "ports.json")
    assert choose_ports(tmp_path / "ports.json") == ports
    assert len(set(astuple(ports))) == len(astuple(ports))
    assert all(port > 1024 and port + GRPC_OFFSET < 32_768 for port in astuple(ports))


@contextmanager
def listening_on(port: int) -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((LOOPBACK, port))
        listener.listen()
        yield


@pytest.mark.parametrize("offset", [0, GRPC_OFFSET])
def test_a_remembered_port_that_another_program_has_taken_is_replaced(
    tmp_path: Path, offset: int
) -> None:
    remembered = tmp_path / "ports.json"
    before = choose_ports(remembered)
    with listening_on(before.s3 + offset):
        after = choose_ports(remembered)
        assert before.s3 not in astuple(after)
    assert choose_ports(remembered) == after


def test_fresh_ports_are_chosen_although_the_remembered_ones_are_free(tmp_path: Path) -> None:
    before = choose_ports(tmp_path / "ports.json")
    assert choose_ports(tmp_path / "ports.json", fresh=True) != before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"api": 1}', '{"a": 1}'])
def test_a_damaged_list_of_ports_costs_only_new_ports(tmp_path: Path, content: str) -> None:
    remembered = tmp_path / "ports.json"
    remembered.write_text(content, encoding="utf-8")
    ports = choose_ports(remembered)
    assert json.loads(remembered.read_text(encoding="utf-8"))["api"] == ports.api


def test_a_port_is_free_until_somebody_listens(tmp_path: Path) -> None:
    port = choose_ports(tmp_path / "ports.json").api
    with ExitStack() as stack:
        assert is_free(port)
        stack.enter_context(listening_on(port))
        assert not is_free(port)
