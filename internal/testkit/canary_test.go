package testkit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var testSecret = []byte("\x00\xff0123456789abcdefghijklmnopqrs\xfe\x7f")

func TestCanaryFindsEveryForm(t *testing.T) {
	c := NewCanary()
	c.Add("key", testSecret)
	reversed := slices.Clone(testSecret)
	slices.Reverse(reversed)
	for name, data := range map[string][]byte{
		"raw":       testSecret,
		"hex":       []byte(hex.EncodeToString(testSecret)),
		"HEX":       []byte(strings.ToUpper(hex.EncodeToString(testSecret))),
		"reversed":  reversed,
		"LE hex":    []byte(hex.EncodeToString(reversed)),
		"base64":    []byte(base64.StdEncoding.EncodeToString(testSecret)),
		"base64url": []byte(base64.URLEncoding.EncodeToString(testSecret)),
	} {
		found := c.Scan("here", slices.Concat([]byte("before "), data, []byte(" after")))
		if len(found) == 0 || found[0].Offset != 7 || found[0].Secret != "key" || found[0].Where != "here" {
			t.Errorf("%s: found %v", name, found)
		}
	}
	if found := c.Scan("here", testSecret[1:]); len(found) != 0 {
		t.Errorf("found %v in another secret", found)
	}
}

func TestCanaryFindsBase64AtEveryAlignment(t *testing.T) {
	c := NewCanary()
	c.Add("key", testSecret)
	for before := range 7 {
		for after := range 4 {
			data := slices.Concat(bytes.Repeat([]byte{0xA5}, before), testSecret, bytes.Repeat([]byte{0x5A}, after))
			if len(c.Scan("", []byte(base64.StdEncoding.EncodeToString(data)))) == 0 {
				t.Errorf("not found with %d bytes before and %d after", before, after)
			}
		}
	}
}

func TestCanaryFindsPartOfPhrase(t *testing.T) {
	c := NewCanary()
	c.AddText("phrase", "one two three four five six")
	for _, text := range []string{"one two three four five six", "onetwothreefourfivesix", "x two three four five", "three\nfour\nfive\nsix"} {
		if len(c.Scan("", []byte(text))) == 0 {
			t.Errorf("not found in %q", text)
		}
	}
	if found := c.Scan("", []byte("one two three, four five six")); len(found) != 0 {
		t.Errorf("three words are not the phrase: %v", found)
	}
}

func TestCanaryNeverPrintsSecret(t *testing.T) {
	c := NewCanary()
	c.Add("key", testSecret)
	for _, f := range c.Scan("file", []byte(hex.EncodeToString(testSecret))) {
		if len(c.Scan("", []byte(f.String()))) != 0 {
			t.Errorf("a finding prints the secret")
		}
	}
}

func TestCanaryScansTree(t *testing.T) {
	dir := t.TempDir()
	c := NewCanary()
	c.AddText("password", "tulip-bicycle")
	for _, name := range []string{"clean", "dirty", "meant for it", "tulip-bicycle"} {
		data := []byte("nothing")
		if name != "clean" && name != "tulip-bicycle" {
			data = []byte("it is tulip-bicycle")
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := c.ScanTree(dir, func(path string) bool { return filepath.Base(path) == "meant for it" })
	if err != nil || len(found) != 2 {
		t.Errorf("found %v, %v, want the dirty file and the name", found, err)
	}
}
