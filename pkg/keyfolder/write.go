package keyfolder

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
)

// Sink takes files; an atomicfile.Set of a tree is one.
type Sink interface {
	AddTree(name string, perm fs.FileMode, data []byte) error
}

// Entry is one key to write.
type Entry struct {
	PublicKey bls.PublicKey
	Path      string // EIP-2334; may be empty
	Name      string // of the keystore's file, where the layout leaves it open
	Keystore  []byte
	Password  []byte // for layouts that keep them; nil: not written
	Disabled  bool
}

// Writer writes keystores in a layout other than that of a wallet.
type Writer struct {
	layout      Layout
	sink        Sink
	at          string
	unix        int64
	keys        map[bls.PublicKey]bool
	taken       map[string]bool
	definitions []byte
}

// NewWriter returns a writer to sink. at is the absolute path that the folder
// will have where the client runs; Lighthouse's definitions name it. The names
// of new keystores in a plain folder carry the second unix.
func NewWriter(layout Layout, sink Sink, at string, unix int64) *Writer {
	return &Writer{
		layout: layout, sink: sink, at: at, unix: unix,
		keys: map[bls.PublicKey]bool{}, taken: map[string]bool{}, definitions: []byte("---\n"),
	}
}

// Add writes the files of one key and returns the name of its keystore.
func (w *Writer) Add(e Entry) (string, error) {
	if w.keys[e.PublicKey] {
		return "", fault.New(fault.Refused, "two keystores hold the key %s", e.PublicKey).
			WithHint("remove one of them from the folder that is read")
	}
	name, password := w.names(e)
	w.keys[e.PublicKey], w.taken[name] = true, true
	perm := styles[w.layout].perm
	if err := w.sink.AddTree(name, perm, e.Keystore); err != nil {
		return "", err
	}
	if e.Password != nil && password != "" {
		if err := w.sink.AddTree(password, secretPerm, e.Password); err != nil {
			return "", err
		}
	}
	switch w.layout {
	case Lighthouse:
		w.define(e, name, password)
	case Web3Signer, Vero:
		return name, w.sink.AddTree(e.PublicKey.String()+".yaml", perm, signerConfig(name, password))
	}
	return name, nil
}

// Finish writes what names all keys.
func (w *Writer) Finish() error {
	if w.layout != Lighthouse {
		return nil
	}
	return w.sink.AddTree(definitionsFile, styles[w.layout].perm, w.definitions)
}

// names returns where the keystore and its password go; "" for no password.
func (w *Writer) names(e Entry) (keystore, password string) {
	key := e.PublicKey.String()
	switch w.layout {
	case Lighthouse:
		return path.Join("validators", key, lighthouseKeystore), path.Join("secrets", key)
	case Nimbus:
		return path.Join("validators", key, nimbusKeystore), path.Join("secrets", key)
	case Lodestar:
		return path.Join("keystores", key, lodestarKeystore), path.Join("secrets", key)
	case Teku:
		return path.Join("keys", key+".json"), path.Join("passwords", key+".txt")
	case Web3Signer, Vero:
		return key + ".json", key + ".password"
	default:
		return w.plainName(e), ""
	}
}

// plainName keeps the name that the keystore had, if importers know it for
// one. Two phrases may have a key at one path; then the second differs.
func (w *Writer) plainName(e Entry) string {
	if strings.HasPrefix(e.Name, "keystore-") && strings.HasSuffix(e.Name, ".json") && !w.taken[e.Name] {
		return e.Name
	}
	p, err := derive.ParsePath(e.Path)
	if err != nil {
		return "keystore-" + e.PublicKey.String() + ".json"
	}
	for unix := w.unix; ; unix++ {
		name := fmt.Sprintf("keystore-%s-%d.json", strings.ReplaceAll(p.String(), "/", "_"), unix)
		if !w.taken[name] {
			return name
		}
	}
}

// define adds a key to Lighthouse's definitions, as Lighthouse writes them.
func (w *Writer) define(e Entry, name, password string) {
	enabled := "true"
	if e.Disabled {
		enabled = "false"
	}
	b := append(w.definitions, "- enabled: "+enabled+"\n  voting_public_key: \""+e.PublicKey.String()+"\"\n  description: \"\"\n"+
		"  type: local_keystore\n  voting_keystore_path: "...)
	b = appendYAMLString(b, path.Join(w.at, name))
	if e.Password != nil {
		b = append(b, "\n  voting_keystore_password_path: "...)
		b = appendYAMLString(b, path.Join(w.at, password))
	}
	w.definitions = append(b, '\n')
}

// signerConfig is Web3Signer's configuration of a key, with paths that begin
// where it lies.
func signerConfig(keystore, password string) []byte {
	b := []byte("type: \"file-keystore\"\nkeyType: \"BLS\"\nkeystoreFile: ")
	b = appendYAMLString(b, keystore)
	b = append(b, "\nkeystorePasswordFile: "...)
	b = appendYAMLString(b, password)
	return append(b, '\n')
}
