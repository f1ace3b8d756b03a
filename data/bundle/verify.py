#!/usr/bin/env python3
"""Checks an .acr bundle offline: Python 3.8+ and OpenSSL 3, nothing to install.

    python3 verify.py BUNDLE.acr [sha256:FINGERPRINT-OF-THE-ROOT]

Ends with YES (0), YES BUT NOT ANCHORED (14: compare the printed fingerprint with one you
got another way) or NO (13). The evidence record (RFC 4998) is for other tools.
"""
import base64, calendar, hashlib, json, os, re, ssl, subprocess, sys, tempfile, time, zipfile

PROOFS = ("manifest.json", "META-INF/manifest.tlog-proof", "checkpoint.tst", "evidencerecord.ers", "certificate.p7m")


class No(Exception):
    pass


def need(good, what):
    if not good:
        raise No(what)
    print("ok  " + what)


def openssl(*args):
    run = subprocess.run(("openssl",) + args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout if run.returncode == 0 else None


def sha256(data):
    return hashlib.sha256(data).digest()


def root_of(leaf, index, size, path):  # RFC 9162 section 2.1.3.2
    at, last = index, size - 1
    for step in path:
        if at & 1 or at == last:
            leaf = sha256(b"\1" + step + leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = sha256(b"\1" + leaf + step)
        at, last = at >> 1, last >> 1
    return leaf if last == 0 and index < size else None


def check(bundle, anchor):
    with zipfile.ZipFile(bundle) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    def file(name, data):
        with open(name, "wb") as out:
            out.write(data)
        return name
    head, _, note = parts["META-INF/manifest.tlog-proof"].decode().partition("\n\n")
    body, _, lines = note.partition("\n\n")
    root, cms = file("root.pem", parts["trust/root.pem"]), file("cms", parts["certificate.p7m"])
    token, when = parts.get("checkpoint.tst"), []
    if token:
        file("token", token)
        text = openssl("ts", "-reply", "-token_in", "-in", "token", "-text") or b""
        found = re.search(r"Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT", text.decode("utf-8", "replace"))
        need(found, "the time-stamp can be read")
        stamped = " ".join(found.groups())
        when = ["-attime", str(calendar.timegm(time.strptime(stamped, "%b %d %H:%M:%S %Y")))]
        args = ("-token_in", "-in", "token", "-data", file("note", note.encode()), "-CAfile", root)
        need(openssl("ts", "-verify", *args, *when), "time-stamp over the log: %s UTC" % stamped)
    args = ("-inform", "DER", "-in", cms, "-CAfile", root, "-purpose", "any", "-binary")
    said = openssl("cms", "-verify", "-cades", *args, *when)
    need(said, "the issuer's signature")
    said = json.loads(said)
    inside = {n: sha256(d).hex() for n, d in parts.items() if n not in PROOFS + ("mimetype",)}
    need(inside == said["enclosed"], "all %d enclosed files are as signed" % len(inside))
    docs = [n for n in inside if n.startswith("doc/")]
    facts = json.dumps(said["facts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    need(docs and all('"%s"' % inside[n] in facts for n in docs), "certified: " + ", ".join(docs))
    entry = parts["manifest.json"]
    need(json.loads(entry)["body"]["facts_sha256"] == sha256(facts.encode()).hex(), "the log entry is of these facts")
    _, index, *path = head.split("\n")
    origin, size, top = body.split("\n")
    found = root_of(sha256(b"\0" + entry), int(index[6:]), int(size), [base64.b64decode(p) for p in path])
    need(found == base64.b64decode(top), "it is entry %s of %s in the log %s" % (index[6:], size, origin))
    name, _, key = parts["trust/log.vkey"].decode().strip().split("+", 2)
    spki = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key)[1:]).decode()
    file("log.pem", ("-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % spki).encode())
    line = [one for one in lines.split("\n") if one.startswith("\u2014 " + name + " ")]
    need(len(line) == 1, "the log's signature line is there")
    file("sig", base64.b64decode(line[0].split(" ")[2])[4:])
    args = ("-inkey", "log.pem", "-in", file("body", body.encode() + b"\n"), "-sigfile", "sig")
    need(openssl("pkeyutl", "-verify", "-pubin", "-rawin", *args), "the log's signature")
    mark = "sha256:" + sha256(ssl.PEM_cert_to_DER_cert(parts["trust/root.pem"].decode())).hex()
    print("serial   %(serial)s, issued %(issued_at)s, valid until %(valid_until)s\nstanding %(standing)s" % said["facts"])
    print("root     " + mark)
    if anchor:
        need(anchor == mark, "the root is the one you named")
    return mark == anchor


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    bundle, anchor = os.path.abspath(sys.argv[1]), sys.argv[2].lower() if sys.argv[2:] else ""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        try:
            anchored = check(bundle, anchor)
        except Exception as error:  # whatever breaks in a damaged file, the answer is no
            print("NO / 아니오: " + (str(error) if isinstance(error, No) else "damaged (%r)" % error))
            return 13
        finally:
            os.chdir(here)
    print("YES / 예" if anchored else "YES BUT NOT ANCHORED / 온전하나 서명자 미확인")
    return 0 if anchored else 14


if __name__ == "__main__":
    sys.exit(main())
