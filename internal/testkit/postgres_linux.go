package testkit

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// Postgres is a PostgreSQL server of a test's own, on loopback, that runs as an
// ordinary user and ends with the test.
type Postgres struct {
	t       testing.TB
	bin     string
	Folder  string // its data
	Port    int
	running bool
}

// StartPostgres makes a server with the given lines added to its
// postgresql.conf, and starts it. Where PostgreSQL is not installed the test is
// skipped, unless CI=true.
func StartPostgres(t testing.TB, settings ...string) *Postgres {
	t.Helper()
	p := newPostgres(t)
	p.do("initdb", "-D", p.Folder, "-U", "owner", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8")
	p.Set(append([]string{"max_connections = 120", "cluster_name = 'first'"}, settings...)...)
	p.Start()
	return p
}

// With is the same server in another test, which ends when the first one says.
func (p *Postgres) With(t testing.TB) *Postgres {
	q := *p
	q.t = t
	return &q
}

func newPostgres(t testing.TB) *Postgres {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("no PostgreSQL server is installed: apt install postgresql")
		}
		t.Skip("no PostgreSQL server is installed: apt install postgresql")
	}
	slices.Sort(found)
	folder := filepath.Join(postgresDir(t), "data")
	p := &Postgres{t: t, bin: filepath.Dir(found[len(found)-1]), Folder: folder, Port: freePort(t)}
	t.Cleanup(func() {
		if p.running {
			p.Stop("immediate")
		}
	})
	return p
}

// postgresDir lies in memory where there is enough: a server that is killed
// leaves there what it would leave on a disk, and tests need not wait for the
// disk. A benchmark is to.
func postgresDir(t testing.TB) string {
	t.Helper()
	const memory = "/dev/shm"
	var s unix.Statfs_t
	if _, bench := t.(*testing.B); bench || unix.Statfs(memory, &s) != nil || s.Bavail*uint64(s.Bsize) < 4<<30 {
		return TempDir(t)
	}
	return given(t, tempDir(t, memory))
}

// ports are handed out once each, from below those that the kernel gives to
// outgoing connections, so that none is taken before its server starts.
var ports struct {
	sync.Mutex
	next int
}

func freePort(t testing.TB) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.next == 0 {
		ports.next = 12_000 + rand.IntN(18_000)
	}
	for range 1000 {
		port := ports.next
		ports.next++
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// do runs one of PostgreSQL's programs and fails the test when it fails.
func (p *Postgres) do(program string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(filepath.Join(p.bin, program), args...)
	cmd.Dir = filepath.Dir(p.Folder)
	Unprivileged(p.t, cmd)
	// A server that pg_ctl starts keeps a pipe open for as long as it lives.
	out, err := os.CreateTemp(p.t.TempDir(), "out")
	if err != nil {
		p.t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	text, _ := os.ReadFile(out.Name())
	if err != nil {
		log, _ := os.ReadFile(p.log())
		p.t.Fatalf("%s %v: %v\n%s%s", program, args, err, text, log)
	}
	return strings.TrimSpace(string(text))
}

func (p *Postgres) log() string { return p.Folder + ".log" }

// Set adds lines to postgresql.conf; a later line overrules an earlier one.
// They hold from the next Start or Reload.
func (p *Postgres) Set(lines ...string) {
	p.t.Helper()
	f, err := os.OpenFile(filepath.Join(p.Folder, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintln(f, strings.Join(lines, "\n")); err != nil {
		p.t.Fatal(err)
	}
}

// Start starts the server and waits until it answers.
func (p *Postgres) Start() {
	p.t.Helper()
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=%s", p.Port, filepath.Dir(p.Folder))
	p.do("pg_ctl", "-D", p.Folder, "-l", p.log(), "-w", "-o", options, "start")
	p.running = true
}

// Stop stops the server: "fast" breaks the connections, "immediate" is a crash.
func (p *Postgres) Stop(mode string) {
	p.t.Helper()
	p.do("pg_ctl", "-D", p.Folder, "-m", mode, "-w", "stop")
	p.running = false
}

// Reload makes the server read postgresql.conf again.
func (p *Postgres) Reload() {
	p.t.Helper()
	p.do("pg_ctl", "-D", p.Folder, "reload")
}

// Promote makes a standby the primary and waits until it is.
func (p *Postgres) Promote() {
	p.t.Helper()
	p.do("pg_ctl", "-D", p.Folder, "-w", "promote")
}

// Standby starts a streaming standby of p under a cluster name.
func (p *Postgres) Standby(name string) *Postgres {
	p.t.Helper()
	s := newPostgres(p.t)
	p.do("pg_basebackup", "-d", p.URL("postgres")+"&application_name="+name, "-D", s.Folder, "-R", "-X", "stream", "-c", "fast", "--no-sync")
	s.Set(fmt.Sprintf("cluster_name = '%s'", name), "hot_standby = on", "synchronous_standby_names = ''")
	s.Start()
	return s
}

// Exec runs one statement in a database by psql and returns what it prints,
// unaligned and without headings.
func (p *Postgres) Exec(database, statement string) string {
	p.t.Helper()
	return p.do("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", p.URL(database), "-c", statement)
}

// Database makes an empty database that belongs to a role without rights of
// its own, and returns its address.
func (p *Postgres) Database(name string) string {
	p.t.Helper()
	p.Exec("postgres", "create role "+name+" login")
	p.Exec("postgres", "create database "+name+" owner "+name)
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", name, p.Port, name)
}

// URL returns the address of a database for the server's owner.
func (p *Postgres) URL(database string) string {
	return fmt.Sprintf("postgres://owner@127.0.0.1:%d/%s?sslmode=disable", p.Port, database)
}

// CopyTo makes the tables of a database, by a dump, in the database at url.
func (p *Postgres) CopyTo(database, url string) {
	p.t.Helper()
	dump := p.Folder + ".dump"
	p.do("pg_dump", "-d", p.URL(database), "-f", dump, "--no-owner")
	p.do("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", dump)
}

// WaitFor runs a query until it returns true.
func (p *Postgres) WaitFor(query string) {
	p.t.Helper()
	for range 500 {
		if p.Exec("postgres", query) == "t" {
			return
		}
	}
	p.t.Errorf("never true: %s", query)
}

// Save copies the data of the stopped server aside.
func (p *Postgres) Save() {
	p.t.Helper()
	p.copyFolder(p.Folder, p.Folder+".saved")
}

// Restore puts the stopped server back to what Save kept.
func (p *Postgres) Restore() {
	p.t.Helper()
	if err := os.RemoveAll(p.Folder); err != nil {
		p.t.Fatal(err)
	}
	p.copyFolder(p.Folder+".saved", p.Folder)
}

func (p *Postgres) copyFolder(from, to string) {
	p.t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
}
