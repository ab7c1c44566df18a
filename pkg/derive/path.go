package derive

import (
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// The first two levels of a validator's path (EIP-2334, "Purpose" and "Coin
// Type").
const (
	Purpose  = 12381
	CoinType = 3600
)

const (
	minLevels = 4   // EIP-2334, "Path": purpose, coin type, account, use
	maxLevels = 255 // ours: a path is typed by a person
)

// Path is the indices below the master key, m.
type Path []uint32

// WithdrawalPath is m/12381/3600/i/0 (EIP-2334, "Validator keys").
func WithdrawalPath(i uint32) Path { return Path{Purpose, CoinType, i, 0} }

// SigningPath is m/12381/3600/i/0/0 (EIP-2334, "Validator keys").
func SigningPath(i uint32) Path { return append(WithdrawalPath(i), 0) }

// ParsePath reads "m" and at least four indices, joined by "/" (EIP-2334,
// "Path"). An index is a decimal number below 2^32 with no sign, blank or
// leading zero; there are no hardened levels in this tree, so "'" is refused.
func ParsePath(s string) (Path, error) {
	levels := strings.Split(s, "/")
	if levels[0] != "m" {
		return nil, fault.New(fault.Refused, "path %q: want m in front", s)
	}
	levels = levels[1:]
	if len(levels) < minLevels || len(levels) > maxLevels {
		return nil, fault.New(fault.Refused, "path %q: want at least %d levels below m, found %d", s, minLevels, len(levels)).
			WithHint("a validator's signing key is at m/12381/3600/i/0/0, its withdrawal key at m/12381/3600/i/0")
	}
	p := make(Path, len(levels))
	for i, level := range levels {
		index, ok := parseIndex(level)
		if !ok {
			return nil, badIndex(s, level, i+1)
		}
		p[i] = index
	}
	return p, nil
}

func parseIndex(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && strconv.FormatUint(n, 10) == s
}

func badIndex(path, level string, at int) error {
	err := fault.New(fault.Refused, "path %q: level %d is %q, want a number from 0 to 4294967295", path, at, level)
	if strings.HasSuffix(level, "'") {
		err = err.WithHint("EIP-2334 paths have no hardened levels; write them without '")
	}
	return err
}

// CheckValidator refuses a path that is not under m/12381/3600.
func (p Path) CheckValidator() error {
	if len(p) < minLevels || p[0] != Purpose || p[1] != CoinType {
		return fault.New(fault.Refused, "path %s: a validator's key is under m/%d/%d", p, Purpose, CoinType)
	}
	return nil
}

// String returns the path as EIP-2334 writes it.
func (p Path) String() string {
	var b strings.Builder
	b.WriteByte('m')
	for _, index := range p {
		b.WriteByte('/')
		b.WriteString(strconv.FormatUint(uint64(index), 10))
	}
	return b.String()
}
