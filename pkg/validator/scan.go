package validator

import (
	"context"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
)

// DefaultScanLimit is how many key indices a scan tries unless told otherwise.
const DefaultScanLimit = 1024

// Found is where a scan found what it looked for.
type Found struct {
	OK    bool   `json:"found"`
	Index uint32 `json:"index"`
	Path  string `json:"path"`
}

// FindKeys looks for public keys among the limit keys of a branch from start
// on. It answers for each of want, in order, and ends when all are found. A
// limit of 0 is DefaultScanLimit.
func FindKeys(ctx context.Context, m Machine, branch *derive.Branch, want []bls.PublicKey, start, limit uint64, progress Progress) ([]Found, error) {
	return scan(ctx, m, branch, want, func(pk bls.PublicKey) bls.PublicKey { return pk }, start, limit, progress)
}

// FindCredentials is FindKeys for 0x00 withdrawal credentials; the branch is
// that of the withdrawal keys.
func FindCredentials(ctx context.Context, m Machine, branch *derive.Branch, want [][32]byte, start, limit uint64, progress Progress) ([]Found, error) {
	return scan(ctx, m, branch, want, message.BLSCredentials, start, limit, progress)
}

// scan derives the keys of a branch and looks up what of makes of each.
func scan[T comparable](ctx context.Context, m Machine, branch *derive.Branch, want []T, of func(bls.PublicKey) T, start, limit uint64, progress Progress) ([]Found, error) {
	if start >= indexLimit {
		return nil, fault.New(fault.Refused, "start index %d: expected a number below 2^32", start)
	}
	if limit == 0 {
		limit = DefaultScanLimit
	}
	limit = min(limit, indexLimit-start)
	if branch.Template().Fixed() {
		limit = 1
	}
	places := make(map[T][]int, len(want))
	for i, w := range want {
		places[w] = append(places[w], i)
	}
	found := make([]Found, len(want))
	for tried := uint64(0); tried < limit && len(places) > 0; tried += batch {
		n := int(min(batch, limit-tried))
		got, err := scanBatch(ctx, m, branch, of, start+tried, n)
		if err != nil {
			return nil, interrupted(ctx, err)
		}
		for j, v := range got {
			index := uint32(start + tried + uint64(j))
			for _, i := range places[v] {
				found[i] = Found{OK: true, Index: index, Path: branch.Path(index).String()}
			}
			delete(places, v)
		}
		progress.step(int(min(tried+batch, limit)), int(limit))
	}
	return found, nil
}

func scanBatch[T any](ctx context.Context, m Machine, branch *derive.Branch, of func(bls.PublicKey) T, start uint64, n int) ([]T, error) {
	got := make([]T, n)
	err := parallel(ctx, m.Workers, n, func(i int) error {
		sk, err := branch.Key(uint32(start) + uint32(i))
		if err != nil {
			return err
		}
		got[i] = of(sk.PublicKey())
		sk.Close()
		return nil
	})
	return got, err
}
