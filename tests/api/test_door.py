"""Who may call: programs on one's own machine, or whoever has a token; and nobody in somebody else's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.archive.archive import Archive
from playground.hosting.people.visitor import USER
from playground.hosting.tokens import Tokens
from tests.api.conftest import Calling

ONE, OTHER = "v" * 22, "w" * 22
SAY = {"prompt": "Say it.", "on": "demo:E2B"}
ELSEWHERE = ("10.0.0.7", 5)


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_API", "1")


def bearer(archive: Archive, owner: str) -> dict[str, str]:
    return {"authorization": f"Bearer {Tokens(archive.media).make(owner, 'mine')}"}


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "127.3.4.5", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_programs_on_ones_own_machine_need_no_token(
    calling: Calling, client: str, host: str
) -> None:
    found = calling(client=(client, 5)).get("/api/models", headers={"host": host})
    assert found.status_code == 200


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("10.0.0.7", {}),
        ("fe80::1", {}),
        ("not an address", {}),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}),
        ("127.0.0.1", {"forwarded": "for=10.0.0.7"}),
        ("127.0.0.1", {"host": "evil.example"}),
        ("127.0.0.1", {"host": "localhost.evil.example"}),
        ("127.0.0.1", {"origin": "https://evil.example"}),
        ("127.0.0.1", {"origin": "null"}),
        ("127.0.0.1", {"origin": "http://localhost:3000"}),
        ("127.0.0.1", {"sec-fetch-site": "cross-site"}),
        ("127.0.0.1", {"sec-fetch-site": "same-site"}),
    ],
)
def test_others_and_pages_of_elsewhere_are_not_let_in(
    calling: Calling, client: str, headers: dict[str, str]
) -> None:
    refused = calling(client=(client, 5)).post("/api/compare", json=SAY, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_here")


@pytest.mark.parametrize("hosted", ["0", "1"])
def test_it_is_off_where_the_operator_says_so_and_where_strangers_come(
    calling: Calling, monkeypatch: pytest.MonkeyPatch, hosted: str
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", hosted)
    if hosted == "0":
        monkeypatch.setenv("PLAYGROUND_API", "0")
    for path in ("/api/models", "/v1/models", "/api/docs", "/api/openapi.json"):
        refused = calling().get(path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "api_off")


@pytest.mark.usefixtures("hosted")
def test_where_strangers_come_a_token_says_whose_it_is(calling: Calling, archive: Archive) -> None:
    client = calling()  # a proxy on this machine makes everybody look like that
    assert client.get("/api/models").status_code == 401
    for wrong in ("Bearer", "Bearer x", "Basic dTpw", "Bearer gp_" + "0" * 85):
        refused = client.get("/api/models", headers={"authorization": wrong})
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    mine, others = bearer(archive, ONE), bearer(archive, OTHER)
    id = client.post("/api/compare", json=SAY, headers=mine).json()["id"]
    assert client.desk.find(id).owner == ONE
    assert client.get(f"/api/comparisons/{id}", headers=others).status_code == 200  # its link
    assert client.get(f"/api/comparisons/{id}").status_code == 401


@pytest.mark.usefixtures("hosted")
def test_a_withdrawn_link_opens_nothing_for_others(calling: Calling, archive: Archive) -> None:
    client = calling()
    mine, others = bearer(archive, ONE), bearer(archive, OTHER)
    id = client.post("/api/compare", json=SAY, headers=mine).json()["id"]
    client.desk.archive.writer.close()
    from playground.archive import keeping

    with archive.writing() as connection:
        keeping.withdraw(connection, id, True)
    assert client.get(f"/api/comparisons/{id}", headers=mine).status_code == 200
    assert client.get(f"/api/comparisons/{id}", headers=others).status_code == 404


@pytest.mark.usefixtures("hosted")
def test_what_there_is_can_be_read_without_a_token(calling: Calling) -> None:
    client = calling(client=ELSEWHERE)
    assert "Authorization: Bearer" in client.get("/api/docs").text
    told = client.get("/api/openapi.json").json()
    assert told["openapi"] == "3.1.0" and told["security"] == [{"token": []}]


@pytest.mark.usefixtures("hosted")
def test_tokens_that_cannot_be_read_are_one_sentence(calling: Calling, archive: Archive) -> None:
    mine = bearer(archive, ONE)
    for file in (Path(archive.media) / "tokens").rglob("*.json"):
        file.write_text("{")
    refused = calling().get("/api/models", headers=mine)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "archive")


@pytest.mark.usefixtures("hosted")
def test_a_revoked_token_opens_nothing(calling: Calling, archive: Archive) -> None:
    client, mine = calling(), bearer(archive, ONE)
    assert client.get("/v1/models", headers=mine).status_code == 200
    tokens = Tokens(archive.media)
    (one,) = tokens.of(ONE)
    assert one.used is not None
    tokens.revoke(OTHER, one.id)  # not theirs
    assert client.get("/v1/models", headers=mine).status_code == 200
    tokens.revoke(ONE, one.id)
    assert client.get("/v1/models", headers=mine).status_code == 401


@pytest.mark.usefixtures("hosted")
def test_where_one_signs_in_a_browsers_token_is_not_enough(
    calling: Calling, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = calling()
    mine, theirs = bearer(archive, ONE), bearer(archive, f"{USER}abc")
    monkeypatch.setenv("PLAYGROUND_SIGN_IN", "run")
    assert client.get("/api/models", headers=mine).json()["error"]["code"] == "signed_out"
    assert client.get("/api/models", headers=theirs).status_code == 200


def test_on_ones_own_machine_others_come_with_a_token(
    calling: Calling, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_API", "1")
    assert calling().get("/api/models").status_code == 200
    afar = calling(client=ELSEWHERE)
    assert afar.get("/api/models").status_code == 401
    assert afar.get("/api/models", headers=bearer(archive, "")).status_code == 200


def test_models_are_those_of_the_page_and_no_paths(calling: Calling) -> None:
    client = calling()
    for spec in ("local:/etc", "local:..", "server:nobody/x", "recital:a", "E2B@int3", "demo:E9B"):
        refused = client.post("/api/compare", json={**SAY, "on": [spec]})
        assert refused.status_code == 404, spec
        assert refused.json()["error"]["param"] == "model"
    said = client.post("/api/compare", json={**SAY, "set": "demo:E2B:precision=int8"}).json()
    assert said["answers"][0]["spec"] == "demo:E2B@int8"


@pytest.mark.usefixtures("hosted")
def test_visitors_load_no_model_as_they_like(calling: Calling, archive: Archive) -> None:
    wishes = {**SAY, "set": "demo:E2B:precision=int8"}
    refused = calling().post("/api/compare", json=wishes, headers=bearer(archive, ONE))
    assert refused.status_code == 404 and "precision" in refused.json()["error"]["message"]
