package postgres

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

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

func TestConformance(t *testing.T) {
	server := testkit.StartPostgres(t)
	var count atomic.Int32
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
			database := fmt.Sprintf("signer%d", count.Add(1))
			config := Config{URL: server.Database(database), Now: now, Sessions: 4}
			s, err := Init(t.Context(), config, chain)
			if err != nil {
				t.Fatal(err)
			}
			return &placed{s, database, config}
		},
		Reopen: reopen,
		// The rows are found on a server that is not the one they name.
		Elsewhere: func(t *testing.T, s slashingdb.Store) slashingdb.Store {
			server.Exec(s.(*placed).database, "update ethkey.store set system_identifier = '1'")
			return reopen(t, s)
		},
	})
}
