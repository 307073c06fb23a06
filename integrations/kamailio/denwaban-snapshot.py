#!/usr/bin/env python3
"""Keeps the snapshot of Denwaban in Kamailio's tables, so that calls are decided while the portal is away.

    denwaban-snapshot.py [--settings settings.cfg] [--once | --prepare]

Loads the whole snapshot, follows what changes by long poll, and reports what is in force, which the portal shows to its users. What was
loaded last stays on disk in the files that Kamailio reads when it starts; `--prepare` makes those files where they are missing, and must run
before Kamailio's first start. `--once` ends after the first snapshot. Python 3.9 or newer and the `openssl` command; nothing else.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime

# As many contacts as Kamailio rings at once (max_branches).
TERMINALS_MAX = 30
# More changes than this are loaded by reading the files anew, fewer one by one.
RELOAD_FROM = 500
WAIT_S = 25
# How long the files may lag behind what is in force, in seconds; and of all time, how much is spent on writing them at the most.
WRITE_EVERY_S = 1
WRITING_SHARE = 0.05
# A table may hold as many rows as ENTRIES_MAX says, so that IDs have two of one row each.
TABLES = ("number", "block", "login", "extension", "snapshot")
COLUMNS = "key_name(string) key_type(int) value_type(int) key_value(string) expires(int)"
DEBIAN_TABLES = "/usr/share/kamailio/dbtext/kamailio"


class NeedsSnapshot(Exception):
    """What is here is too old to be brought up to date by changes, or of another database."""


def log(text):
    print(text, file=sys.stderr, flush=True)


def settings(path):
    """The lines `#!substdef "!NAME!value!g"` of the settings."""
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(r'^#!substdef "!(\w+)!(.*)!g"', file.read(), re.MULTILINE))


# --- What the portal says -----------------------------------------------------------------------------------------------------------


class Portal:
    def __init__(self, url, key):
        self.url, self.key, self.keys = url, key, {}

    def ask(self, path, body=None, timeout=30, headers=None):
        request = urllib.request.Request(self.url + path, data=body)
        request.add_header("Authorization", "Bearer " + self.key)
        request.add_header("Accept-Encoding", "gzip")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        # What stands in http_proxy is for the world outside.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout) as answer:
                data = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    data = gzip.decompress(data)
                return data, answer.headers
        except urllib.error.HTTPError as error:
            if error.code == 410:
                raise NeedsSnapshot() from error
            raise

    def snapshot(self):
        body, headers = self.ask("/api/v1/switch/snapshot", timeout=300)
        self.verify(body, headers.get("Denwaban-Signature", ""))
        return lines(body)

    def changes(self, since, wait_s):
        query = urllib.parse.urlencode({"since": since, "wait_s": wait_s})
        body, headers = self.ask("/api/v1/switch/changes?" + query, timeout=wait_s + 10)
        self.verify(body, headers.get("Denwaban-Signature", ""))
        return lines(body)

    def applied(self, position):
        self.ask("/api/v1/switch/applied", json.dumps({"position": position}).encode(), timeout=10)

    def verify(self, body, signature):
        """A detached JWS (RFC 7515, appendix F; RFC 7797) over the digest of the body."""
        try:
            header, empty, sign = signature.split(".")
            head = json.loads(unpadded(header))
            raw = unpadded(sign)
        except ValueError:
            raise ValueError("what came is not signed") from None
        if empty or head.get("alg") != "ES256" or len(raw) != 64:
            raise ValueError("what came is signed in a way that is not understood")
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        signed = (header + ".sha-256=:" + digest + ":").encode()
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("key", "signature", "signed")]
            for path, data in zip(paths, (self.public_key(head.get("kid")), der(raw), signed)):
                with open(path, "wb") as file:
                    file.write(data)
            command = ["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", paths[0], "-signature", paths[1], paths[2]]
            result = subprocess.run(command, capture_output=True, check=False)
        if result.returncode != 0:
            raise ValueError("the signature of what came is wrong: it is thrown away")

    def public_key(self, kid):
        if kid not in self.keys:
            known, _ = self.ask("/.well-known/jwks.json")
            self.keys = {key["kid"]: key for key in json.loads(known)["keys"] if key.get("crv") == "P-256"}
        key = self.keys[kid]
        # SubjectPublicKeyInfo of a point on P-256 (RFC 5480): only the point differs.
        start = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
        return start + b"\x04" + unpadded(key["x"]) + unpadded(key["y"])


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der(raw):
    """r and s as OpenSSL reads them."""

    def integer(data):
        data = data.lstrip(b"\0") or b"\0"
        if data[0] & 0x80:
            data = b"\0" + data
        return b"\x02" + bytes([len(data)]) + data

    both = integer(raw[:32]) + integer(raw[32:])
    return b"\x30" + bytes([len(both)]) + both


def lines(body):
    """The lines of an answer; one that was cut off has no end with the right counts."""
    read = [json.loads(line) for line in body.decode().splitlines() if line]
    end = read[-1] if read else {}
    counted = {"contracts": "contract", "numbers": "number", "removed": "removed"}
    counts = {name: sum(line["type"] == kind for line in read) for name, kind in counted.items()}
    # A portal that knows no extensions counts no contracts.
    if end.get("type") != "end" or any(end.get(name, 0) != count for name, count in counts.items()):
        raise ValueError("an answer of the portal was cut off")
    return read


# --- What Kamailio is told ----------------------------------------------------------------------------------------------------------


def names(rtjson):
    """The terminals of an rtjson document: /minato000/minato001/"""
    uris = [route["uri"] for route in (rtjson or {}).get("routes", [])][:TERMINALS_MAX]
    return "/" + "".join(uri.removeprefix("sip:").split("@")[0] + "/" for uri in uris) if uris else ""


def rows(line):
    """The rows of a number, by table: what route[SNAPSHOT] and route[BLOCKED] read."""
    later = line.get("later") or {}
    rings = {"first": names(line.get("rtjson")), "after": str(later.get("after_s", 0)), "all": names(later.get("rtjson"))}
    block = {}
    for sign, patterns in (("=", line.get("exact")), ("^", line.get("prefix"))):
        for pattern, until in (patterns or {}).items():
            block[line["number"] + sign + pattern] = ends(until)
    return {"number": {line["number"]: record({**line, **rings})}, "block": block}


def rows_of_ids(line):
    """The rows of a contract's IDs: who one is, and who has which extension."""
    account, login, extension = line["account_id"], {}, {}
    for row in line["ids"]:
        fields = {"account": account, "extension": row["extension"], "terminal_name": row["terminal_name"], "suspended": line["suspended"]}
        login[row["login_id"]] = record(fields)
        if not line["suspended"]:
            extension[account + "/" + row["extension"]] = row["login_id"]
    return {"login": login, "extension": extension}


