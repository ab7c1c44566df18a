package postgres

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// lasting is a test that ends with the process.
type lasting struct {
	testing.TB
	ends []func()
}

func (l *lasting) Cleanup(end func()) { l.ends = append(l.ends, end) }

func (l *lasting) TempDir() string {
	dir, err := os.MkdirTemp("", "ethkey")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// shared is the server of all tests that neither stop nor change theirs.
var shared struct {
	once     sync.Once
	server   *testkit.Postgres
	life     lasting
	database atomic.Int32
}

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(shared.life.ends) - 1; i >= 0; i-- {
		shared.life.ends[i]()
	}
	os.Exit(code)
}

// sharedServer returns the server, with an empty database for this test.
func sharedServer(t testing.TB) (server *testkit.Postgres, database, url string) {
	t.Helper()
	shared.once.Do(func() {
		shared.life.TB = t
		shared.server = testkit.StartPostgres(&shared.life)
	})
	if shared.server == nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the server did not start for the first test")
		}
		t.Skip("the server did not start for the first test")
	}
	server = shared.server.With(t)
	database = fmt.Sprintf("signer%d", shared.database.Add(1))
	return server, database, server.Database(database)
}
