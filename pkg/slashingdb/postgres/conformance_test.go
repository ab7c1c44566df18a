package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/storetest"
)

// placed is a store with what it takes to open it again.
type placed struct {
	slashingdb.Store
	database string
	config   Config
}

// database is used again by the next test.
type database struct{ name, url string }

func (d database) empty(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.url)
	if err == nil {
		_, err = conn.Exec(ctx, "drop schema ethkey cascade")
		conn.Close(ctx)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	var free []database // the suite's tests come one after the other
	reopen := func(t *testing.T, s slashingdb.Store) slashingdb.Store {
		p := s.(*placed)
		p.Close()
		again, err := Open(t.Context(), p.config)
		if err != nil {
			t.Fatal(err)
		}
		return &placed{again, p.database, p.config}
	}
	storetest.Run(t, storetest.Harness{
		Vectors: testkit.Vectors,
		Seed:    uint64(time.Now().UnixNano()),
		New: func(t *testing.T, chain slashingdb.Chain, now func() time.Time) slashingdb.Store {
			var db database
			if n := len(free); n > 0 {
				db, free = free[n-1], free[:n-1]
			} else {
				_, db.name, db.url = sharedServer(t)
			}
			config := Config{URL: db.url, Now: now, Sessions: 4}
			s, err := Init(t.Context(), config, chain)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				s.Close()
				db.empty(t)
				free = append(free, db)
			})
			return &placed{s, db.name, config}
		},
		Reopen: reopen,
		// The rows are found on a server that is not the one they name.
		Elsewhere: func(t *testing.T, s slashingdb.Store) slashingdb.Store {
			shared.server.With(t).Exec(s.(*placed).database, "update ethkey.store set system_identifier = '1'")
			return reopen(t, s)
		},
	})
}