def record(fields):
    """name=value;name=value, so that a setting needs no line here: whatever is neither off nor empty."""
    kept = {name: plain(name, value) for name, value in fields.items() if isinstance(value, (bool, int, str))}
    return ";".join(f"{name}={value}" for name, value in kept.items() if value)


def plain(name, value):
    """A value as it stands in a record: an instant in seconds since 1970, what people have written in hexadecimal digits."""
    if isinstance(value, bool):
        return "1" if value else ""
    if name.endswith("_until"):
        return ends(value)
    return value.encode().hex() if name.endswith("_name") else str(value)


def ends(until):
    return "ever" if until is None else str(int(datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp()))


def head(line, position):
    """The rows of the whole: SIP codes by rule, and what is never refused."""
    codes = line["sip_codes"]
    rules = {"no_number": "no_number", "blocked": "blocked", "channel_limit": "busy", "no_terminal_rings": "no_terminal"}
    rules.update({"unknown_number": "unknown_number", "suspended": "suspended"})
    found = {"position": str(position), "never_refused": "/" + "/".join(line["never_refused"]) + "/"}
    for rule, name in rules.items():
        found[rule], found[rule + "_reason"] = str(codes[name]["code"]), codes[name]["reason"]
    return found


class Kamailio:
    """Its tables, over JSON-RPC through a datagram socket."""

    def __init__(self, path):
        self.path, self.serial = path, 0

    def call(self, method, *params):
        own = f"{self.path}.{os.getpid()}"
        self.serial += 1
        request = {"jsonrpc": "2.0", "method": method, "params": list(params), "id": self.serial}
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
            link.settimeout(60)
            try:
                link.bind(own)
                link.connect(self.path)
                link.send(json.dumps(request).encode())
                answer = json.loads(link.recv(65536))
            finally:
                if os.path.exists(own):
                    os.unlink(own)
        if "error" in answer:
            raise RuntimeError(f"Kamailio: {method}: {answer['error'].get('message')}")
        return answer.get("result")

    def has(self, position):
        try:
            item = self.call("htable.get", "snapshot", "position")
        except RuntimeError:
            return False
        return str(item.get("item", {}).get("value")) == str(position)


