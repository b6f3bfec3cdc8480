"""The ways to host agree with one another and with the program: ports, paths, volumes, limits, names of settings."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from playground.config import END_S
from playground.hosting.health import ALIVE, READY
from playground.prompt.limits import LIMITS, MEGABYTE
from playground.settings import SETTINGS
from tests.deploy.test_by_their_tools import DEPLOY, MANIFESTS
from tests.deploy.test_deploy import COMPOSE, DEPLOYED, told

NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
PROMETHEUS: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
(POD,) = (one["spec"]["template"]["spec"] for one in MANIFESTS if one["kind"] == "Deployment")
(CONTAINER,) = POD["containers"]
SERVICES: dict[str, Any] = COMPOSE["services"]
REPLICAS = {
    f"{name}:{one['environment']['STREAMLIT_SERVER_PORT']}": one
    for name, one in SERVICES.items()
    if name.startswith("playground-")
}
KNOWN = {one.variable for one in SETTINGS} | {"VLLM_KEY"}
OTHERS = {"STREAMLIT_SERVER_PORT"}
"""Read by Streamlit."""


def seconds(said: str) -> int:
    return int(said.removesuffix("s"))


def test_nginx_knows_every_replica_in_every_place() -> None:
    for address in REPLICAS:
        port = address.partition(":")[2]
        (home,) = re.findall(rf"upstream home-{port} {{(.*?)}}", NGINX, re.DOTALL)
        first, *rest = re.findall(r"server (\S+) ?([^;]*);", home)
        assert first[0] == address
        assert dict(rest) == dict.fromkeys(set(REPLICAS) - {address}, "backup")
        assert f"{port} home-{port};" in NGINX
    (anywhere,) = re.findall(r"upstream anywhere {(.*?)}", NGINX, re.DOTALL)
    assert set(re.findall(r"server (\S+)", anywhere)) == set(REPLICAS)
    (targets,) = (
        one["static_configs"][0]["targets"]
        for one in PROMETHEUS["scrape_configs"]
        if one["job_name"] == "playground"
    )
    assert set(targets) == set(REPLICAS)


def test_what_stands_in_front_lets_the_largest_file_through() -> None:
    (ingress,) = (one for one in MANIFESTS if one["kind"] == "Ingress")
    notes = ingress["metadata"]["annotations"]
    sizes = [
        *re.findall(r"client_max_body_size (\d+)m;", NGINX),
        notes["nginx.ingress.kubernetes.io/proxy-body-size"].removesuffix("m"),
    ]
    assert all(int(size) * MEGABYTE > LIMITS.file_bytes + MEGABYTE for size in sizes)
    assert len(sizes) == 2


def test_what_ends_it_waits_longer_than_answers_may_go_on() -> None:
    assert POD["terminationGracePeriodSeconds"] > END_S
    assert all(seconds(one["stop_grace_period"]) > END_S for one in REPLICAS.values())


def test_the_cluster_asks_where_the_program_answers() -> None:
    paths = {name: CONTAINER[name]["httpGet"]["path"] for name in CONTAINER if "Probe" in name}
    assert paths == {"startupProbe": ALIVE, "livenessProbe": ALIVE, "readinessProbe": READY}
    assert [str(port["containerPort"]) for port in CONTAINER["ports"]] == told("EXPOSE")


def test_all_places_that_the_image_writes_to_can_be_written_in_the_cluster_and_in_compose() -> None:
    (volumes,) = told("VOLUME")
    mounted = {one["mountPath"] for one in CONTAINER["volumeMounts"]}
    assert mounted == {*volumes.split(), "/tmp", "/etc/playground"}
    assert {one["name"] for one in CONTAINER["volumeMounts"]} == {v["name"] for v in POD["volumes"]}
    assert str(POD["securityContext"]["runAsUser"]) == told("USER")[0]
    for one in (CONTAINER, *POD["initContainers"]):
        assert one["securityContext"]["readOnlyRootFilesystem"]
    for one in REPLICAS.values():
        assert one["read_only"] and one["tmpfs"] == ["/tmp"]
        assert {mount.partition(":")[2] for mount in one["volumes"]} <= {*volumes.split()}


def test_every_secret_that_the_cluster_gives_is_made_by_the_command_at_the_top() -> None:
    words = (DEPLOY / "kubernetes.yaml").read_text("utf-8")
    made = set(re.findall(r"--from-literal=(\w+)=", words))
    taken = {
        one["valueFrom"]["secretKeyRef"]["key"] for one in CONTAINER["env"] if "valueFrom" in one
    }
    assert made == taken


@pytest.mark.parametrize(
    "given",
    [
        {one["name"] for one in CONTAINER["env"]},
        *(set(one["environment"]) for one in REPLICAS.values()),
    ],
    ids=["kubernetes", *REPLICAS],
)
def test_every_variable_that_is_set_is_one_of_the_programs(given: set[str]) -> None:
    assert given <= KNOWN | OTHERS


def test_every_name_of_a_setting_in_these_files_is_one() -> None:
    for path in DEPLOYED:
        said = set(re.findall(r"\bPLAYGROUND_[A-Z_]+[A-Z]\b", path.read_text("utf-8")))
        ours = {
            one for one in said if not one.startswith(("PLAYGROUND_SERVER_", "PLAYGROUND_KEY_"))
        }
        assert ours <= KNOWN, path


def test_the_address_that_is_believed_is_that_of_the_network() -> None:
    (subnet,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    for one in REPLICAS.values():
        assert one["environment"]["PLAYGROUND_TRUSTED_PROXIES"] == subnet["subnet"]


def test_the_commands_at_the_top_of_each_file_name_files_that_are_there() -> None:
    for path in DEPLOYED:
        said = re.sub(r"\\\n#", "", path.read_text("utf-8"))
        lines = re.findall(r"(?m)^#   (\S.*)$", said)
        words = [word for line in lines for word in shlex.split(line, comments=False)]
        named = {word.partition("=")[2] or word for word in words if "deploy/" in word}
        for one in named - {"deploy/.env"}:
            assert (DEPLOY.parent / one).is_file(), f"{path}: {one}"
