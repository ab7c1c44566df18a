package backup

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethkey/ethkey/pkg/shamir"
)

// BenchmarkSplit is a 3-of-5 set of 24 words on A4: shares, record, pages, all
// machine checks, files, without the person. It is to take less than 2 s.
func BenchmarkSplit(b *testing.B) {
	r := newRoom(b)
	b.ReportAllocs()
	for b.Loop() {
		req := r.request()
		req.Scheme, req.NoCheck = shamir.Single(3, 5), true
		plan, _, err := PlanSplit(r.m, req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := plan.Run(context.Background(), quiet{r}, nil); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		files, err := filepath.Glob(filepath.Join(r.records, "*"))
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
	}
}

// quiet is a desk at which the person says yes, and does nothing.
type quiet struct{ *room }

// Confirm implements Desk.
func (quiet) Confirm(context.Context, Question) (bool, error) { return true, nil }
