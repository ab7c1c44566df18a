import hashlib, hmac, sys
from recover import A, combine, read, show, texts
GENERATOR = (0x3D59D273535EA62D897, 0x7A9BECB6361C6C51507, 0x543F9B7E6C38D8A2A0E,
             0x0C577EAECCF1990D13C, 0x1887F74F8DC71B10651)
BECH32 = 0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3
def residue(values, start, bits, generator):  # of a checksum
    for v in values:
        start, top = (start & (1 << bits) - 1) << 5 ^ v, start >> bits
        for i in range(5):
            start ^= generator[i] * (top >> i & 1)
    return start
def whole(text):  # the checksum of what stands after EK1
    return residue(map(A.index, text), 0x23180AB, 70, GENERATOR) == 0x6577B6481E8723C746D
def finish(package, header):
    show(package, header)
    if package[0] >> 4 == 5:  # bech32 of BIP-173
        bits = "".join(format(b, "08b") for b in package[2:34]) + "0000"
        data, hrp = [int(bits[i:i + 5], 2) for i in range(0, 260, 5)], b"age-secret-key-"
        values = [c >> 5 for c in hrp] + [0] + [c & 31 for c in hrp] + data + [0] * 6
        check = 1 ^ residue(values, 1, 25, BECH32)
        data += [check >> i & 31 for i in range(25, -1, -5)]
        print("for age: AGE-SECRET-KEY-1" + "".join(A[v] for v in data))
def unlock(header, body, passphrase):
    text = passphrase.upper().replace(" ", "").replace("-", "").encode()
    salt = "".join(A[header >> i & 31] for i in range(55, -1, -5)).encode()
    sealed, code = body[:-16], body[-16:]
    stream = hashlib.scrypt(text, salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26,
                            dklen=len(sealed) + 32)
    if hmac.new(stream[-32:], salt + sealed, "sha256").digest()[:16] != code:
        sys.exit("WRONG: not the passphrase of this sheet")
    return header & ~4, bytes(a ^ b for a, b in zip(sealed, stream))
sheets, groups, shares = set(), {}, []
for text in texts(sys.argv[1]):
    header, body = read(text)
    if not whole(text):
        sys.exit("WRONG: EK1 %s... is mistyped" % text[:12])
    if header & 4:
        print("passphrase of the sheet EK1 %s...:" % text[:12], flush=True)
        header, body = unlock(header, body, sys.stdin.readline().strip())
    sheets.add((header, body))
common = {h & 0xFFFFFFFC3FC01FB for h, _ in sheets}
if len(common) != 1:
    sys.exit("WRONG: sheets of different sets, see the 6 characters after EK1; or none")
for header, body in sheets:
    groups.setdefault(header >> 26 & 15, []).append((header, body))
for group, members in groups.items():
    header, bodies = members[0][0], [body for _, body in members]
    if len(bodies) < header >> 14 & 15:
        print("group %d: %d of %d sheets" % (group, len(bodies), header >> 14 & 15))
        if header >> 18 & 15 == 1:
            sys.exit(1)
    elif header >> 18 & 15 == 1:  # one level
        finish(combine(bodies), header & 0xFFFFFFFC3FFC1FB)
    elif header >> 14 & 15 == 1:  # a group of one sheet
        shares.append(bodies[0])
    else:
        share = combine(bodies)
        key = b"ethkey-group-1" + (header & 0xFFFFFFFFFFFC1FB).to_bytes(8, "big")
        if hmac.new(key, share[:-4], "sha256").digest()[:4] != share[-4:]:
            sys.exit("WRONG: the sheets of group %d do not belong together" % group)
        shares.append(share[:-4])
header = common.pop()
if header >> 18 & 15 > 1:
    if len(shares) < header >> 22 & 15:
        sys.exit("%d of %d groups" % (len(shares), header >> 22 & 15))
    finish(combine(shares), header)
