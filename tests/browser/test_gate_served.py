"""The gate on a real server: what a stranger gets over a plain connection."""

import http.client
import re
from urllib.parse import urlsplit

import pytest

SHUT = f"/atlas/{'0' * 16}/{'a' * 32}"


def asked(server, path, *, method="GET", **headers):
    """Status and headers of one answer; the path goes over the wire as it is."""
    address = urlsplit(server)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    skip_host = "Host" in headers
    connection.putrequest(method, path, skip_host=skip_host)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
}


@pytest.mark.parametrize("path", ["/", "/map_page", "/_stcore/health", "/_stcore/host-config"])
def test_the_app_itself_is_open(map_server, path):
    assert asked(map_server, path)[0].status == 200


@pytest.mark.parametrize("path", [SHUT, "/anything", "/_stcore/metrics", "/_stcore/agent/mcp"])
def test_everything_else_is_shut(map_server, path):
    assert asked(map_server, path)[0].status == 401


@pytest.mark.parametrize("path", ["/", SHUT, "/_stcore/health", "/_stcore/host-config"])
def test_another_name_gets_nothing_over_http(map_server, path):
    assert asked(map_server, path, Host="evil.example")[0].status == 403


def test_another_name_gets_no_socket(map_server):
    host = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert asked(map_server, "/_stcore/stream", **UPGRADE, **host)[0].status == 403


def test_another_site_gets_no_socket(map_server):
    answer, _ = asked(map_server, "/_stcore/stream", **UPGRADE, Origin="http://evil.example")
    assert answer.status == 403


@pytest.mark.parametrize("path", ["/atlas/../../etc/passwd", "/static/..%2f..%2fapp.py", "//x/y"])
def test_a_path_out_of_the_folder_leads_nowhere(map_server, path):
    answer, body = asked(map_server, path)
    assert answer.status in (400, 401, 404)
    assert b"root:" not in body


def test_writing_to_an_array_is_not_a_thing(map_server):
    assert asked(map_server, SHUT, method="POST")[0].status == 405


def test_the_page_carries_an_enforced_content_policy(map_server):
    answer, body = asked(map_server, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert len(re.findall("sha256-", policy)) == len(re.findall(rb"<script>", body)) > 0
