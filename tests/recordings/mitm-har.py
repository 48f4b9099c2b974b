# For mitmdump: writes what passed as HAR 1.2 when it ends, by the members that mitmproxy's own exporters write (--set har=FILE).
import base64
import json
from datetime import datetime, timezone

from mitmproxy import ctx

flows = []


def load(loader):
    loader.add_option("har", str, "", "file for the HAR")


def request(flow):
    flows.append(flow)


def pairs(fields):
    return [{"name": name, "value": value} for name, value in fields]


def milliseconds(begun, ended):
    return -1 if not begun or not ended else round(1000 * (ended - begun), 3)


def content(response):
    body = response.get_content(strict=False) or b""
    c = {"size": len(body), "compression": len(body) - len(response.raw_content or b""), "mimeType": response.headers.get("Content-Type", "")}
    try:
        c["text"] = body.decode("utf-8")
        if "json" not in c["mimeType"] and "text" not in c["mimeType"]:
            raise ValueError
    except ValueError:
        c.update(text=base64.b64encode(body).decode(), encoding="base64")
    return c


def entry(flow):
    q, r, up = flow.request, flow.response, flow.server_conn
    e = {
        "startedDateTime": datetime.fromtimestamp(q.timestamp_start, timezone.utc).isoformat(),
        "time": milliseconds(q.timestamp_start, r.timestamp_end) if r else 0,
        "request": {
            "method": q.method, "url": q.url, "httpVersion": q.http_version, "cookies": pairs(q.cookies.fields),
            "headers": pairs(q.headers.items(multi=True)), "queryString": pairs(q.query.items(multi=True)),
            "headersSize": len(str(q.headers)), "bodySize": len(q.content or b""),
        },
        "cache": {},
        "timings": {
            "connect": milliseconds(up.timestamp_start, up.timestamp_tcp_setup), "ssl": -1,
            "send": milliseconds(q.timestamp_start, q.timestamp_end),
            "wait": milliseconds(q.timestamp_end, r.timestamp_start) if r else 0,
            "receive": milliseconds(r.timestamp_start, r.timestamp_end) if r else 0,
        },
    }
    if q.method in ("POST", "PUT", "PATCH"):
        e["request"]["postData"] = {"mimeType": q.headers.get("Content-Type", ""), "text": q.get_text(strict=False),
                                    "params": pairs(q.urlencoded_form.items(multi=True))}
    if r:
        e["response"] = {
            "status": r.status_code, "statusText": r.reason, "httpVersion": r.http_version, "cookies": [],
            "headers": pairs(r.headers.items(multi=True)), "content": content(r), "redirectURL": r.headers.get("Location", ""),
            "headersSize": len(str(r.headers)), "bodySize": len(r.raw_content or b""),
        }
    else:
        e["response"] = {"status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [], "content": {}, "redirectURL": "",
                         "headersSize": -1, "bodySize": -1, "_transferSize": 0, "_error": flow.error.msg if flow.error else None}
    if up.peername:
        e["serverIPAddress"] = up.peername[0]
    return e


def done():
    with open(ctx.options.har, "w", encoding="utf-8") as out:
        json.dump({"log": {"version": "1.2", "creator": {"name": "mitmproxy", "version": "1", "comment": ""}, "pages": [],
                           "entries": [entry(f) for f in flows]}}, out)
