import hashlib, hmac, sys
from recover import A, combine, read, show
GENERATOR = (0x3D59D273535EA62D897, 0x7A9BECB6361C6C51507, 0x543F9B7E6C38D8A2A0E,
             0x0C577EAECCF1990D13C, 0x1887F74F8DC71B10651)
def whole(line):  # the checksum of what stands after EK1
    residue = 0x23180AB
    for c in line.upper().replace(" ", "").replace("-", "").strip().split("EK1")[-1]:
        residue, top = (residue & (1 << 70) - 1) << 5 ^ A.index(c), residue >> 70
        for i in range(5):
            residue ^= GENERATOR[i] * (top >> i & 1)
    return residue == 0x6577B6481E8723C746D
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
for number, line in enumerate(open(sys.argv[1]), 1):
    if line.strip():
        if not whole(line):
            sys.exit("WRONG: line %d is mistyped" % number)
        header, body = read(line)
        if header & 4:
            print("passphrase of the sheet on line %d:" % number, flush=True)
            header, body = unlock(header, body, sys.stdin.readline().strip())
        sheets.add((header, body))
common = {h & 0xFFFFFFFC3FC01FB for h, _ in sheets}
if len(common) > 1:
    sys.exit("WRONG: sheets of different sets")
for header, body in sheets:
    groups.setdefault(header >> 26 & 15, []).append((header, body))
for group, members in groups.items():
    header, bodies = members[0][0], [body for _, body in members]
    if len(bodies) < header >> 14 & 15:
        print("group %d: %d of %d sheets" % (group, len(bodies), header >> 14 & 15))
        if header >> 18 & 15 == 1:
            sys.exit(1)
    elif header >> 18 & 15 == 1:  # one level
        show(combine(bodies), header & 0xFFFFFFFC3FFC1FB)
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
    show(combine(shares), header)
