package bolt

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// A record: version, flags, slot, source, target (each 8 bytes), the roots of
// block and attestation, checksum.
const (
	recordVersion = 1
	bodySize      = 2 + 3*8 + 2*32
	checkSize     = 16
	recordSize    = bodySize + checkSize
)

// The flags of a record.
const (
	hasBlock = 1 << iota
	hasBlockRoot
	hasAttestation
	hasAttestationRoot
	isDisabled
	isCovered
	allFlags = 1<<iota - 1
)

// identity tells stores apart; it goes into every checksum.
type identity [16]byte

// digest is the sum of the checksums of all records, in two lanes. It changes
// with any record, and is kept up to date one record at a time.
type digest [2]uint64

func (d *digest) add(value []byte) {
	a, b := lanes(value)
	d[0] += a
	d[1] += b
}

func (d *digest) remove(value []byte) {
	a, b := lanes(value)
	d[0] -= a
	d[1] -= b
}

func lanes(value []byte) (a, b uint64) {
	return binary.BigEndian.Uint64(value[bodySize:]), binary.BigEndian.Uint64(value[bodySize+8:])
}

// encode returns the value of a record.
func encode(id identity, r slashingdb.Record) []byte {
	value := make([]byte, 2, recordSize)
	value[0], value[1] = recordVersion, flagsOf(r)
	value = binary.BigEndian.AppendUint64(value, uint64(r.Slot))
	value = binary.BigEndian.AppendUint64(value, uint64(r.Source))
	value = binary.BigEndian.AppendUint64(value, uint64(r.Target))
	value = append(value, r.BlockRoot[:]...)
	value = append(value, r.AttestationRoot[:]...)
	return append(value, check(id, r.Key, value)...)
}

func flagsOf(r slashingdb.Record) byte {
	var flags byte
	for i, on := range []bool{r.HasBlock, r.HasBlockRoot, r.HasAttestation, r.HasAttestationRoot, r.Disabled, r.Covered} {
		if on {
			flags |= 1 << i
		}
	}
	return flags
}

func check(id identity, key slashingdb.PublicKey, body []byte) []byte {
	text := make([]byte, 0, 256)
	text = append(text, "ethkey slashing record\x00"...)
	text = append(text, id[:]...)
	text = append(text, key[:]...)
	text = append(text, body...)
	sum := sha256.Sum256(text)
	return sum[:checkSize]
}

// decode reads a record, and says what is wrong with it otherwise.
func decode(id identity, key, value []byte) (slashingdb.Record, string) {
	var r slashingdb.Record
	if len(key) != len(r.Key) {
		return r, "a record has no public key for a name"
	}
	r.Key = slashingdb.PublicKey(key)
	if len(value) != recordSize || value[0] != recordVersion || value[1]&^byte(allFlags) != 0 {
		return r, "the record of key " + r.Key.String() + " is not of this version"
	}
	if string(check(id, r.Key, value[:bodySize])) != string(value[bodySize:]) {
		return r, "the record of key " + r.Key.String() + " does not match its checksum"
	}
	flags := value[1]
	r.HasBlock, r.HasBlockRoot = flags&hasBlock != 0, flags&hasBlockRoot != 0
	r.HasAttestation, r.HasAttestationRoot = flags&hasAttestation != 0, flags&hasAttestationRoot != 0
	r.Disabled, r.Covered = flags&isDisabled != 0, flags&isCovered != 0
	r.Slot = slot(value[2:])
	r.Source, r.Target = epoch(value[10:]), epoch(value[18:])
	copy(r.BlockRoot[:], value[26:])
	copy(r.AttestationRoot[:], value[58:])
	return r, ""
}
