import hashlib, hmac, sys
A = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
KINDS = ("", "BIP-39 entropy", "BIP-39 entropy, used with a passphrase", "password", "secret key",
         "age identity (recover_more.py prints it for age)", "text")
def texts(name):  # of the sheets, each from EK1 on, in lines of any length
    text = "".join(open(name, encoding="utf-8-sig").read().upper().replace("-", "").split())
    return [t for t in text.split("EK1") if t]
def read(text):  # the header as a number, the share as bytes
    strange = " ".join(sorted(set(text) - set(A)))
    if strange or len(text) not in (96, 104, 122, 130, 147, 155, 173, 181):
        sys.exit("WRONG: EK1 %s... has %d characters after EK1%s" % (
            text[:12], len(text), strange and "; no sheet has " + strange))
    bits = "".join(format(A.index(c), "05b") for c in text[:-15])
    return int(bits[:60], 2), bytes(int(bits[i:i + 8], 2) for i in range(60, len(bits) - 7, 8))
def mul(a, b):  # in GF(256), modulo 0x11B
    product = 0
    while b:
        product, a, b = product ^ a * (b & 1), a << 1 ^ (a >> 7) * 0x11B, b >> 1
    return product
def combine(shares):  # Lagrange at 0; the last byte of a share is its x
    result, places = bytes(len(shares[0]) - 1), [s[-1] for s in shares]
    if 0 in places or len(set(places)) < len(places):
        sys.exit("WRONG: a forged sheet, or two that are not what they say")
    for x, share in zip(places, shares):
        weight = 1
        for z in places:
            if z != x:
                weight = mul(weight, mul(z, next(i for i in range(256) if mul(i, z ^ x) == 1)))
        result = bytes(r ^ mul(weight, y) for r, y in zip(result, share))
    return result
def show(package, header):  # of the header, what all sheets have in common
    key = b"ethkey-share-1" + header.to_bytes(8, "big")
    if hmac.new(key, package[:-8], "sha256").digest()[:8] != package[-8:]:
        sys.exit("WRONG: these sheets do not belong together, or one is mistyped")
    kind, secret = package[0] >> 4, package[2:2 + package[1]]
    print("kind:", KINDS[kind] + (", language %d" % (package[0] & 15) if kind < 3 else ""))
    print("secret:", secret.decode() if kind in (3, 6) else secret.hex())
    if kind < 3 and len(sys.argv) > 2:  # the word list of that language
        words, n = open(sys.argv[2], encoding="utf-8").read().split(), len(secret)
        bits = "".join(format(b, "08b") for b in secret + hashlib.sha256(secret).digest())
        print("words:", " ".join(words[int(bits[i:i + 11], 2)] for i in range(0, n * 33 // 4, 11)))
if __name__ == "__main__":
    sheets = {read(text) for text in texts(sys.argv[1])}
    if any(h & 4 or h >> 18 & 15 > 1 for h, _ in sheets):
        sys.exit("sheets of groups, or with a passphrase: use recover_more.py")
    headers = {h & 0xFFFFFFFC3FFC1FB for h, _ in sheets}
    if len(headers) != 1:
        sys.exit("WRONG: sheets of different sets, see the 6 characters after EK1; or none")
    header = headers.pop()
    if len(sheets) < header >> 14 & 15:
        sys.exit("%d of %d sheets" % (len(sheets), header >> 14 & 15))
    show(combine([share for _, share in sheets]), header)