class Tables:
    """What is in force: in memory, on disk, and in Kamailio."""

    def __init__(self, folder, kamailio, entries_max):
        self.folder, self.kamailio, self.entries_max = folder, kamailio, entries_max
        self.numbers, self.contracts, self.header, self.position = {}, {}, None, None
        self.write_at, self.is_written = 0.0, False

    def path(self, name):
        return os.path.join(self.folder, name)

    def restore(self):
        """What was loaded last, as the portal sent it."""
        try:
            with gzip.open(self.path("snapshot.ndjson.gz"), "rb") as file:
                self.take(lines(file.read()))
        except (OSError, ValueError, KeyError, EOFError):
            self.numbers, self.contracts, self.header, self.position = {}, {}, None, None

    def take(self, read):
        """Enters the lines of a snapshot or of changes. Answers the rows before and after of all that they name."""
        header, end = read[0], read[-1]
        if header["type"] != "header" or header["format"] != 1:
            raise ValueError("the snapshot has a format that is not understood")
        if header["since"] is None:
            self.numbers, self.contracts, self.position = {}, {}, None
        before, after = {table: {} for table in TABLES}, {table: {} for table in TABLES}
        if end["position"] == self.position:
            return before, after
        for line in read:
            if line["type"] == "contract":
                kept, name, of = self.contracts, line["account_id"], rows_of_ids
            elif line["type"] in ("number", "removed"):
                kept, name, of = self.numbers, line["number"], rows
            else:
                continue
            known = kept.pop(name, None)
            if known is not None and header["since"] is not None:
                merge(before, of(known))
            if line["type"] != "removed" and line.get("ids") != []:
                kept[name] = line
                merge(after, of(line))
        if self.header is not None:
            before["snapshot"] = head(self.header, self.position)
        self.header, self.position = header, end["position"]
        after["snapshot"] = head(header, self.position)
        self.is_written = False
        return before, after

    def check(self):
        """Kamailio would not start with more than it has room for: what is in force stays, and the portal shows that it is not up to date."""
        entries = sum(len(line.get("exact") or ()) + len(line.get("prefix") or ()) for line in self.numbers.values())
        ids = sum(len(line["ids"]) for line in self.contracts.values())
        if max(entries, len(self.numbers), ids) > self.entries_max:
            raise RuntimeError(f"{len(self.numbers)} numbers, {ids} IDs and {entries} entries are more than ENTRIES_MAX in settings.cfg")

    def apply(self, before, after):
        """Brings Kamailio from one state to the other. The position comes last: whoever reads it finds all the rest there."""
        self.check()
        todo = []
        for table in TABLES:
            old, new = before[table], after[table]
            todo += [("htable.delete", table, key) for key in old if key not in new]
            todo += [("htable.sets", table, key, value) for key, value in new.items() if old.get(key) != value]
        if len(todo) > RELOAD_FROM:
            self.reload()
            return
        for method, *params in sorted(todo, key=lambda call: call[2] == "position"):
            try:
                self.kamailio.call(method, *params)
            except RuntimeError:
                # Nothing to delete.
                if method != "htable.delete":
                    raise

    def reload(self):
        self.write()
        for table in TABLES:
            self.kamailio.call("htable.reload", table)

    def write(self):
        """Writes what is in force where Kamailio reads it when it starts. Each file is whole at every moment."""
        self.check()
        began = time.monotonic()
        everything = {**{table: {} for table in TABLES}, "snapshot": head(self.header, self.position)}
        for line in self.numbers.values():
            merge(everything, rows(line))
        for line in self.contracts.values():
            merge(everything, rows_of_ids(line))
        for table in TABLES:
            entries = (f"{escaped(key)}:0:0:{escaped(value)}:0" for key, value in everything[table].items())
            self.replace("denwaban_" + table, ("\n".join([COLUMNS, *entries]) + "\n").encode())
        end = {"type": "end", "position": self.position, "numbers": len(self.numbers), "contracts": len(self.contracts), "removed": 0}
        whole = [dict(self.header, since=None), *self.contracts.values(), *self.numbers.values(), end]
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in whole)
        self.replace("snapshot.ndjson.gz", gzip.compress(text.encode(), 1))
        ended = time.monotonic()
        self.is_written, self.write_at = True, ended + max(WRITE_EVERY_S, (ended - began) / WRITING_SHARE)

    def keep(self):
        """Writes what has not been written yet, and looks after a Kamailio that was started anew with the files as they were."""
        if self.position is None:
            return
        if not self.is_written and time.monotonic() >= self.write_at:
            self.write()
        if not self.kamailio.has(self.position):
            log("Kamailio has another snapshot: it reads the files again")
            self.reload()

    def replace(self, name, data):
        path = self.path(name)
        with open(path + ".new", "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            # db_text reads a file again only when it is a whole second newer than what it has read.
            moment = max(int(time.time()), int(os.stat(path).st_mtime) + 1)
            os.utime(path + ".new", (moment, moment))
        os.replace(path + ".new", path)

    def prepare(self):
        """The files that Kamailio needs to start, where they are missing."""
        os.makedirs(self.folder, mode=0o750, exist_ok=True)
        for name in ("version", "location", "location_attrs"):
            if not os.path.exists(self.path(name)):
                shutil.copyfile(os.path.join(DEBIAN_TABLES, name), self.path(name))
        for table in TABLES:
            if not os.path.exists(self.path("denwaban_" + table)):
                self.replace("denwaban_" + table, (COLUMNS + "\n").encode())


def merge(into, added):
    for table, found in added.items():
        into[table].update(found)


def escaped(text):
    """As a field of db_text."""
    for sign, letter in (("\\", "\\"), (":", ":"), ("\n", "n"), ("\r", "r"), ("\t", "t")):
        text = text.replace(sign, "\\" + letter)
    return text


# --- The round -----------------------------------------------------------------------------------------------------------------------


def load(portal, tables):
    read = portal.snapshot()
    tables.take(read)
    tables.reload()
    portal.applied(tables.position)
    log(f"snapshot: {len(tables.numbers)} numbers, position {tables.position}")


def follow(portal, tables, wait_s):
    """One round of the long poll."""
    read = portal.changes(tables.position, wait_s if tables.is_written else min(wait_s, WRITE_EVERY_S))
    tables.keep()
    before, after = tables.take(read)
    tables.apply(before, after)
    portal.applied(tables.position)
    tables.keep()


def run(portal, tables, once):
    tables.restore()
    # What was restored may be old: the first answer must come at once.
    pause, wait_s = 0.5, 0
    while True:
        try:
            if tables.position is None:
                load(portal, tables)
            else:
                follow(portal, tables, wait_s)
            if once:
                return
            pause, wait_s = 0.5, WAIT_S
        except NeedsSnapshot:
            tables.position = None
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            # The portal or Kamailio is away, or what came is wrong: what is in force stays.
            log(f"not up to date: {error}")
            if once:
                sys.exit(1)
            try:
                tables.keep()
            except (OSError, RuntimeError) as other:
                log(f"Kamailio does not answer: {other}")
            time.sleep(pause)
            pause = min(pause * 2, 2)


def main():
    parser = argparse.ArgumentParser(description="Keeps the snapshot of Denwaban in Kamailio's tables.")
    parser.add_argument("--settings", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "settings.cfg"))
    parser.add_argument("--prepare", action="store_true", help="make the files that Kamailio needs to start, and end")
    parser.add_argument("--once", action="store_true", help="load one snapshot, and end")
    arguments = parser.parse_args()
    values = settings(arguments.settings)
    tables = Tables(values["STATE_DIR"], Kamailio(values["RPC_SOCKET"]), int(values["ENTRIES_MAX"]))
    tables.prepare()
    if not arguments.prepare:
        run(Portal(values["DENWABAN_URL"], values["DENWABAN_KEY"]), tables, arguments.once)


if __name__ == "__main__":
    main()
